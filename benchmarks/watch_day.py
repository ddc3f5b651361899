"""A day at the desk under training: 25 planned slouches among walks, bends, fidgets and lying down; who is alerted?"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import sys
from collections.abc import Iterable
from datetime import date

from sensorcoach.alerts.settings import AlertSettings
from sensorcoach.coach.slouch import SlouchSettings
from sensorcoach.events import Alert, Event
from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.runtime.watch.board import Board
from sensorcoach.runtime.watch.legs import Legs, Plan
from sensorcoach.runtime.watch.paced import PacedSource
from sensorcoach.runtime.watch.station import Station
from sensorcoach.samples import NS
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.sensor import VirtualSensor
from sensorcoach.transport.virtual import WALL_START_NS, VirtualSource

HOURS = 8
SLOUCHES = 25
LATE_S = 30.0
"""An alert belongs to a slouch from its beginning to so long after its end."""


def day(seed: int) -> tuple[Scenario, list[tuple[float, float]]]:
    """A day of slots of 1150 s, each with a slouch of 1 to 4 minutes and something else that is none."""
    rng = random.Random(seed)
    slouches, entries = [], []

    def pose(at_s: float, name: str, **more: float) -> None:
        extra = "".join(f"{key} = {value:g}\n" for key, value in more.items())
        entries.append((at_s, f'[[posture]]\nat_s = {at_s:g}\npose = "{name}"\n{extra}'))

    pose(0.0, "upright")
    for i in range(SLOUCHES):
        start_s = 60.0 + 1150.0 * i + rng.uniform(0.0, 100.0)
        length_s = rng.uniform(60.0, 240.0)
        pose(start_s, "slouch", flexion_deg=rng.uniform(16.0, 26.0), over_s=rng.uniform(4.0, 20.0))
        pose(start_s + length_s, "upright")
        slouches.append((start_s, start_s + length_s))
        other_s = start_s + length_s + rng.uniform(60.0, 120.0)
        what = ("walk", "bend", "lie_back", "lean_back", "lean_left", "vehicle")[i % 6]
        if what == "walk":
            pose(other_s, "stand")
            entries.append((other_s + 5, f'[[activity]]\nat_s = {other_s + 5:g}\nkind = "walk"\nduration_s = 120\n'))
            pose(other_s + 140, "sit")
        elif what == "vehicle":
            entries.append((other_s, f'[[activity]]\nat_s = {other_s:g}\nkind = "vehicle"\nduration_s = 240\n'))
        else:
            pose(other_s, what)
            pose(other_s + (6.0 if what == "bend" else 150.0), "upright")
    head = (
        f'name = "training day"\nduration_s = {HOURS * 3600}\nseed = {seed}\n[sensor]\nsampling_rate_hz = 100\n'
        "[wearer]\nfidgets_per_min = 0.2\n[[breathing]]\nrate_brpm = 14\nsigh_every_s = 180\n"
    )
    return Scenario.from_toml(head + "\n".join(text for _, text in sorted(entries))), slouches


def alerts_s(scenario: Scenario) -> list[float]:
    """When the watch alerts about posture on this day."""
    source = VirtualSource(VirtualSensor(scenario))
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
    found: list[float] = []

    def sink(events: Iterable[Event]) -> None:
        found.extend(e.t_ns / NS for e in events if isinstance(e, Alert))

    def settings(_: date) -> AlertSettings:
        return AlertSettings("training", quota=0, quiet="")

    async def run() -> None:
        paced = PacedSource(source, header, math.inf)
        plan = Plan(SlouchSettings.preset("normal", "training"), settings)
        station = Station(Legs(paced, plan), Board("virtual", "me", "chest"), sink=sink, say=lambda words: None)
        await station.run(paced, asyncio.Event(), end_ns=2**62, rest=lambda: asyncio.sleep(0))

    asyncio.run(run())
    return found


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    days = []
    for seed in range(1, args.seeds + 1):
        scenario, slouches = day(seed)
        told = alerts_s(scenario)
        hits = [sum(start < t < end + LATE_S for t in told) for start, end in slouches]
        days.append(
            {"alerts": len(told), "slouches_told_once": hits.count(1), "false": len(told) - sum(map(bool, hits))}
        )
    right = all(d == {"alerts": SLOUCHES, "slouches_told_once": SLOUCHES, "false": 0} for d in days)
    print(json.dumps({"benchmark": "watch_day", "hours": HOURS, "planned": SLOUCHES, "days": days}))
    sys.exit(not right)


if __name__ == "__main__":
    main()
