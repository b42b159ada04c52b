"""The program's icon, as windows and task bars show it; made by `tools/icons.py`."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from render_manager.system.resources import resource

SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 128, 256)


def app_icon() -> QIcon:
    """Return the icon in every size that a system asks for; a file is read when its size is."""
    icon = QIcon()
    for size in SIZES_PX:
        icon.addFile(str(resource("icons", f"render-manager-{size}.png")), QSize(size, size))
    return icon
