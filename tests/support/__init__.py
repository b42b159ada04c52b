"""Helpers of the tests: clocks, stand-ins for engines and workers, scenes, processes."""
