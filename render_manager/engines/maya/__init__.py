"""Maya: its scenes, its installations, and what its output means."""
