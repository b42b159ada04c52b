"""The engines this program knows and the installations found of them."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from render_manager.domain.errors import UserError
from render_manager.domain.texts import gettext as _
from render_manager.engines.protocols import Engine, FoundInstallations, Installation

log = logging.getLogger(__name__)


class Catalog:
    """Engines by id, and what is installed; read from any thread, `refresh` called by one at a time."""

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        complaints: Sequence[str] = (),
        closing: threading.Event | None = None,
    ) -> None:
        """Take the engines, a sentence for each definition left out, and what stops long searches."""
        self._left_out = tuple(complaints)
        self._closing = closing or threading.Event()
        self._engines = {engine.id: engine for engine in engines}
        self._found: dict[str, FoundInstallations] = {}
        self.is_complete = False

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Return all engines."""
        return tuple(self._engines.values())

    @property
    def names(self) -> dict[str, str]:
        """Return the engines' names by their ids."""
        return {engine.id: engine.name for engine in self._engines.values()}

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Return the endings of all scene files that can be opened, each once."""
        suffixes = (suffix for engine in self._engines.values() for suffix in engine.suffixes)
        return tuple(dict.fromkeys(suffixes))

    def engine(self, engine_id: str) -> Engine:
        """Return an engine; raises UserError for an unknown id."""
        try:
            return self._engines[engine_id]
        except KeyError:
            raise UserError(
                _("There is no engine “{id}”. Engines are: {known}.").format(
                    id=engine_id, known=", ".join(self._engines)
                )
            ) from None

    def find(self, engine_id: str) -> Engine | None:
        """Return an engine, None for an unknown id."""
        return self._engines.get(engine_id)

    def engine_for(self, path: Path) -> Engine:
        """Return the engine that a file's ending belongs to, the first of several; raises UserError."""
        for engine in self._engines.values():
            if path.suffix.lower() in engine.suffixes:
                return engine
        raise UserError(
            _("{path} is not a scene file this program knows. It opens: {known}.").format(
                path=path, known=", ".join(self.suffixes)
            )
        )

    def refresh(self) -> None:
        """Look for installations; starts programs, so not for the GUI thread."""
        found = {}
        for engine in self._engines.values():
            found[engine.id] = engine.find_installations()
            for one in found[engine.id].installations:
                log.info("found %s %s at %s", one.engine, one.version_text, one.executable)
        self._found = found
        self.is_complete = True

    def close(self) -> None:
        """Have engines give up searches that nobody waits for any more, as of a large project; any thread."""
        self._closing.set()

    def complaints(self) -> tuple[str, ...]:
        """Return a sentence for each named program that cannot be used, and each definition left out."""
        return self._left_out + tuple(
            place.complaint for found in self._found.values() for place in found.searched if place.complaint
        )

    def found(self, engine_id: str) -> FoundInstallations:
        """Return what was found of an engine, and where it was looked for."""
        return self._found.get(engine_id, FoundInstallations())

    def installations(self, engine_id: str) -> Sequence[Installation]:
        """Return the installations of an engine."""
        return self.found(engine_id).installations

    def installation(self, key: str) -> Installation | None:
        """Return an installation by its key, None while it is still looked for.

        Raises UserError with a sentence when it is not there or cannot be used.
        """
        for found in self._found.values():
            for one in found.installations:
                if one.key == key:
                    return self._still_there(one)
        if not self.is_complete:
            return None
        engine_id, _colon, path = key.partition(":")
        # One that a user defined may have lost its definition, or that is wrong now.
        engine = self.engine(engine_id)
        named = engine.installation_at(Path(path)) if path else None
        if named is not None:
            return self._still_there(named)
        raise UserError(
            _("{engine} at {path} is not on this computer any more.").format(engine=engine.name, path=path)
        )

    def _still_there(self, one: Installation) -> Installation:
        if not one.executable.is_file():
            raise UserError(
                _("{engine} {version} at {path} is not there any more.").format(
                    engine=self._engines[one.engine].name, version=one.version_text, path=one.executable
                )
            )
        return one
