"""What single breaths tell: depth, sighs, holds, and how much they differ."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..analysis.tables import Table
from ..coach.wording import DEEP_FROM, shows_depth, span_words
from ..events import TRUSTED
from ..samples import FloatArray

SPREAD_AT_LEAST: Final = 8
"""Whole breaths, for how much they vary."""
HOURLY_FROM_S: Final = 900.0
"""People sigh about every five minutes (Li & Yackle, Curr. Biol. 27:R88, 2017); from less time than three sighs take, a
number an hour would be chance."""
HABIT: Final = 0.1
"""Held breaths are a habit from this share on; a few may be chance (up to 0.05 on simulated chests that never hold)."""
LENGTHS: Final = (0.75, 3.0)
"""In usual breaths: a sigh is hardly shorter than one, and not several times as long. Movements often are."""
MOVED_DEG: Final = 1.5
"""A sigh ends in the pose in which it began; a breath that ends in another was a shift on the chair."""
SETTLED_S: Final = 5.0
"""The lean is a mean over 4 s; so long after a breath it knows nothing of it."""


def trusted(breaths: Table) -> Table:
    """Those that count."""
    return breaths[breaths["quality"] >= TRUSTED]


def with_shapes(breaths: Table, holds: Table, seconds: Table) -> Table:
    """The `breaths` table with three columns more: `hold_in_s`, `hold_out_s` and `sigh`.

    Parameters
    ----------
    breaths, holds, seconds : structured arrays
        Of all sensors, as `TableBuilder` makes them.
    """
    sigh = np.full(len(breaths), np.nan)
    for sensor in filter(shows_depth, np.unique(breaths["sensor"]).tolist()):
        its = breaths["sensor"] == sensor
        sigh[its] = sighs(breaths[its], seconds[seconds["sensor"] == sensor])
    joined: Table = np.empty(len(breaths), [*breaths.dtype.descr, *holds.dtype.descr, ("sigh", "f8")])
    for table in (breaths, holds):
        for name in table.dtype.names or ():
            joined[name] = table[name]
    joined["sigh"] = sigh
    return joined


def sighs(breaths: Table, seconds: Table) -> FloatArray:
    """Which breaths of a sensor are sighs: single ones about twice as deep as usual (Vlemincx et al., Biol. Psychol.
    93:386, 2013) that follow an ordinary one, and leave the pose as it was.

    Parameters
    ----------
    breaths, seconds : structured arrays
        Rows of one sensor, in the order of time.

    Returns
    -------
    float array, shape (n,)
        1 or 0; nan where the breath is not trusted, or its depth not known.
    """
    sure: NDArray[np.bool_] = (breaths["quality"] >= TRUSTED) & np.isfinite(breaths["depth"])
    out: NDArray[np.bool_] = sure & (breaths["depth"] >= DEEP_FROM)
    ordinary_before = np.zeros(len(breaths), np.bool_)
    joined = np.abs(breaths["t_inhale_s"][1:] - breaths["t_end_s"][:-1]) < 1e-6
    ordinary_before[1:] = (sure & ~out)[:-1] & joined
    length_s = breaths["t_end_s"] - breaths["t_inhale_s"]
    if out.any():
        shortest_s, longest_s = np.multiply(LENGTHS, np.median(length_s[sure]))
        out &= ordinary_before & (length_s >= shortest_s) & (length_s <= longest_s)
        out[out] = ~_moved(breaths[out], seconds)
    return np.where(sure, out, np.nan)


def _moved(breaths: Table, seconds: Table) -> NDArray[np.bool_]:
    """Whether each breath ends in another pose; where no angle is known, nothing speaks for it."""
    moved_deg = [
        _value_at(seconds, name, breaths["t_end_s"] + SETTLED_S) - _value_at(seconds, name, breaths["t_inhale_s"])
        for name in ("flexion_deg", "lateral_deg")
    ]
    moved: NDArray[np.bool_] = np.hypot(*moved_deg) > MOVED_DEG
    return moved


def _value_at(seconds: Table, name: str, t_s: FloatArray) -> FloatArray:
    """A column of the row that ends at or just after these times; the last one beyond the end."""
    row = np.minimum(np.searchsorted(seconds["t_s"], t_s), len(seconds) - 1)
    return np.asarray(seconds[name][row], np.float64)


def spread(values: FloatArray) -> float:
    """Robust coefficient of variation: the scaled median distance from the median, over the median."""
    middle = float(np.median(values))
    return 1.4826 * float(np.median(np.abs(values - middle))) / middle


def sigh_words(breaths: Table) -> tuple[str, str]:
    """How many of these (trusted) breaths are sighs, and what that rests on."""
    time_s = float((breaths["t_end_s"] - breaths["t_inhale_s"]).sum())
    number = int((breaths["sigh"] == 1.0).sum())
    basis = f"in {span_words(time_s)} of sure breaths without a pacer"
    if time_s >= HOURLY_FROM_S:
        basis += f": {3600.0 * number / time_s:.0f} an hour"
    return str(number), basis


def hold_words(breaths: Table) -> tuple[str, str]:
    """How many of these (trusted) breaths were held, and for how long."""
    n = len(breaths)
    into, out = breaths["hold_in_s"] > 0.0, breaths["hold_out_s"] > 0.0
    held_s = {"in": breaths["hold_in_s"][into], "out": breaths["hold_out_s"][out]}
    number = int((into | out).sum())
    if number < HABIT * n:
        chance = ", which may be chance" if number else ""
        return "no habit", f"{number} of {n} whole breaths{chance}"
    parts = [
        f"after breathing {way}, typically {float(np.median(times_s)):.1f} s"
        for way, times_s in held_s.items()
        if len(times_s) >= HABIT * n
    ]
    return str(number), "; ".join([f"of {n} whole breaths", *parts])
