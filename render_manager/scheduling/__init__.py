"""The scheduler: one owner thread that holds all state, and the workers it starts."""
