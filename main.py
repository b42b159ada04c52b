"""Starts Render Manager from a source folder; the same as the `render-manager` command."""

import sys

from render_manager.app import main

if __name__ == "__main__":
    sys.exit(main())
