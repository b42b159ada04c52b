"""The words of the program as types: frames, jobs, states, events, commands, changes.

Pure Python: nothing here reads a clock, a file, an environment variable or a widget, and nothing of
ours is imported from outside this package.
"""
