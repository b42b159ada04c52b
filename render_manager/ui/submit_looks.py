"""How the submit panel looks beyond the window's own style sheet: doubtful fields, notes, small buttons."""

from render_manager.ui.state_looks import FAILED, WARNING
from render_manager.ui.theme import CORNER_PX, Theme, mixed

FIELD_SHARE = 0.14
"""How much of the colour a doubtful field has."""


def submit_style(theme: Theme) -> str:
    """Return the panel's style sheet."""
    return _STYLE.format(
        warning=mixed(theme.pane, WARNING, FIELD_SHARE).name(),
        warning_text=theme.warning_text.name(),
        error=mixed(theme.pane, FAILED, FIELD_SHARE).name(),
        bad_text=theme.bad_text.name(),
        pane=theme.pane.name(),
        window=theme.window.name(),
        raised=theme.raised.name(),
        selection=theme.selection.name(),
        text=theme.text.name(),
        line=theme.line.name(),
        accent=theme.accent.name(),
        corner=CORNER_PX,
    )


_STYLE = """
QLineEdit[doubt="warning"], QSpinBox[doubt="warning"], QComboBox[doubt="warning"] {{
    background: {warning}; border-color: {warning_text}; }}
QLineEdit[doubt="error"], QSpinBox[doubt="error"], QComboBox[doubt="error"] {{
    background: {error}; border-color: {bad_text}; }}
QLabel[doubt="warning"] {{ color: {warning_text}; }}
QLabel[doubt="error"] {{ color: {bad_text}; }}
QWidget#note {{ background: {raised}; }}
QWidget#footer {{ background: {window}; }}
QPushButton#choice, QPushButton#note_do, QPushButton#note_list, QPushButton#note_copy {{ padding: 3px 10px; }}
QPushButton#choice:focus, QPushButton#note_do:focus {{ padding: 2px 9px; }}
QPushButton#choice:checked {{ background: {selection}; color: {text}; }}
QPlainTextEdit {{ background: {pane}; border: 0; border-radius: {corner}px; }}
QToolButton#more {{ padding-left: 0; }}
QToolButton {{ border: 0; border-radius: {corner}px; padding: 4px 8px; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:focus {{ background: {raised}; border: 1px solid {accent}; padding: 3px 7px; }}
QMenu::item {{ min-width: 120px; }}
"""
