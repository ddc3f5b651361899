"""What exporters are given of a journal and of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sensorcoach.analysis.bundle import collect
from sensorcoach.recording import JournalHeader, JournalWriter
from sensorcoach.report.gather import gather
from sensorcoach.report.recording_page import recording_page
from sensorcoach.samples import NS
from sensorcoach.transport.replay import JournalSource, open_recording
from sensorcoach.transport.virtual import WALL_START_NS, open_virtual


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


def test_who_wore_it_and_how_they_stand_upright_go_along(tmp_path: Path) -> None:
    source = open_virtual("demo")
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS, wearer="Ann")
    with JournalWriter(tmp_path / "a.journal", header) as writer:
        for item in source.read(20 * NS, 10_000):
            writer.append(item)  # type: ignore[arg-type]
    bundle, analysis = collect(tmp_path / "a.journal")
    assert bundle.metadata["wearer"] == "Ann"
    (sensor,) = bundle.sensors
    assert sensor.pose is not None
    assert sensor.pose.metadata()["neutral_up"][:4] == analysis.metadata["neutral_up"][:4]
    page = recording_page(gather(tmp_path / "a.journal"), None)
    assert "worn by Ann on the chest" in page.when


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
