"""The virtual sensor: ideal readings at the wearer's skin, then bias, noise, resolution, range, clock and losses.

Everything is computed in pages of `PAGE` consecutive samples, each a pure function of scenario, seed and page number.
Any stretch of a day can be read on its own, in any order and any cut, bit-identical, with the memory of one page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..samples import NS, STANDARD_GRAVITY_MS2, FloatArray, IntArray, SampleBlock, StreamInfo
from .body import Body
from .curves import SmoothNoise, generator
from .kinematics import feel, rotated, rotation_matrix
from .scenario import Scenario

PAGE: Final = 4096
"""Samples computed together. Part of what a seed means: changing it changes the noise."""

_OUTWARD_FRONT: Final = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
_OUTWARD_BACK: Final = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
"""Flat mounting, body to sensor axes: y up along the spine, z out of the skin."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Consecutive samples of the virtual sensor, with what only a simulation knows.

    Attributes
    ----------
    index : int64 array (n,)
        Number of each sample since the start.
    t_ns : int64 array (n,)
        Time stamps by the sensor's own clock, with their jitter.
    true_ns : int64 array (n,)
        When each sample was really taken, by the wearer's clock.
    acc_ms2, gyr_rads : float array (n, 3); gyr_rads is None without a gyro
    up : float array (n, 3)
        True unit vector up, sensor axes.
    received : bool array (n,)
        False where the packet was lost on the way.
    """

    index: IntArray
    t_ns: IntArray
    true_ns: IntArray
    acc_ms2: FloatArray
    gyr_rads: FloatArray | None
    up: FloatArray
    received: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, rows: slice | NDArray[np.bool_]) -> Reading:
        gyr = None if self.gyr_rads is None else self.gyr_rads[rows]
        return Reading(
            self.index[rows],
            self.t_ns[rows],
            self.true_ns[rows],
            self.acc_ms2[rows],
            gyr,
            self.up[rows],
            self.received[rows],
        )

    def fill(self, at: int, part: Reading) -> None:
        """Copy a shorter reading into this one."""
        rows = slice(at, at + len(part))
        for mine, theirs in (
            (self.index, part.index),
            (self.t_ns, part.t_ns),
            (self.true_ns, part.true_ns),
            (self.acc_ms2, part.acc_ms2),
            (self.gyr_rads, part.gyr_rads),
            (self.up, part.up),
            (self.received, part.received),
        ):
            if mine is not None and theirs is not None:
                mine[rows] = theirs


class VirtualSensor:
    """Random access to everything one virtual wearer's sensor measures.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        Instead of the scenario's own.

    Attributes
    ----------
    stream : StreamInfo
    body : Body
        The wearer, for ground truth.
    sample_count : int
        Samples within the scenario. A scenario with `loop = true` can be read beyond it, endlessly.
    """

    def __init__(self, scenario: Scenario, *, seed: int | None = None) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        part = scenario.sensor
        self.stream = StreamInfo(part.name or part.site, part.site, part.sampling_rate_hz, part.gyro)
        self.body = Body(scenario, self.seed)
        self.mounting = _mounting(scenario, self.seed)
        self._true_rate_hz = part.sampling_rate_hz * (1.0 + part.clock_ppm * 1e-6)
        self.sample_count = int(np.floor(scenario.duration_s * self._true_rate_hz + 1e-6))
        bias_drift = np.full(3, np.radians(part.gyr_bias_drift_dps))
        self._gyr_drift = SmoothNoise(self.seed, "gyro drift", 300.0, rms=bias_drift)
        self._cached: tuple[int, Reading] | None = None

    def read(self, start: int, stop: int) -> Reading:
        """Samples number `start` to `stop` (exclusive), lost ones included and marked.

        Raises
        ------
        UsageError
            Beyond the end of a scenario that does not loop.
        """
        if not 0 <= start <= stop or (stop > self.sample_count and not self.scenario.loop):
            raise UsageError(f"samples {start} to {stop} are not within the scenario's {self.sample_count}.")
        pages = range(start // PAGE, max(stop - 1, start) // PAGE + 1)
        cuts = (self._page(p)[max(start - p * PAGE, 0) : max(stop - p * PAGE, 0)] for p in pages)
        if len(pages) == 1:
            return next(cuts)
        whole = _empty(stop - start, self.stream.has_gyro)
        for cut in cuts:
            whole.fill(int(cut.index[0]) - start, cut)
        return whole

    def neutral(self, t_s: float = 0.0) -> tuple[FloatArray, FloatArray]:
        """Up and forward of the wearer standing tall, sensor axes, with the strap as it sits at this time."""
        slip = self.body.slip_rad(np.array([t_s, t_s]))
        axes = rotated(-slip, np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]))
        up, forward = (self.mounting @ axes).T
        return up, forward

    def true_s(self, index: IntArray) -> FloatArray:
        """Wearer's time of samples by their number."""
        return np.asarray(index / self._true_rate_hz)

    def _page(self, page: int) -> Reading:
        if self._cached is None or self._cached[0] != page:
            self._cached = (page, self._compute(page))
        return self._cached[1]

    def _compute(self, page: int) -> Reading:
        part = self.scenario.sensor
        index = np.arange(page * PAGE, (page + 1) * PAGE, dtype=np.int64)
        true_s = self.true_s(index)
        felt = feel(self.body.at(true_s), self.mounting)
        rng = generator(self.seed, "sensor", page)
        bandwidth = np.sqrt(part.sampling_rate_hz / 2.0)
        g = STANDARD_GRAVITY_MS2
        acc = felt.force_ms2.T * part.acc_scale + np.array(part.acc_bias_mg) * (1e-3 * g)
        acc += rng.standard_normal(acc.shape) * (part.acc_noise_ug_rthz * 1e-6 * g * bandwidth)
        acc = _quantised(acc, part.acc_resolution_mg * 1e-3 * g, part.acc_range_g * g)
        gyr = None
        if part.gyro:
            gyr = felt.rate_rads.T + np.radians(part.gyr_bias_dps) + self._gyr_drift.at(true_s).x.T
            gyr += rng.standard_normal(gyr.shape) * (np.radians(part.gyr_noise_dps_rthz) * bandwidth)
            gyr = _quantised(gyr, np.radians(part.gyr_resolution_dps), np.radians(part.gyr_range_dps))
        period_ns = NS / part.sampling_rate_hz
        # Stamps scatter but stay in order: at most 0.4 of a period either way.
        jitter = np.clip(rng.standard_normal(PAGE) * part.jitter_ms * 1e6, -0.4 * period_ns, 0.4 * period_ns)
        t_ns = np.maximum(np.rint(index * period_ns + jitter).astype(np.int64), 0)
        true_ns = np.rint(true_s * NS).astype(np.int64)
        up = np.ascontiguousarray(felt.up.T)
        return Reading(index, t_ns, true_ns, acc, gyr, up, self._received(index, self.body.plan_time(true_s)))

    def _received(self, index: IntArray, plan_s: FloatArray) -> NDArray[np.bool_]:
        part = self.scenario.sensor
        received = np.ones(len(index), bool)
        if part.loss_rate > 0:
            packet = index // part.packet_samples
            first, last = int(packet[0]) // PAGE, int(packet[-1]) // PAGE
            draws = [generator(self.seed, "loss", p).random(PAGE) for p in range(first, last + 1)]
            received = np.concatenate(draws)[packet - first * PAGE] >= part.loss_rate
        for start, length in part.gaps_s:
            received &= ~((plan_s >= start) & (plan_s < start + length))
        return np.asarray(received)


def iter_blocks(scenario: Scenario, block_s: float = 60.0, *, seed: int | None = None) -> Iterator[SampleBlock]:
    """What arrives from the sensor, in blocks of about `block_s`; blocks with nothing received are left out.

    The samples are bit-identical to those of `simulate`, whatever the block length, in constant memory.
    """
    sensor = VirtualSensor(scenario, seed=seed)
    step = max(1, round(block_s * scenario.sensor.sampling_rate_hz))
    for start in range(0, sensor.sample_count, step):
        reading = sensor.read(start, min(start + step, sensor.sample_count))
        block = as_block(reading[reading.received], sensor.stream)
        if len(block):
            yield block


def as_block(reading: Reading, stream: StreamInfo) -> SampleBlock:
    """What the rest of the house sees of a reading."""
    return SampleBlock(stream.sensor, reading.t_ns, reading.acc_ms2, reading.gyr_rads)


def _empty(n: int, has_gyro: bool) -> Reading:
    gyr = np.empty((n, 3)) if has_gyro else None
    times = np.empty((3, n), np.int64)
    return Reading(times[0], times[1], times[2], np.empty((n, 3)), gyr, np.empty((n, 3)), np.empty(n, bool))


def _quantised(value: FloatArray, resolution: float, limit: float) -> FloatArray:
    rounded = np.rint(value / resolution) * resolution if resolution > 0 else value
    return np.clip(rounded, -limit, limit)


def _mounting(scenario: Scenario, seed: int) -> FloatArray:
    """Body axes to sensor axes: flat on the skin, then turned about the sensor's own x, y and z."""
    part = scenario.sensor
    base = _OUTWARD_FRONT if part.site == "chest" else _OUTWARD_BACK
    if part.mounting == "random":
        q = generator(seed, "mounting").standard_normal(4)
        q /= np.sqrt(np.add.reduce(q * q))
        angle = 2.0 * np.arccos(np.clip(q[0], -1.0, 1.0))
        base = rotation_matrix(q[1:] / max(float(np.sin(angle / 2.0)), 1e-12) * angle) @ base
    for axis, degrees in enumerate(part.mounting_deg):
        turn = np.zeros(3)
        turn[axis] = -np.radians(degrees)
        base = rotation_matrix(turn) @ base
    return np.asarray(base)
