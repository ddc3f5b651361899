"""Where to wear a sensor: `devices wear` shows the places, with `live --place` the sensor tells what it sees there."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...coach.placement import CHECK_S, Placement, PlacementCheck
from ...coach.wearing import PLACES, guide
from ...errors import InputError
from ...events import Event, to_dict
from ...runtime.headless import play
from ...runtime.run import Run, stream_end_ns
from ...samples import DEFAULT_SENSOR
from ...transport.source import Source
from ..terminal import say

LONGEST_LIVE_S = 60
LONGEST_RECORDING_S = 600
"""A recording may begin with putting the sensor on."""
NOT_GOOD = 1
"""Exit code when not both are seen."""


def wear(what: str | None) -> int:
    """Print the places (or one of them), or check the recording named."""
    if what is None or what in PLACES:
        print("\n\n".join(guide(place) for place in ([what] if what else PLACES)))
        if what is None:
            print("\nThen let it tell you what it sees there: sensorcoach live --place")
        return 0
    from ...transport.replay import open_recording

    try:
        source = open_recording(what)
    except InputError as error:
        if Path(what).exists():
            raise
        raise InputError(error.message, f"{error.advice} Places: {', '.join(PLACES)}.".strip()) from None
    return _tell(check_source(source, LONGEST_RECORDING_S, speed=math.inf), as_json=False)


def place(args: argparse.Namespace) -> int:
    """`live --place`: sit still for twenty seconds, and hear what is seen. Nothing is recorded."""
    say(f"Sit upright and still, and breathe as usual for {CHECK_S} seconds.")
    if args.device == "demo":
        from ...transport.virtual import open_virtual

        verdict = check_source(open_virtual("demo"), LONGEST_LIVE_S, speed=1.0)
    else:
        verdict = asyncio.run(_live(args))
    return _tell(verdict, as_json=args.mode == "json")


def check_source(source: Source, longest_s: int, *, speed: float) -> Placement:
    """The verdict over a recording or the virtual wearer, from its first sensor."""
    check = PlacementCheck(source.sensors[0].stream.sensor, longest_s)
    with contextlib.suppress(KeyboardInterrupt):
        play(_UntilOver(Run(source), check), check.hear, speed=speed, end_ns=stream_end_ns(longest_s + 1))
    return check.outcome()


class _UntilOver:
    """A run that ends with the check."""

    def __init__(self, run: Run, check: PlacementCheck) -> None:
        self._run = run
        self._check = check

    @property
    def position_ns(self) -> int:
        return self._run.position_ns

    @property
    def ended(self) -> bool:
        return self._run.ended or self._check.over

    def advance(self, until_ns: int) -> Sequence[Event]:
        return self._run.advance(until_ns)

    def finish(self) -> Sequence[Event]:
        return ()


async def _live(args: argparse.Namespace) -> Placement:
    from ...runtime.live import LiveRun, live_headless
    from ...transport.ble import BleSource, Radio, Target
    from ..finding import find_sensor

    radio = Radio()
    seen, profile = await find_sensor(args, radio)
    source = BleSource([Target(seen.device, profile, seen.name, params=profile.resolve(use="live"))], radio)
    check, stop = PlacementCheck(DEFAULT_SENSOR, LONGEST_LIVE_S), asyncio.Event()

    def hear(events: Iterable[Event]) -> None:
        check.hear(events)
        if check.over:
            stop.set()

    await live_headless(LiveRun(source), hear, say, end_ns=stream_end_ns(LONGEST_LIVE_S + 1), stop=stop)
    return check.outcome()


def _tell(verdict: Placement, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(to_dict(verdict)))
    else:
        print(f"{verdict.message} {verdict.advice}".strip())
    return 0 if verdict.good else NOT_GOOD
