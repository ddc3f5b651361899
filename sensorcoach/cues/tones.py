"""The tones, computed here: soft sines that swell and fade, rising to breathe in and falling to breathe out.

Everything begins and ends at zero with raised-cosine flanks, so nothing clicks.
"""

from __future__ import annotations

import io
import math
import wave
from typing import Final

import numpy as np
import numpy.typing as npt

from ..samples import FloatArray

RATE_HZ: Final = 44_100
PEAK: Final = 0.8
"""Amplitude at full volume."""
FULL: Final = 32_767

GLIDES: Final = {
    "inhale": (294.0, 392.0, 1.2, 0.9),
    "exhale": (392.0, 262.0, 1.2, 0.9),
    "hold_in": (392.0, 392.0, 0.5, 0.35),
    "hold_out": (262.0, 262.0, 0.5, 0.35),
}
"""First and last frequency (Hz; a fourth up from D4, a fifth down to C4), length (s) and relative strength."""
STRIKES: Final = {
    "tick": ((880.0, 0.0, 0.06, 0.5),),
    "good": ((523.0, 0.0, 0.5, 0.45), (659.0, 0.12, 0.6, 0.45)),
    "slouch": ((165.0, 0.0, 0.3, 0.9), (165.0, 0.4, 0.3, 0.9)),
}
"""Notes that are struck and fade: frequency (Hz), begin (s), length (s), relative strength."""
ATTACK_S, RELEASE_S = 0.06, 0.5
STRUCK_S: Final = 0.008
OVERTONE: Final = 0.15
"""Share of the octave, so that small loudspeakers carry the low tones too."""

TONES: Final = (*GLIDES, *STRIKES)


def tone(kind: str, volume: int) -> npt.NDArray[np.int16]:
    """Samples of a tone, mono, at `RATE_HZ`.

    Parameters
    ----------
    kind : str
        One of `TONES`.
    volume : int, 0..100
        Squared, as the ear hears it.

    Returns
    -------
    int16 array of shape (n,)
    """
    shape = _glide(*GLIDES[kind]) if kind in GLIDES else _struck(STRIKES[kind])
    return np.round(shape * (PEAK * FULL * (volume / 100.0) ** 2)).astype(np.int16)


def wav(samples: npt.NDArray[np.int16]) -> bytes:
    """The same as the bytes of a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def _glide(first_hz: float, last_hz: float, length_s: float, strength: float) -> FloatArray:
    count = round(length_s * RATE_HZ)
    # steps of equal ratio, as the ear hears a glide
    hz = np.geomspace(first_hz, last_hz, count)
    release_s = min(RELEASE_S, 0.5 * length_s)
    return strength * _voice(hz) * _flanks(count, min(ATTACK_S, 0.5 * length_s), release_s)


def _struck(notes: tuple[tuple[float, float, float, float], ...]) -> FloatArray:
    out = np.zeros(round(max(begin_s + length_s for _, begin_s, length_s, _ in notes) * RATE_HZ))
    for hz, begin_s, length_s, strength in notes:
        count, at = round(length_s * RATE_HZ), round(begin_s * RATE_HZ)
        fading = np.exp(-4.0 * np.arange(count) / count)
        note = strength * _voice(np.full(count, hz)) * fading * _flanks(count, STRUCK_S, 0.3 * length_s)
        out[at : at + count] += note[: len(out) - at]
    return out


def _voice(hz: FloatArray) -> FloatArray:
    phase = 2.0 * math.pi * np.concatenate([[0.0], np.cumsum(hz[:-1])]) / RATE_HZ
    return np.asarray((np.sin(phase) + OVERTONE * np.sin(2.0 * phase)) / (1.0 + OVERTONE))


def _flanks(count: int, attack_s: float, release_s: float) -> FloatArray:
    i = np.arange(count)
    attack = np.clip(i / (attack_s * RATE_HZ), 0.0, 1.0)
    release = np.clip((count - 1 - i) / (release_s * RATE_HZ), 0.0, 1.0)
    return np.asarray((1.0 - np.cos(math.pi * np.minimum(attack, release))) / 2.0)
