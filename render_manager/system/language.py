"""Binds the texts of the program to catalogues of translations; without one they stay English.

Texts are looked up when they are shown, so this has to be called before anything is said, not before anything
is imported. Catalogues are `resources/translations/<language>/LC_MESSAGES/render_manager.mo`.
"""

import gettext
from pathlib import Path

from render_manager.system.resources import resource

DOMAIN = "render_manager"


def speak_users_language(folder: Path | None = None) -> None:
    """Take texts from the catalogue of the user's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG)."""
    gettext.bindtextdomain(DOMAIN, str(folder or resource("translations")))
    gettext.textdomain(DOMAIN)
