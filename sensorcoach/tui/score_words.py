"""The scores of a session as people read them: a name in plain words, shares in percent."""

from __future__ import annotations

import math
from typing import Final

from ..coach.wording import share_words

_NAMES: Final = {
    "adherence": "with the pacer",
    "coherence": "one clear rhythm",
    "comfortable_rate": "most comfortable pace",
    "effort": "size of the breaths",
    "evenness": "even breaths",
    "heart_coherence": "heart with the pacer",
    "hold": "held",
    "inhale": "breath in",
    "lag": "behind the pacer",
    "position": "in position",
    "reached": "pace at the end",
    "reps": "repetitions",
    "still": "lying still",
    "with_breath": "with the breath",
}
_SHARES: Final = frozenset(
    ("adherence", "coherence", "evenness", "heart_coherence", "moving", "position", "tempo", "with_breath")
)
_SCALE: Final = ", 0 to 1"


def score_words(name: str, value: float, unit: str, meaning: str) -> tuple[str, str, str]:
    """Name, value and meaning of a `Score`; the value is empty where it was not judged.

    Parameters
    ----------
    name, unit, meaning : str
    value : float
        nan where it was not judged.
    """
    words = _NAMES.get(name, name.replace("_", " "))
    if math.isnan(value):
        return words, "", meaning
    if name in _SHARES:
        return words, share_words(value), meaning.removesuffix(_SCALE)
    if unit == "brpm":
        return words, f"{value:.1f} a minute", meaning
    return words, f"{value:.3g}{unit if unit == '°' else f' {unit}'}".rstrip(), meaning
