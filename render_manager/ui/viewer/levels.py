"""A picture for a screen at its full size and at halves of it, so that it is smooth however small it is."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from render_manager.media.look import Developed

_SMALLEST_PX = 512


@dataclass(frozen=True, slots=True)
class Levels:
    """The same picture in several sizes, the largest first; made on any thread, never changed."""

    images: tuple[QImage, ...]
    size: QSize
    """Size of the picture in its own pixels; the images of a sketch are smaller."""

    def best_for(self, width_px: float) -> QImage:
        """Return the smallest image that is at least so wide, or the largest there is."""
        best = self.images[0]
        for image in self.images:
            if image.width() >= width_px:
                best = image
        return best


def image_of(developed: Developed) -> QImage:
    """Return a developed picture as an image that a painter copies without converting it."""
    width, height = developed.width, developed.height
    image = QImage(developed.rgb, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def levels_of(image: QImage, size: QSize) -> Levels:
    """Return an image with its halves."""
    images = [image]
    while max(images[-1].width(), images[-1].height()) > 2 * _SMALLEST_PX:
        last = images[-1]
        half = QSize(max(1, (last.width() + 1) // 2), max(1, (last.height() + 1) // 2))
        images.append(
            last.scaled(
                half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )
    return Levels(tuple(images), size)
