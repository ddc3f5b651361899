"""From "no" to "yes" without a step: what the rules about quality are made of."""

from __future__ import annotations

import numpy as np

from ...samples import FloatArray


def ramp(x: FloatArray, no_yes: tuple[float, float]) -> FloatArray:
    """0 at the first of two numbers (and beyond), 1 at the second, straight between."""
    no, yes = no_yes
    out: FloatArray = np.clip((x - no) / (yes - no), 0.0, 1.0)
    return out
