"""What flows between estimators: aligned arrays over absolute sample times, each row final once it is out.

A row at time t uses samples with times ≤ t only, and leaves with the first sample whose time is ≥ t. Rows of periodic
tracks stand at absolute multiples of their step since stream start, whatever blocks the samples came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..events import Event
from ..samples import NS, FloatArray, IntArray

Int8Array = NDArray[np.int8]

GRID_STEP_NS: Final = NS // 25
ANGLE_STEP_NS: Final = NS // 5
SECOND_NS: Final = NS


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Rows at `t_ns` (ns, increasing), and the events that became known with them."""

    t_ns: IntArray
    events: tuple[Event, ...]

    def __len__(self) -> int:
        return len(self.t_ns)


@dataclass(frozen=True, slots=True, eq=False)
class GridTrack(Track):
    """Acceleration (m/s²) and angular rate (rad/s) on the 25 Hz grid; nan rows where there are no samples to tell.

    Smoothed by a causal kernel, so every value is `delay_s` old.
    """

    acc_ms2: FloatArray
    gyr_rads: FloatArray | None
    delay_s: float


@dataclass(frozen=True, slots=True, eq=False)
class OrientationTrack(Track):
    """One row per sample: unit vector up in the sensor frame (nan: unknown), its predicted error (deg, 1 sigma)."""

    up: FloatArray
    sigma_deg: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class AngleTrack(Track):
    """Trunk angles every 0.2 s (deg), relative to the wearer's neutral pose; nan where not known.

    `flexion_deg` forward +, `lateral_deg` left +, `inclination_deg` total angle from neutral (0..180),
    `quality` 0..1, `held_flexion_deg` the median over the trailing 4 s of the forward lean (flexion and, of a diagonal
    lean, its sideways part) that decisions use. The `resting_*` angles are what people see: the mean over the same
    4 s while the trunk rests, so that no breath shows in them, else the angles of the moment.
    """

    flexion_deg: FloatArray
    lateral_deg: FloatArray
    inclination_deg: FloatArray
    quality: FloatArray
    held_flexion_deg: FloatArray
    resting_flexion_deg: FloatArray
    resting_lateral_deg: FloatArray
    resting_inclination_deg: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ActivityTrack(Track):
    """Every second: index into `events.ACTIVITIES`."""

    activity: Int8Array


@dataclass(frozen=True, slots=True, eq=False)
class RateTrack(Track):
    """Every second: breathing rate over the trailing 30 s (brpm, nan where not shown), quality 0..1 (nan where null),
    index into `events.REASONS`, and for the phase filter the tracker's own best guess `tracked_hz` (nan: it has none).
    """

    rate_brpm: FloatArray
    quality: FloatArray
    reason: Int8Array
    tracked_hz: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PhaseTrack(Track):
    """On the 25 Hz grid: breathing movement (+ is in, nan where unknown), index into `events.PHASES`,
    and the rate of the last three breaths (brpm, nan where unknown).
    """

    signal: FloatArray
    phase: Int8Array
    rate_now_brpm: FloatArray
