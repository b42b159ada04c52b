"""The errors this program raises on purpose; anything else that is raised is a bug."""


class RenderManagerError(Exception):
    """Base of every error raised on purpose."""


class UserError(RenderManagerError):
    """Something the user can put right; the text is a whole sentence with the path or value in it."""


class EngineError(RenderManagerError):
    """A renderer failed; `last_lines` keeps the end of what it printed."""

    def __init__(self, message: str, *, last_lines: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.last_lines = last_lines


class StorageError(RenderManagerError):
    """The database could not do what was asked."""


class StorageUnavailableError(StorageError):
    """The environment's fault: disk full, read-only, locked. May pass by itself."""


class DamagedDatabaseError(StorageError):
    """The file is no whole database any more. Passes only when it is opened anew, which sets it aside."""


class NewerDatabaseError(StorageError):
    """The database was written by a newer version of this program; it is left untouched."""
