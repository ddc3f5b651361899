"""Live streams: what an inlet of the real library gets, and what is said where the library is missing."""

from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sensorcoach.cli import main
from sensorcoach.errors import UsageError
from sensorcoach.runtime.lsl import load_lsl

# an own process: liblsl reads its settings once, and here they keep it on this machine
ROUND_TRIP = """
import json, sys
import numpy as np
from sensorcoach.events import ActivityChanged, Second
from sensorcoach.runtime.lsl import LslOutlets, load_lsl
from sensorcoach.samples import NS, SampleBlock, StreamInfo

lsl = load_lsl()
outlets = LslOutlets([StreamInfo("chest", "chest", 50.0, True)], origin_s=100.0, speed=2.0, lsl=lsl)
inlets = {}
for name in ("sensorcoach chest motion", "sensorcoach chest seconds", "sensorcoach chest words", "sensorcoach events"):
    (found,) = lsl.resolve_byprop("name", name, timeout=20.0)
    inlets[name] = lsl.StreamInlet(found)
    inlets[name].open_stream(timeout=20.0)
t_ns = np.arange(50, dtype=np.int64) * (NS // 50)
acc = np.column_stack([np.arange(50.0), np.zeros(50), np.full(50, 9.8)])
outlets.samples(SampleBlock("chest", t_ns, acc, acc / 10))
nan = float("nan")
outlets.events([
    Second(NS, "chest", 14.5, nan, 0.9, "inhale", "", 3.0, 0.0, 3.0, 1.0, "still", True),
    ActivityChanged(NS, "chest", "still", "unknown"),
])
out = {}
for name, inlet in inlets.items():
    values, stamps = [], []
    while len(values) < (50 if "motion" in name else 1):
        value, stamp = inlet.pull_sample(timeout=20.0)
        values.append(value)
        stamps.append(stamp)
    info = inlet.info()
    channel = info.desc().child("channels").child("channel")
    out[name] = {
        "values": values, "stamps": stamps, "rate": info.nominal_srate(), "type": info.type(),
        "label": channel.child_value("label"), "unit": channel.child_value("unit"),
    }
print(json.dumps(out))
"""


def require_library() -> None:
    """pylsl with a liblsl it can load; skipped, or failed where everything is required."""
    try:
        load_lsl()
    except UsageError as error:
        if os.environ.get("SENSORCOACH_REQUIRE_ALL") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


def test_inlets_get_what_was_sent(tmp_path: Path) -> None:
    require_library()
    (tmp_path / "lsl.cfg").write_text("[multicast]\nResolveScope = machine\n[ports]\nIPv6 = disable\n")
    done = subprocess.run(
        [sys.executable, "-c", ROUND_TRIP],
        env={**os.environ, "LSLAPICFG": str(tmp_path / "lsl.cfg")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    got: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    motion, numbers, words, events = got.values()
    assert [row[0] for row in motion["values"]] == [float(i) for i in range(50)]
    assert motion["values"][7] == pytest.approx([7.0, 0.0, 9.8, 0.7, 0.0, 0.98])
    steps = [b - a for a, b in zip(motion["stamps"], motion["stamps"][1:], strict=False)]
    assert steps == pytest.approx([0.01] * 49)  # twice real time
    assert (motion["rate"], motion["label"], motion["unit"]) == (100.0, "acc x", "m/s^2")
    assert numbers["values"][0][0] == 14.5
    assert numbers["values"][0][7] == 1.0
    assert numbers["stamps"][0] - motion["stamps"][0] == pytest.approx(0.5)
    assert words["values"] == [["still", "inhale", ""]]
    assert json.loads(events["values"][0][0]) == {
        "event": "activity_changed",
        "t_s": 101.0,
        "sensor": "chest",
        "activity": "still",
        "previous": "unknown",
    }
    assert events["type"] == "Markers"


@pytest.mark.parametrize(
    ("error", "clue"), [(ImportError("no pylsl"), "sensorcoach[lsl]"), (RuntimeError("no library"), "PYLSL_LIB")]
)
def test_what_to_do_where_it_is_missing(
    error: Exception, clue: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pylsl":
            raise error
        return whole(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["replay", "desk", "--lsl"]) == 2
    assert clue in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["--speed", "max"], ["--mode", "tui"]])
def test_live_streams_are_live(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "desk", "--lsl", *argv]) == 2
    assert "real time" in capsys.readouterr().err
