"""Breaks the program in every way we know, counts, and looks at what is left: `python tests/soak/run.py`.

Each module injects one kind of fault and takes a `Tally`; the normal suite runs short forms of the same
functions (tests/integration/test_soak_short.py).
"""
