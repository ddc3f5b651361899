"""How far the drawn breath is behind the chest with the packets of a Polar H10 at 200 Hz, and how evenly time flows.

    python benchmarks/picture_delay.py [--wearers N]

Simulated wearers, sample time: a packet of 36 samples arrives 15 ms after its last one, frames come 15 times a second,
and the newest drawn level is laid over the true volume of the chest. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from sensorcoach.alerts.alerted import AlertedEngine
from sensorcoach.events import Calibrate
from sensorcoach.profiles import load_profiles
from sensorcoach.protocol import PacketEncoder
from sensorcoach.recording.journal_format import SensorHeader
from sensorcoach.samples import NS, FloatArray, Packet, Tick
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.setup import setup_from_header
from sensorcoach.transport.virtual import LATENCY_NS
from sensorcoach.tui.feed import Feed
from sensorcoach.tui.launcher import Opened
from sensorcoach.tui.screens.base import FRAMES_PER_S
from sensorcoach.tui.stream import Stream

RATES_BRPM = (5.5, 8.0, 12.0, 16.0)
FIRST_S, LAST_S = 60, 180
"""Before, rate and scale are still found."""
LAGS_S = np.arange(-0.3, 1.5, 0.01)


def scenario(rate_brpm: float, wearer: int) -> Scenario:
    """Somebody who sits and breathes, a Polar H10 on the chest."""
    return Scenario.from_dict(
        {
            "name": "picture",
            "seed": 100 * wearer + 7,
            "duration_s": LAST_S + 5.0,
            "sensor": {"site": "chest", "name": "chest", "sampling_rate_hz": 200.0, "gyro": False},
            "breathing": [{"at_s": 0.0, "rate_brpm": rate_brpm}],
        }
    )


def packets(sensor: VirtualSensor, encoder: PacketEncoder) -> list[Packet | Tick]:
    """Everything that arrives, in order."""
    n = encoder.samples_per_packet
    count = sensor.sample_count // n
    reading = sensor.read(0, count * n)
    arrival_ns = (reading.true_ns.reshape(-1, n)[:, -1] + LATENCY_NS).tolist()
    sent = encoder.encode(reading.t_ns, reading.acc_ms2, None)
    items: list[Packet | Tick] = [
        Packet(t_ns, "chest", one.channel, one.payload) for t_ns, one in zip(arrival_ns, sent, strict=True)
    ]
    items += [Tick(second * NS, second * NS) for second in range(LAST_S)]
    return sorted(items, key=lambda item: item.t_ns)


def watch(rate_brpm: float, wearer: int) -> tuple[float, FloatArray, FloatArray]:
    """Delay of the picture (s), age of its newest point (s), and how uneven the steps of drawn time are (frames)."""
    profile = load_profiles()["polar_h10"]
    params = profile.resolve(use="live")
    sensor = VirtualSensor(scenario(rate_brpm, wearer))
    header = SensorHeader("chest", "chest", "Polar H10", "", profile.to_dict(), params)
    engine = AlertedEngine((setup_from_header(header, "the strap"),), waves=True)
    wall = SimpleNamespace(now_s=0.0)
    feed = SimpleNamespace(
        sensor="chest", has_gyro=False, kind="live", title="", paused=False, speed=1.0, position_s=0.0,
        duration_s=None, recording=None, lost_packets=0, command=lambda command: None,
    )  # fmt: skip
    up, forward = (cast("tuple[float, float, float]", tuple(v.tolist())) for v in sensor.neutral())
    engine.feed(Calibrate(0, "chest", up, forward))
    stream = Stream(Opened(cast("Feed", cast("Any", feed))), lambda: wall.now_s)
    waiting = packets(sensor, PacketEncoder(profile, params))[::-1]
    drawn, ages, offsets = [], [], []
    frames_s = np.arange(0.0, LAST_S, 1.0 / FRAMES_PER_S)
    for frame_s in frames_s:
        wall.now_s = float(frame_s)
        while waiting and waiting[-1].t_ns <= frame_s * NS:
            stream.take(engine.feed_many([waiting.pop()]))
            feed.position_s = engine.now_ns / NS
        scene = stream.scene()
        newest_s = min(scene.now_s, scene.model.trace.newest_s)
        drawn.append(scene.model.trace.sample(np.array([newest_s]))[0][0])
        ages.append(frame_s - newest_s)
        offsets.append(scene.now_s - frame_s)
    shown = frames_s >= FIRST_S
    level, at_s = np.array(drawn)[shown], frames_s[shown]
    seen = np.isfinite(level)
    volume = [sensor.body.volume.at(at_s[seen] - lag_s).x.ravel() for lag_s in LAGS_S]
    match = [float(np.corrcoef(level[seen], truth)[0, 1]) for truth in volume]
    steps = np.diff(np.array(offsets)[shown]) * FRAMES_PER_S
    return float(LAGS_S[int(np.argmax(match))]), np.array(ages)[shown], np.abs(steps)


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wearers", type=int, default=3, help="simulated wearers for each rate")
    args = parser.parse_args()
    delays: dict[str, list[float]] = {}
    ages, steps = [], []
    for rate_brpm in RATES_BRPM:
        for wearer in range(args.wearers):
            delay_s, age_s, step_frames = watch(rate_brpm, wearer)
            delays.setdefault(f"{rate_brpm:g}", []).append(round(delay_s, 2))
            ages.append(age_s)
            steps.append(step_frames)
    worst_s = max(max(of) for of in delays.values())
    print(
        json.dumps(
            {
                "benchmark": "picture_delay",
                "delay_s_by_brpm": delays,
                "delay_worst_s": worst_s,
                "newest_point_age_s": [round(float(np.percentile(np.concatenate(ages), p)), 2) for p in (50, 95, 100)],
                "pacer_jitter_frames": round(float(np.concatenate(steps).max()), 2),
            }
        )
    )


if __name__ == "__main__":
    main()
