"""Renderers that users define themselves in a text file: how to start them, and what their output means."""
