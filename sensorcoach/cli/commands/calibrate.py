"""`sensorcoach calibrate`: guides a person through a calibration, hands-free, and keeps what was found."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...coach.wording import sentence
from ...errors import SensorcoachError
from ...events import CalibrationDone, CalibrationStep, CueSpoken, Event, StartCalibration
from ...history import DEFAULT_WEARER
from ...recording.journal_format import SensorHeader
from ...runtime.calibrations import Fitting, StoredCalibration
from ...runtime.headless import Sink, json_sink, play
from ...runtime.run import Run, stream_end_ns
from ...samples import DEFAULT_SENSOR
from ..chosen import adapter
from ..places import poses
from ..terminal import say
from ..wanted import refuse_profile_for_demo

DEMO = "demo"
DEMO_SCENARIO = "calibrate"
LONGEST_S = 600.0
"""Three tries of every step are over long before."""


def run(args: argparse.Namespace) -> int:
    """Calibrate the virtual wearer, or a real sensor over the radio."""
    refuse_profile_for_demo(args)
    guided = Guided(_sink(args.mode or "plain"))
    header = _virtual(args, guided) if args.device == DEMO else asyncio.run(_live(args, guided))
    path = keep(guided.outcome(), header, args.wearer or DEFAULT_WEARER, args.mounting)
    print(f"Kept in {path}.", file=sys.stderr)
    return 0


class Guided:
    """What is said on the way, and what came of it.

    Parameters
    ----------
    sink : callable
        Gets the events of the calibration.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._done: CalibrationDone | None = None
        self._refused: CalibrationStep | None = None

    @property
    def over(self) -> bool:
        """Found, or given up."""
        return self._done is not None or self._refused is not None

    def take(self, events: Iterable[Event]) -> None:
        """Let the wearer hear what belongs to the calibration."""
        if self.over:
            return
        ours = [e for e in events if isinstance(e, CueSpoken | CalibrationStep | CalibrationDone)]
        self._sink(ours)
        done = [e for e in ours if isinstance(e, CalibrationDone)]
        last = [e for e in ours if isinstance(e, CalibrationStep) and e.state == "refused" and not e.tries_left]
        self._done = done[0] if done else None
        self._refused = last[0] if last and not done else None

    def outcome(self) -> CalibrationDone:
        """What was found.

        Raises
        ------
        SensorcoachError
            Nothing: the message says why.
        """
        if self._done is not None:
            return self._done
        if self._refused is not None:
            raise SensorcoachError(f"No calibration: {self._refused.message}", self._refused.advice)
        raise SensorcoachError("The calibration was not finished.", "The pose from before stays as it was.")


def keep(done: CalibrationDone, header: SensorHeader, wearer: str, mounting: str | None) -> Path:
    """Store what was found for this wearer, sensor and mounting; returns the file."""
    threshold_deg = None if done.threshold_deg != done.threshold_deg else done.threshold_deg
    fitting = Fitting(wearer, header.address or header.device_name, mounting or header.site)
    store = poses()
    return store.save(StoredCalibration(fitting, done.up, done.forward, threshold_deg, int(time.time())))


def _virtual(args: argparse.Namespace, guided: Guided) -> SensorHeader:
    from ...transport.virtual import open_virtual

    source = open_virtual(args.scenario or DEMO_SCENARIO, seed=args.seed)
    run = Run(source)
    run.command(StartCalibration(0, source.header.name, "no" if args.no_slouch else "yes"))
    play(_UntilOver(run, guided), guided.take, speed=args.speed, end_ns=stream_end_ns(LONGEST_S))
    return source.header


class _UntilOver:
    """A run that ends with the calibration."""

    def __init__(self, run: Run, guided: Guided) -> None:
        self._run = run
        self._guided = guided

    @property
    def position_ns(self) -> int:
        return self._run.position_ns

    @property
    def ended(self) -> bool:
        return self._run.ended or self._guided.over

    def advance(self, until_ns: int) -> Sequence[Event]:
        return self._run.advance(until_ns)

    def finish(self) -> Sequence[Event]:
        return ()


async def _live(args: argparse.Namespace, guided: Guided) -> SensorHeader:
    from ...runtime.live import LiveRun, live_headless
    from ...transport.ble import BleSource, Radio, Target
    from ..finding import find_sensor, site_of

    radio = Radio(adapter=adapter(args))
    seen, profile = await find_sensor(args, radio)
    target = Target(seen.device, profile, seen.name, site=site_of(seen), params=profile.resolve(use="live"))
    source = BleSource([target], radio)
    command = StartCalibration(0, DEFAULT_SENSOR, "no" if args.no_slouch else "yes")
    stop = asyncio.Event()

    def hear(events: Iterable[Event]) -> None:
        guided.take(events)
        if guided.over:
            stop.set()

    await live_headless(LiveRun(source, first=(command,)), hear, say, end_ns=stream_end_ns(LONGEST_S), stop=stop)
    return source.header.sensors[0]


def _sink(mode: str) -> Sink:
    if mode == "json":
        return json_sink(sys.stdout)
    if mode == "silent":
        return lambda events: None

    def speak(events: Iterable[Event]) -> None:
        for event in events:
            words = sentence(event)
            if words:
                beep = "\a" if sys.stdout.isatty() and isinstance(event, CueSpoken) and event.cue != "say" else ""
                print(f"{words}{beep}", flush=True)

    return speak
