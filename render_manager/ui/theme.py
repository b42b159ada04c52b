"""Colours, sizes and fonts: greys without colour, one accent, states from Okabe and Ito's palette."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

ROW_HEIGHT_PX = 44
ICON_PX = 16
BASE_FONT_PX = 13
SMALL_FONT_PX = 11
CORNER_PX = 4
SCRIM_SHARE = 0.8
THUMBNAIL_GREY = QColor(119, 119, 119)
"""What pictures sit on: a neutral mid grey, so that they are judged right."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance."""

    is_dark: bool
    window: QColor
    pane: QColor
    raised: QColor
    text: QColor
    dim_text: QColor
    line: QColor
    accent: QColor
    on_accent: QColor
    selection: QColor
    bad_text: QColor
    """Text that tells of something bad; the states' own colours are too dark or too light to be read."""
    warning_text: QColor


DARK = Theme(
    is_dark=True,
    window=QColor(43, 43, 43),
    pane=QColor(35, 35, 35),
    raised=QColor(53, 53, 53),
    text=QColor(214, 214, 214),
    dim_text=QColor(160, 160, 160),
    line=QColor(62, 62, 62),
    accent=QColor(92, 160, 235),
    on_accent=QColor(12, 18, 26),
    selection=QColor(52, 74, 100),
    bad_text=QColor(255, 131, 85),
    warning_text=QColor(235, 171, 42),
)
LIGHT = Theme(
    is_dark=False,
    window=QColor(240, 240, 240),
    pane=QColor(250, 250, 250),
    raised=QColor(225, 225, 225),
    text=QColor(30, 30, 30),
    dim_text=QColor(95, 95, 95),
    line=QColor(208, 208, 208),
    accent=QColor(0, 95, 184),
    on_accent=QColor(255, 255, 255),
    selection=QColor(200, 220, 242),
    bad_text=QColor(163, 58, 0),
    warning_text=QColor(122, 82, 0),
)


def system_theme() -> Theme:
    """Return the appearance the system asks for; dark where it says nothing, as artists' programs are."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return LIGHT if scheme is Qt.ColorScheme.Light else DARK


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole application its colours and font; `apply_style` adds the rest."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette(theme))
    boxes = _palette(theme)
    # Fusion draws the frame of a check box as a darker shade of this; nothing else of a box has it.
    boxes.setColor(QPalette.ColorRole.Window, theme.dim_text.lighter(140))
    app.setPalette(boxes, "QCheckBox")  # type: ignore[arg-type]  # bytes, say the stubs; they are refused
    font = QFont(app.font())
    font.setPixelSize(BASE_FONT_PX)
    app.setFont(font)


def apply_style(window: QWidget, theme: Theme) -> None:
    """Give a window that is built, and not shown yet, its style sheet.

    Set earlier, every pane would be polished again each time it gets a parent: 18 ms of the start.
    """
    window.setStyleSheet(_style_sheet(theme))


def fixed_font() -> QFont:
    """Return the fixed-width font of the log."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(SMALL_FONT_PX + 1)
    return font


def small_font(base: QFont) -> QFont:
    """Return the font of second lines."""
    font = QFont(base)
    font.setPixelSize(SMALL_FONT_PX)
    return font


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of two colours (WCAG 2: 1 to 21)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def scrim(theme: Theme) -> QColor:
    """Return what is laid over a picture so that text can be read on it, whatever the picture shows."""
    color = QColor(theme.pane)
    color.setAlphaF(SCRIM_SHARE)
    return color


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Return `one` with a share (0 to 1) of `other`."""
    keep = 1.0 - share
    return QColor(
        round(one.red() * keep + other.red() * share),
        round(one.green() * keep + other.green() * share),
        round(one.blue() * keep + other.blue() * share),
    )


def _luminance(color: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.pane,
        QPalette.ColorRole.AlternateBase: theme.window,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.dim_text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.selection,
        QPalette.ColorRole.HighlightedText: theme.text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.line,
        QPalette.ColorRole.Light: theme.raised,
        QPalette.ColorRole.Midlight: theme.raised,
        QPalette.ColorRole.Shadow: theme.pane,
    }
    for role, color in roles.items():
        palette.setColor(role, color)
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.HighlightedText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, mixed(theme.dim_text, theme.window, 0.35))
    return palette


def _style_sheet(theme: Theme) -> str:
    name = {field: getattr(theme, field).name() for field in ("window", "pane", "raised", "text", "line")}
    name |= {
        field: getattr(theme, field).name()
        for field in ("dim_text", "accent", "on_accent", "selection", "warning_text")
    }
    return _STYLE.format(**name, corner=CORNER_PX)


_STYLE = """
QMainWindow, QDialog {{ background: {window}; }}
QToolBar {{ background: {window}; border: 0; padding: 4px 8px; spacing: 4px; }}
QToolBar QToolButton {{ padding: 5px 10px; border: 0; border-radius: {corner}px; }}
QToolBar QToolButton:hover {{ background: {raised}; }}
QToolBar QToolButton:pressed {{ background: {selection}; }}
QToolButton#chip {{ padding: 3px 8px; border: 0; border-radius: {corner}px; color: {text}; }}
QToolButton#chip:hover {{ background: {raised}; }}
QToolButton#chip:checked {{ background: {selection}; }}
QToolButton#chip:disabled {{ color: {dim_text}; }}
QLabel#log_note {{ background: {raised}; border: 1px solid {line}; border-radius: {corner}px;
    padding: 4px 8px; }}
QToolButton#log_menu::menu-indicator {{ image: none; width: 0; }}
QToolButton#when_done {{ padding: 5px 24px 5px 10px; border: 0; border-radius: {corner}px; }}
QToolButton#when_done::menu-indicator {{ subcontrol-origin: padding; subcontrol-position: center right;
    right: 8px; width: 8px; }}
QStatusBar {{ background: {window}; color: {dim_text}; }}
QStatusBar::item {{ border: 0; }}
QSplitter::handle {{ background: {window}; }}
QTableView, QListView, QAbstractScrollArea#frame_grid, QAbstractScrollArea#log_view {{
    background: {pane}; border: 0; outline: 0; }}
QHeaderView::section {{ background: {window}; color: {dim_text}; border: 0; padding: 4px 8px; }}
QHeaderView {{ background: {window}; border: 0; }}
QTableView#frames_table::item {{ padding: 0 8px; border: 0; }}
QTableView#frames_table QHeaderView::up-arrow, QTableView#frames_table QHeaderView::down-arrow {{
    subcontrol-origin: padding; subcontrol-position: top center; width: 8px; height: 7px; }}
QFrame#frame_jump {{ background: {raised}; border: 1px solid {line}; border-radius: {corner}px; }}
QFrame#frame_jump QLabel {{ background: transparent; }}
QTableView::item:selected {{ background: {selection}; color: {text}; }}
QLineEdit {{ background: {pane}; border: 1px solid {line}; border-radius: {corner}px; padding: 3px 6px; }}
QLineEdit:focus {{ border-color: {accent}; }}
QSpinBox, QComboBox {{ background: {pane}; border: 1px solid {line}; border-radius: {corner}px;
    padding: 3px 6px; }}
QSpinBox QLineEdit {{ border: 0; padding: 0 4px; background: transparent; }}
QComboBox {{ background: {raised}; }}
QComboBox:hover {{ background: {selection}; }}
QSpinBox:focus, QComboBox:focus {{ border-color: {accent}; }}
QSpinBox:disabled, QComboBox:disabled {{ color: {dim_text}; background: {window}; }}
QComboBox::drop-down {{ border: 0; width: 20px; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {line}; outline: 0; }}
QSpinBox::up-button, QSpinBox::down-button {{ border: 0; width: 20px; background: transparent; }}
QComboBox::down-arrow, QSpinBox::down-arrow {{ width: 0; height: 0; border-top: 5px solid {dim_text}; }}
QSpinBox::up-arrow {{ width: 0; height: 0; border-bottom: 5px solid {dim_text}; }}
QComboBox::down-arrow {{ border-left: 4px solid {raised}; border-right: 4px solid {raised}; }}
QComboBox::down-arrow:hover {{ border-left-color: {selection}; border-right-color: {selection}; }}
QSpinBox::up-arrow, QSpinBox::down-arrow {{ border-left: 4px solid {pane}; border-right: 4px solid {pane}; }}
QComboBox::down-arrow:disabled, QSpinBox::up-arrow:disabled, QSpinBox::down-arrow:disabled {{
    border-left-color: {window}; border-right-color: {window}; }}
QListWidget {{ background: {pane}; border: 0; outline: 0; }}
QListWidget::item {{ padding: 8px 10px; }}
QListWidget::item:selected {{ background: {selection}; color: {text}; }}
QPushButton {{ background: {raised}; border: 0; border-radius: {corner}px; padding: 6px 14px; }}
QPushButton:hover {{ background: {selection}; }}
QPushButton:focus {{ border: 1px solid {accent}; padding: 5px 13px; }}
QPushButton:default {{ background: {accent}; color: {on_accent}; }}
QPushButton:disabled {{ color: {dim_text}; background: {raised}; }}
QPushButton#menu {{ padding: 4px 22px 4px 10px; }}
QPushButton#menu::menu-indicator {{ subcontrol-position: right center; right: 6px; }}
QLabel#dim {{ color: {dim_text}; }}
QLabel#warning {{ color: {warning_text}; }}
QLabel#title {{ font-size: 15px; font-weight: 600; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenu {{ background: {raised}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: {corner}px; }}
QMenu::item:selected {{ background: {selection}; }}
QMenu::item:disabled {{ color: {dim_text}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QScrollBar:vertical {{ background: {pane}; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: {pane}; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {line}; border-radius: {corner}px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {dim_text}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
