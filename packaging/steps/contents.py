"""What is put into the built program, and what is left out though libraries bring it."""

import re
import sys

from render_manager.self_test.installation import WINDOWS_MODULES

PLAIN_FILES = (
    ("resources", "resources"),
    ("render_manager/engines/drivers", "render_manager/engines/drivers"),
    ("render_manager/storage/migrations", "render_manager/storage/migrations"),
)
"""Folders that are shipped as files: other programs (Blender, Unreal) and Alembic read them from the disk."""

HIDDEN_MODULES = [
    # Imported by name only: by pyqtgraph, SQLAlchemy and the migrations, which are read as files.
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "sqlalchemy.dialects.sqlite",
    "logging.config",
]
"""Modules that the program needs, and that are not seen by looking at what it imports."""

EXCLUDED_MODULES = [
    "tkinter",
    "unittest",
    "doctest",
    "lib2to3",
    "setuptools",
    "pkg_resources",
    "pip",
    "pytest",
    "_pytest",
    "hypothesis",
    "babel",
    "bpy",
    "Cython",
    "mypy",
    "ast_serialize",
    "librt",
    "readline",
    "zstandard._cffi",
    "zstandard.backend_cffi",
    "pyqtgraph.opengl",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "IPython",
    "jupyter_rfb",
    "matplotlib",
    "scipy",
    "cupy",
    "numba",
    "OpenGL",
    "PIL.ImageTk",
    "PIL._avif",
    "PIL.AvifImagePlugin",
    *(
        f"PySide6.Qt{name}"
        for name in (
            "Concurrent",
            "Designer",
            "Help",
            "Network",
            "PrintSupport",
            "Qml",
            "Quick",
            "QuickControls2",
            "QuickTest",
            "QuickWidgets",
            "Sql",
            "Test",
            "UiTools",
            "Xml",
        )
    ),
]
"""Modules that libraries import if they are there, and that we use nothing of."""

_UNNEEDED = tuple(
    re.compile(pattern)
    for pattern in (
        # Our window is painted without OpenGL.
        r"PySide6/opengl32sw\.dll$",
        r"PySide6/(?:Qt/)?plugins/platforms/(?:lib)?q(?:direct2d|minimal|minimalegl|vnc|linuxfb|eglfs|vkkhrdisplay)\.",
        r"PySide6/(?:Qt/)?plugins/(?:generic|tls|networkinformation|qmltooling|sqldrivers|egldeviceintegrations)/",
        r"PySide6/(?:Qt/)?plugins/platformthemes/libqgtk3\.",
        r"PySide6/(?:Qt/)?plugins/wayland-graphics-integration-client/",
        r"PySide6/(?:Qt/)?plugins/imageformats/(?:lib)?q(?:tga|wbmp|icns|tiff|webp|pdf)\.",
        r"PySide6/(?:Qt/)?plugins/platforminputcontexts/(?:lib)?qtvirtualkeyboardplugin\.",
        # Of Qt's own texts those of our languages.
        r"PySide6/(?:Qt/)?translations/(?!qtbase_(?:en|zh_CN)\.qm$)",
        r"PIL/_avif\.",
        # Programs of OpenImageIO for the terminal, and what is needed to compile with it.
        r"OpenImageIO/bin/(?!.*\.dll$)",
        r"OpenImageIO/(?:include|share)/",
        r"OpenImageIO/lib/(?:cmake/|pkgconfig/|.*\.lib$)",
        r"pyqtgraph/examples/",
        r"bpy-",
        r"alembic/templates/",
        r"(?:.*/)?__pycache__/",
    )
)


def is_own_module(name: str) -> bool:
    """Return whether a module of ours is part of the program on this system."""
    return ".drivers" not in name and (
        sys.platform == "win32" or name.partition(".")[2] not in WINDOWS_MODULES
    )


def is_needed(target: str) -> bool:
    """Return whether a file, by its place in the built program, is to be shipped."""
    place = target.replace("\\", "/")
    return not any(pattern.match(place) for pattern in _UNNEEDED)
