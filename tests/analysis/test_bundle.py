"""What exporters are given of a journal and of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sensorcoach.analysis.bundle import collect
from sensorcoach.transport.replay import JournalSource, open_recording


def test_a_journal_with_its_start() -> None:
    bundle, analysis = collect("lying")
    source = open_recording("lying")
    assert isinstance(source, JournalSource)
    (sensor,) = bundle.sensors
    assert len(sensor.t_s) == len(analysis.samples)
    assert np.array_equal(sensor.t_s, analysis.samples["t_s"])
    assert bundle.seconds is analysis.seconds
    assert bundle.start is not None
    assert bundle.start.timestamp() * 1e9 == source.reader.header.origin_wall_ns
    assert bundle.metadata["start"] == bundle.start.isoformat()


def test_a_file_keeps_its_own_times(tmp_path: Path) -> None:
    rows = "".join(f"{1000.5 + i / 50:.2f},0.{i % 7},0.1,9.8\n" for i in range(500))
    path = tmp_path / "in.csv"
    for start, known in (("2026-05-04T10:30:00+02:00", True), ("at noon", False)):
        path.write_text(f"# start: {start}\nt,ax,ay,az\n{rows}", encoding="utf-8")
        bundle, _ = collect(path)
        assert bundle.sensors[0].t_s[0] == 1000.5
        assert bundle.sensors[0].gyr_rads is None
        assert (bundle.start is not None) == known
        assert bundle.seconds["t_s"][0] == 1001.0
