"""The steps of building the program; called by `packaging/build.py` and by the spec of PyInstaller."""
