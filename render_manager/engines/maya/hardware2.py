"""Reads the lines of Maya Hardware 2.0: those about files are the software renderer's.

That they are was not found in a public source (`engines/maya.md` section 4, graded as own knowledge), so its
frames are found by their files as well. The block `Initialized VP2.0 renderer {` comes at the start of every
Maya and says nothing about a frame.
"""

from render_manager.engines.maya.software import SoftwareReader


class Hardware2Reader(SoftwareReader):
    """Reads one run of Hardware 2.0."""

    name = "Maya Hardware 2.0"
