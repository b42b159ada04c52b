"""Faces of the program without a window: command line, control channel, (later) local API."""
