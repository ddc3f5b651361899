"""A real sensor for the dashboard: found, recorded, with what its wearer once taught it. Imports the radio."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..coach.session import Plan
from ..coach.slouch import SlouchProfiles, SlouchSettings
from ..cues import CuePlayer
from ..events import CalibrationDone, SetSlouch, StartSession
from ..recording.journal_format import SensorHeader
from ..runtime.calibrations import DEFAULT_WEARER
from ..runtime.live import LiveFeed, LiveRun
from ..runtime.recorder import ThreadRecorder
from ..settings import load_settings
from ..settings.apply import slouch_profiles
from ..transport.ble import BleSource, Radio, Target
from ..tui.launcher import Opened, Place
from .chosen import posture_commands
from .commands import calibrate, live


async def find_source(args: argparse.Namespace, adapter: str, say: Callable[[str], None]) -> BleSource:
    """The sensor used last, else the only one near.

    Raises
    ------
    LinkError
        There is none, or the radio cannot be used.
    """
    radio = Radio(adapter=adapter)
    seen, profile = await live.find_sensor(args, radio, say)
    say(f"Found {seen.name}.")
    site = args.site or live.site_of(seen)
    return BleSource([Target(seen.device, profile, seen.name, site, site, profile.resolve(use="live"))], radio)


def follow(
    source: BleSource, args: argparse.Namespace, cues: CuePlayer, plan: Plan | None, place: Place
) -> tuple[Opened, Path | None]:
    """Its feed, and the folder it is recorded to; a calibration is not recorded."""
    header = source.header.sensors[0]
    keeper = live._keeper(args, header)
    first = list(posture_commands(keeper, header.name))
    if plan is not None:
        first.append(StartSession(0, header.name, plan.programme, plan.to_json()))
    folder = None if place == "calibrate" else live._folder(args)
    recorder = None if folder is None else ThreadRecorder(folder, replace(source.header, wearer=args.wearer or ""))
    run = LiveRun(source, waves=True, recorder=recorder, first=first, heard=[keeper.heard, cues])
    cues.attach(lambda: run.position_ns, source.buzz)
    feed = LiveFeed(run, recording=folder.name if folder else None)
    return over(feed, header, args.wearer, place, plan), folder


def over(
    feed: LiveFeed, header: SensorHeader, wearer: str | None, place: Place = "live", plan: Plan | None = None
) -> Opened:
    """A feed over the radio, with the wearer's name, and a place for their calibration."""

    def keep(done: CalibrationDone) -> str:
        calibrate.keep(done, header, wearer or DEFAULT_WEARER, None)
        return "It is kept for the next time."

    return Opened(feed, place, plan, wearer or "", keep, _slouch(header, wearer))


def _slouch(header: SensorHeader, wearer: str | None) -> SlouchProfiles:
    """What a slouch is: sitting, by the wearer's own threshold where one is stored."""
    profiles = slouch_profiles(load_settings(), "training")
    commands = posture_commands(live._keeper(argparse.Namespace(wearer=wearer), header), header.name)
    own = [command for command in commands if isinstance(command, SetSlouch)]
    return replace(profiles, sit=SlouchSettings(own[-1].threshold_deg, own[-1].dwell_s)) if own else profiles
