"""What the settings dialog shows; values only, so that it can be built by anybody. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from render_manager.engines.protocols import Installation, SearchedPlace


@dataclass(frozen=True, slots=True)
class EngineView:
    """One engine, and what was found of it."""

    id: str
    name: str
    installations: Sequence[Installation]
    searched: Sequence[SearchedPlace]
    program_setting: str = ""
    """The setting that names its program, empty where there is none."""
    slots_setting: str = ""
    """The setting that limits its workers, empty where there is none."""
    download: str = ""
    """Where to get it, empty where that is not known."""


@dataclass(frozen=True, slots=True)
class SettingsView:
    """All settings as they are now."""

    values: Mapping[str, Any]
    engines: Sequence[EngineView]
    file: Path
    """Where they are kept."""
    overridden: Mapping[str, str] = field(default_factory=dict)
    """Where settings are set that cannot be changed here, by name."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Languages in their own words, by code."""
    is_searching: bool = False
    """Whether engines are being looked for."""
