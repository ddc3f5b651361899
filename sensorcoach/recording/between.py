"""Values at other times than those they were measured at."""

from __future__ import annotations

import numpy as np

from ..samples import FloatArray


def between(t_s: FloatArray, times_s: FloatArray, values: FloatArray, *, furthest_s: float) -> FloatArray:
    """Values at `t_s`, linear between neighbours; nan where those are further apart than `furthest_s`.

    Parameters
    ----------
    t_s : float array, shape (n,), s
    times_s : float array, shape (k,), s
        Increasing.
    values : float array, shape (k, c)
    furthest_s : float, s
        Also how far the first and last value reach beyond their times.

    Returns
    -------
    float array, shape (n, c)
    """
    out = np.full((len(t_s), values.shape[1]), np.nan)
    if len(times_s) < 2:
        return out
    after = np.searchsorted(times_s, t_s).clip(1, len(times_s) - 1)
    inside = times_s[after] - times_s[after - 1] <= furthest_s
    inside |= (t_s == times_s[after]) | (t_s == times_s[after - 1])
    # the neighbours of a time beyond the ends are the last two, which say nothing about how far out it is
    inside &= (t_s >= times_s[0] - furthest_s) & (t_s <= times_s[-1] + furthest_s)
    for column in range(values.shape[1]):
        out[inside, column] = np.interp(t_s[inside], times_s, values[:, column])
    return out
