"""What the watch costs in real time: CPU once it has settled, memory, and how large a day of its recording is.

The virtual wearer runs in the same process, so a real sensor costs less; Linux only (it reads `/proc`).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from _measure import python
from _week import DAY_S, working_day

from sensorcoach.profiles import load_profile, shipped_folder
from sensorcoach.protocol import PacketEncoder
from sensorcoach.recording.journal_format import JournalHeader, SensorHeader
from sensorcoach.recording.journal_writer import JournalWriter
from sensorcoach.runtime.watch.legs import STAMP_NS
from sensorcoach.samples import NS, Packet, Tick
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.virtual import WALL_START_NS, VirtualSource

SETTLE_S = 30.0
CPU_LIMIT_PERCENT = 1.5
RSS_LIMIT_MB = 110.0
DAY_LIMIT_MB = 80.0


def cost(seconds: float) -> tuple[float, float]:
    """CPU of a core in percent after the start, and the largest resident memory in MB."""
    with tempfile.TemporaryDirectory() as home:
        places = {f"XDG_{name}_HOME": f"{home}/{name}" for name in ("DATA", "STATE", "CONFIG", "CACHE")}
        command = python("-m", "sensorcoach", "watch", "--device", "demo", "--mode", "silent")
        child = subprocess.Popen(command, env=os.environ | places, stderr=subprocess.DEVNULL)
        try:
            time.sleep(SETTLE_S)
            before_s, started_s = _cpu_s(child.pid), time.monotonic()
            time.sleep(seconds)
            percent = 100 * (_cpu_s(child.pid) - before_s) / (time.monotonic() - started_s)
            peak_kb = next(
                int(line.split()[1])
                for line in Path(f"/proc/{child.pid}/status").read_text().splitlines()
                if line.startswith("VmHWM")
            )
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(timeout=30)
    return percent, peak_kb / 1024


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def six_axes_mb(hours: float) -> float:
    """A day of 100 Hz, six axes."""
    source = VirtualSource(VirtualSensor(working_day(hours=24)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "day.journal"
        with JournalWriter(folder, JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)) as writer:
            while items := source.read(round(hours * 3600) * NS, 20_000):
                for item in items:
                    writer.append(item)  # type: ignore[arg-type]
        return _a_day(folder, hours)


def strap_mb(hours: float) -> float:
    """A day of what `watch` asks of a chest strap without gyroscope: 50 Hz, 8 g, whole mg; arrivals jitter by 8 ms."""
    profile = load_profile(shipped_folder("firmware_profiles") / "polar_h10.toml")
    params = profile.resolve(use="watch")
    sensor, encoder = VirtualSensor(working_day(hours=24)), PacketEncoder(profile, params)
    every = round(sensor.stream.sampling_rate_hz / params["rate_hz"])
    jitter = np.random.default_rng(1)
    header = SensorHeader("chest", "chest", "strap", "", profile.to_dict(), dict(params))
    second = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "day.journal"
        with JournalWriter(folder, JournalHeader((header,), WALL_START_NS, 0, WALL_START_NS)) as writer:
            count = round(hours * 3600 * sensor.stream.sampling_rate_hz)
            for first in range(0, count, 4096):
                reading = sensor.read(first, min(first + 4096, count))
                for packet in encoder.encode(reading.t_ns[::every], reading.acc_ms2[::every]):
                    late_ns = max(0, round(jitter.normal(30e6, 8e6)))
                    t_ns = (round(packet.last / params["rate_hz"] * NS) + late_ns) // STAMP_NS * STAMP_NS
                    while second * NS <= t_ns:
                        writer.append(Tick(second * NS, WALL_START_NS + second * NS, 0))
                        second += 1
                    writer.append(Packet(t_ns, "chest", packet.channel, packet.payload))
        return _a_day(folder, hours)


def _a_day(folder: Path, hours: float) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6 * DAY_S / (hours * 3600)


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="real time to measure over")
    parser.add_argument("--hours", type=float, default=24.0, help="stream time to record; scaled to a day")
    args = parser.parse_args()
    percent, rss_mb = cost(args.seconds)
    six_mb, strap = six_axes_mb(args.hours), strap_mb(args.hours)
    out = {
        "benchmark": "watch_cost",
        "cpu_percent_of_a_core": round(percent, 2),
        "rss_mb": round(rss_mb, 1),
        "day_mb_100hz_six_axes": round(six_mb, 1),
        "day_mb_50hz_strap": round(strap, 1),
    }
    print(json.dumps(out))
    over = percent > CPU_LIMIT_PERCENT or rss_mb > RSS_LIMIT_MB or max(six_mb, strap) > DAY_LIMIT_MB
    raise SystemExit(int(over))


if __name__ == "__main__":
    main()
