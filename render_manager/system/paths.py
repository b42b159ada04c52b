"""Where the program keeps its files; `docs/files.md` lists every one of them."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.system.private_files import FOLDER_MODE, make_private, make_private_folder

APP_NAME = "RenderManager"
BASE_DIR_VARIABLE = "RENDER_MANAGER_BASE_DIR"


@dataclass(frozen=True, slots=True)
class AppPaths:
    """All folders and files of one set of data."""

    data_dir: Path
    config_dir: Path
    log_dir: Path
    cache_dir: Path
    base_dir: Path | None = None
    """The folder that holds all of it, None where each is in the system's usual place."""

    @property
    def database(self) -> Path:
        """Return the database file."""
        return self.data_dir / "render-manager.db"

    @property
    def lock(self) -> Path:
        """Return the file whose lock says that a program owns this data."""
        return self.data_dir / "render-manager.lock"

    @property
    def settings(self) -> Path:
        """Return the settings file."""
        return self.config_dir / "settings.toml"

    @property
    def own_engines(self) -> Path:
        """Return the folder of the user's own definitions of renderers."""
        return self.config_dir / "engines"

    @property
    def window_state(self) -> Path:
        """Return the file that remembers the window's place and panes."""
        return self.config_dir / "window.ini"

    @property
    def presets(self) -> Path:
        """Return the file of named presets for scenes that are to be queued."""
        return self.config_dir / "presets.json"

    @property
    def scene_choices(self) -> Path:
        """Return the file that remembers what was chosen last for each scene."""
        return self.data_dir / "scene-choices.json"

    @property
    def visits(self) -> Path:
        """Return the file that remembers when the user was last there, and when the program was started."""
        return self.data_dir / "visits.json"

    @property
    def worker_logs(self) -> Path:
        """Return the folder of the engines' logs."""
        return self.log_dir / "workers"

    @property
    def program_log(self) -> Path:
        """Return the program's own log."""
        return self.log_dir / "render-manager.log"

    @property
    def crash_file(self) -> Path:
        """Return the file a crash is written to, shown at the next start."""
        return self.log_dir / "crash.txt"

    @property
    def thumbnails(self) -> Path:
        """Return the folder of thumbnails unless the settings name another."""
        return self.cache_dir / "thumbnails"

    @property
    def installations(self) -> Path:
        """Return the file that remembers which engines were found."""
        return self.cache_dir / "installations.json"

    @property
    def samples(self) -> Path:
        """Return the folder the sample scene is copied to and rendered in."""
        return self.data_dir / "sample"

    def make(self) -> None:
        """Make the folders, for this user alone; raises UserError when one cannot be made or written to."""
        own = (self.data_dir, self.config_dir, self.log_dir, self.cache_dir)
        for folder in (*own, self.worker_logs, self.thumbnails):
            try:
                make_private_folder(folder)
                if APP_NAME in folder.parts:
                    make_private(folder, FOLDER_MODE)
            except OSError as error:
                raise UserError(
                    _("The folder {path} cannot be made: {why}. Choose another with --base-dir.").format(
                        path=folder, why=error.strerror
                    )
                ) from error
            if not os.access(folder, os.W_OK):
                raise UserError(
                    _("The folder {path} cannot be written to. Choose another with --base-dir.").format(
                        path=folder
                    )
                )


def app_paths(base_dir: Path | None = None) -> AppPaths:
    """Return the folders: below `base_dir`, below $RENDER_MANAGER_BASE_DIR, or the usual ones."""
    if base_dir is None and os.environ.get(BASE_DIR_VARIABLE):
        base_dir = Path(os.environ[BASE_DIR_VARIABLE])
    if base_dir is not None:
        base = Path(os.path.abspath(base_dir.expanduser()))  # noqa: PTH100 - links stay as the user wrote them
        return AppPaths(base, base, base / "logs", base / "cache", base)
    dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
    return AppPaths(dirs.user_data_path, dirs.user_config_path, dirs.user_log_path, dirs.user_cache_path)
