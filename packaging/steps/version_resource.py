"""The version that Windows shows in the properties of our programs; needs Windows' Python."""

from typing import Any

from steps.product import NAME, PUBLISHER, version, version_numbers

_ENGLISH_UNICODE = "040904B0"


def version_resource(file_name: str) -> Any:
    """Return the version resource of a program for PyInstaller."""
    from PyInstaller.utils.win32 import versioninfo as info

    words = {
        "CompanyName": PUBLISHER,
        "FileDescription": NAME,
        "FileVersion": version(),
        "InternalName": file_name.removesuffix(".exe"),
        "LegalCopyright": "MIT License",
        "OriginalFilename": file_name,
        "ProductName": NAME,
        "ProductVersion": version(),
    }
    table = info.StringTable(
        _ENGLISH_UNICODE, [info.StringStruct(name, text) for name, text in words.items()]
    )
    return info.VSVersionInfo(
        ffi=info.FixedFileInfo(filevers=version_numbers(), prodvers=version_numbers(), mask=0x3F, OS=0x40004),
        kids=[
            info.StringFileInfo([table]),
            info.VarFileInfo([info.VarStruct("Translation", [0x0409, 0x04B0])]),
        ],
    )
