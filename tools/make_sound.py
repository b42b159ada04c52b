"""Makes resources/sounds/done.wav, the sound when everything is rendered: `python -m tools.make_sound`."""

import array
import math
import sys
import wave
from pathlib import Path

RATE = 22_050
NOTES = ((523.25, 0.0), (783.99, 0.16))
"""Frequency in Hz and start in seconds: a fifth, upwards."""
LENGTH_S = 1.1
VOLUME = 0.28


def samples() -> "array.array[int]":
    """Return the sound as 16-bit samples."""
    made = array.array("h")
    for place in range(round(LENGTH_S * RATE)):
        at = place / RATE
        value = sum(_tone(frequency, at - start) for frequency, start in NOTES)
        made.append(round(max(-1.0, min(1.0, value * VOLUME)) * 32_767))
    return made


def _tone(frequency: float, at: float) -> float:
    if at < 0:
        return 0.0
    swell = min(at / 0.012, 1.0) * math.exp(-4.5 * at)
    return swell * (math.sin(2 * math.pi * frequency * at) + 0.25 * math.sin(4 * math.pi * frequency * at))


def main() -> None:
    """Write the file."""
    path = Path(__file__).parents[1] / "resources" / "sounds" / "done.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = samples()
    if sys.byteorder == "big":
        made.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(made.tobytes())


if __name__ == "__main__":
    main()
