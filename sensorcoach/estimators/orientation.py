"""Which way is up in the sensor's frame, for every sample, with its own predicted error."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ..samples import SampleBlock, StreamInfo
from .base import Estimator, register
from .tilt.filter import START_BIAS, TiltFilter
from .tilt.gyro import GyroTilt
from .tilt.state import Vector
from .tilt.still import StillTilt
from .tracks import OrientationTrack


@register
class Orientation(Estimator):
    """Up for every sample, from gyro and accelerometer or, while the wearer is still, from the accelerometer alone.

    Gaps: with a gyro, up to 0.07 s a long step, up to 5 s bridged with the error that may cost (unknown for about a
    second behind half a second), longer ones start anew with the gyro bias kept. Without a gyro a gap over 0.5 s
    starts anew. See `docs/methods/orientation.md`.

    Parameters
    ----------
    stream : StreamInfo
        `sampling_rate_hz` may be off by several percent; 25 Hz and more for the accuracy the documentation gives.
    bias_rads, bias_sigma_rads : gyro bias of this very device when last seen (rad/s), and 1 sigma of it.
        Spares the seconds of rest or movement in which a large bias is otherwise learnt.
    """

    name: ClassVar[str] = "orientation"
    inputs: ClassVar[tuple[str, ...]] = ("block",)

    def __init__(
        self, stream: StreamInfo, bias_rads: Vector = (0.0, 0.0, 0.0), bias_sigma_rads: float = START_BIAS
    ) -> None:
        super().__init__(stream)
        self._gyro = GyroTilt(stream.sampling_rate_hz, TiltFilter(bias_rads, bias_sigma_rads))
        self._still = StillTilt(stream.sampling_rate_hz)

    def update(self, block: SampleBlock) -> OrientationTrack:
        """One row per sample."""
        if not len(block):
            return OrientationTrack(block.t_ns, (), np.empty((0, 3)), np.empty(0))
        if block.gyr_rads is None:
            up, sigma_deg = self._still.update(block.t_ns, block.acc_ms2)
        else:
            up, sigma_deg = self._gyro.update(block.t_ns, block.acc_ms2, block.gyr_rads)
        return OrientationTrack(block.t_ns, (), up, sigma_deg)

    @property
    def bias_rads(self) -> tuple[Vector, Vector]:
        """Gyro bias and its 1 sigma, per axis, rad/s: worth keeping for the next time this device is met."""
        return self._gyro.filter.bias, self._gyro.filter.bias_sigma
