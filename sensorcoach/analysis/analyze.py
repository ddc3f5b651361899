"""`analyze`: what live would have shown for a whole recording, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import Engine, SensorChain, SensorSetup
from ..engine.engine import Vector
from ..errors import UsageError
from ..estimators.tracks import OrientationTrack
from ..events import Event, NeutralSet
from ..recording.arrays import from_arrays
from ..samples import NS, SampleBlock
from ..transport.replay import ArraySource, open_recording
from ..transport.source import Source, sample_blocks, slices
from .tables import SAMPLES, Table, TableBuilder


class Analysis:
    """Tables of one recording: numpy structured arrays whose fields `docs/tables.md` describes.

    Attributes
    ----------
    seconds, breaths, events : structured arrays
    samples : structured array
        One row per input row, worked out when first asked for.
    metadata : dict of str to str
        Where the numbers come from: program, source, rate, sensor, neutral pose, whether it looked ahead.
    problems : tuple of str
        What was wrong with the input and could be passed over.
    """

    def __init__(self, open_source: Callable[[], Source], neutral: Mapping[str, Vector] | None, offline: bool) -> None:
        self._open = open_source
        source = open_source()
        tables = TableBuilder(source.origin_s)
        self._neutral: NeutralSet | None = None
        engine = Engine([_with_neutral(s, neutral) for s in source.engine_sensors()])
        for items in slices(source):
            self._take(engine.feed_many(items), tables)
        self._take(engine.finish(), tables)
        self.seconds: Table = tables.seconds()
        self.breaths: Table = tables.breaths()
        self.events: Table = tables.events()
        if offline:
            from .offline import look_back

            self.seconds = look_back(self.seconds, open_source())
        self.problems = tuple(source.problems)
        self.metadata = self._describe(source, offline)

    @cached_property
    def samples(self) -> Table:
        """Unit vector up for every input row (sensor frame); nan where it is not known."""
        source = self._open()
        if len(source.sensors) > 1:
            raise UsageError("The samples table is for one sensor; this recording has several.")
        parts = [(block.t_ns, track.up) for block, track in self._orientation(source)]
        t_ns = np.concatenate([t for t, _ in parts]) if parts else np.empty(0, np.int64)
        up = np.concatenate([u for _, u in parts]) if parts else np.empty((0, 3))
        t_s, up = source.rows(t_ns, up)
        table = np.empty(len(t_s), SAMPLES)
        table["t_s"] = t_s
        table["up_x"], table["up_y"], table["up_z"] = up.T
        return table

    def _orientation(self, source: Source) -> Iterator[tuple[SampleBlock, OrientationTrack]]:
        setup = source.engine_sensors()[0]
        chain = SensorChain(setup.stream, only=frozenset({"orientation"}))
        for block in sample_blocks(source, setup):
            track = chain.tracks(block)["orientation"]
            assert isinstance(track, OrientationTrack)
            yield block, track

    def _take(self, events: list[Event], tables: TableBuilder) -> None:
        tables.add(events)
        if self._neutral is None:
            self._neutral = next((e for e in events if isinstance(e, NeutralSet)), None)

    def _describe(self, source: Source, offline: bool) -> dict[str, str]:
        stream = source.sensors[0].stream
        out = {
            "program": f"sensorcoach {version('sensorcoach')}",
            "source": source.title,
            "sensor": ", ".join(s.stream.sensor for s in source.sensors),
            "sampling_rate_hz": f"{stream.sampling_rate_hz:.6g}",
            "gyroscope": "yes" if stream.has_gyro else "no",
            "estimates": "offline (may look ahead)" if offline else "causal (what live shows)",
            "neutral_pose": "none found (no upright stillness of 5 s): no angles",
        }
        if self._neutral is not None:
            where = "given"
            if self._neutral.source != "given":
                at_s = self._neutral.t_ns / NS + source.origin_s
                where = f"{self._neutral.source.replace('_', ' ')}, known from {at_s:.1f} s"
            out["neutral_pose"] = where
            out["neutral_up"] = " ".join(f"{c:.4f}" for c in self._neutral.up)
            out["forward_axis"] = " ".join(f"{c:.4f}" for c in self._neutral.forward)
            out["forward_known"] = "yes" if self._neutral.forward_known else "no: flexion and lateral are uncertain"
        return out


def analyze(
    source: str | Path | Mapping[str, Any],
    *,
    calibration: Mapping[str, Any] | None = None,
    offline: bool = False,
) -> Analysis:
    """Breathing and posture of a whole recording.

    Parameters
    ----------
    source : path or mapping
        A journal, a CSV file, the name of a sample recording, or
        `{"t": (n,) s, "acc": (n, 3) m/s², "gyr": (n, 3) rad/s or None}`.
    calibration : mapping, optional
        `{"up": 3-vector, "forward": 3-vector}` in the sensor frame, the wearer standing tall; `forward` need not be
        exactly perpendicular. Without it the first stretch of upright stillness serves as neutral.
    offline : bool
        Look ahead as well: better rates than live could show.

    Returns
    -------
    Analysis

    Raises
    ------
    InputError
        The source is no usable recording; the message says what, where, and what to do.
    UsageError
        The calibration makes no sense.
    """
    if isinstance(source, Mapping):
        recording = from_arrays(source)
        return Analysis(lambda: ArraySource(recording), _vectors(calibration), offline)
    path = Path(source)
    return Analysis(lambda: open_recording(path), _vectors(calibration), offline)


def _vectors(calibration: Mapping[str, Any] | None) -> dict[str, Vector] | None:
    if calibration is None:
        return None
    if unknown := sorted(set(calibration) - {"up", "forward"}):
        raise UsageError(f"The calibration has unknown keys: {', '.join(unknown)}.", "It takes up and forward.")
    if calibration.get("up") is None:
        raise UsageError("The calibration has no up.", "Give the direction up in the sensor frame, standing tall.")
    out: dict[str, Vector] = {}
    for key, value in calibration.items():
        if value is None:
            continue
        vector = np.asarray(value, float)
        if vector.shape != (3,):
            raise UsageError(f"{key} in the calibration is no 3-vector.", "Give three numbers in the sensor frame.")
        out[key] = (float(vector[0]), float(vector[1]), float(vector[2]))
    return out


def _with_neutral(setup: SensorSetup, neutral: Mapping[str, Vector] | None) -> SensorSetup:
    if neutral is None:
        return setup
    return SensorSetup(setup.stream, setup.decoder, neutral["up"], neutral.get("forward"))
