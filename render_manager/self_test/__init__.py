"""Checks an installation end to end, for support and for the build: every part is used for real.

Part of the composition root, since it touches everything; called by the command line through `app`. All of it
happens in a throw-away folder, needs no network, no display and no rights.
"""
