"""A whole recording with everything found in it, for exporters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from ..engine import SensorSetup
from ..errors import InputError
from ..events import NeutralSet
from ..recording.exporters import Bundle, SensorSamples
from ..recording.pose import GIVEN, Pose
from ..samples import NS
from ..transport.replay import ArraySource, JournalSource, open_recording
from ..transport.source import sample_blocks
from .analyze import Analysis, analyze


def collect(path: str | Path, *, offline: bool = False) -> tuple[Bundle, Analysis]:
    """Samples, tables and start of a recording, and the analysis they are from.

    Raises
    ------
    InputError
        It cannot be read, or holds no samples.
    """
    analysis = analyze(path, offline=offline)
    source = open_recording(path)
    sensors = []
    for setup in source.engine_sensors():
        samples = _samples(source, setup)
        if samples is not None:
            sensors.append(replace(samples, pose=_pose(analysis, setup.stream.sensor)))
        source.seek(0)
    if not sensors:
        raise InputError(f"{path} holds no samples.", "Record again, and wait until the sensor streams.")
    metadata = dict(analysis.metadata)
    wearer = source.reader.header.wearer if isinstance(source, JournalSource) else source.metadata.get("wearer", "")
    if wearer:
        metadata["wearer"] = wearer
    start = _start(source)
    if start is not None:
        metadata["start"] = start.isoformat()
    tables = analysis.seconds, analysis.breaths, analysis.events
    return Bundle(tuple(sensors), *tables, start=start, metadata=metadata), analysis


def _pose(analysis: Analysis, sensor: str) -> Pose | None:
    """The upright pose this sensor was taught last."""
    rows = analysis.events[analysis.events["event"] == NeutralSet.kind]
    told = [json.loads(row["detail"]) for row in rows]
    given = [said for said in told if said["sensor"] == sensor and said["source"] == GIVEN]
    if not given:
        return None
    forward = tuple(given[-1]["forward"]) if given[-1]["forward_known"] else None
    return Pose(tuple(given[-1]["up"]), forward)


def _samples(source: ArraySource | JournalSource, setup: SensorSetup) -> SensorSamples | None:
    blocks = list(sample_blocks(source, setup))
    if not blocks:
        return None
    t_s = np.concatenate([block.t_ns for block in blocks]) / NS + source.origin_s
    acc = np.concatenate([block.acc_ms2 for block in blocks])
    rates = [block.gyr_rads for block in blocks if block.gyr_rads is not None]
    return SensorSamples(setup.stream, t_s, acc, np.concatenate(rates) if len(rates) == len(blocks) else None)


def _start(source: ArraySource | JournalSource) -> datetime | None:
    """Wall-clock time at the source's own zero."""
    try:
        if isinstance(source, JournalSource):
            header = source.reader.header
            if not header.origin_wall_ns:
                return None
            zone = timezone(timedelta(seconds=header.utc_offset_s))
            return datetime.fromtimestamp(header.origin_wall_ns / NS, zone)
        return datetime.fromisoformat(source.metadata["start"])
    except (KeyError, ValueError, OverflowError, OSError):
        return None
