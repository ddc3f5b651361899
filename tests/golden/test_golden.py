"""What the sample recordings say, kept: a change in any number is seen, and has to be meant.

`SENSORCOACH_UPDATE_GOLDEN=1 python -m pytest tests/golden` writes the logs anew; look at the difference before you
commit it. Numbers may differ by a hair between processors and numpy versions, so they are compared within a tolerance;
words, kinds, order and counts are exact.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.events import Second, to_dict
from sensorcoach.runtime.run import Run
from sensorcoach.samples import NS
from sensorcoach.transport.replay import open_recording, samples

HERE = Path(__file__).parent
EVERY_S = 10
"""Rows of the seconds table kept: one in this many."""
TOLERANCE = 0.02


def said(recording: Path) -> list[dict[str, Any]]:
    """All events of a recording, and every tenth second."""
    run = Run(open_recording(recording))
    events = []
    while not run.ended:
        events += run.advance(run.position_ns + 60 * NS)
    kept = [e for e in events if not isinstance(e, Second) or e.t_ns // NS % EVERY_S == 0]
    return [{k: round(v, 3) if isinstance(v, float) else v for k, v in to_dict(e).items()} for e in kept]


@pytest.mark.parametrize("recording", samples(), ids=lambda p: p.stem)
def test_the_recording_says_what_it_said(recording: Path) -> None:
    path = HERE / f"{recording.stem}.jsonl"
    lines = said(recording)
    if os.environ.get("SENSORCOACH_UPDATE_GOLDEN"):
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    golden = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(g["event"], g["t_s"]) for g in golden] == [(line["event"], line["t_s"]) for line in lines]
    for kept, line in zip(golden, lines, strict=True):
        assert kept.keys() == line.keys()
        for key, value in kept.items():
            if isinstance(value, float) and isinstance(line[key], float):
                assert line[key] == pytest.approx(value, abs=TOLERANCE, rel=TOLERANCE), (key, kept, line)
            elif not isinstance(value, list):
                assert line[key] == value, (key, kept, line)
