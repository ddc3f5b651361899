"""A real sensor for the dashboard: recorded, with what its wearer once taught it. Imports the radio."""

from __future__ import annotations

import argparse
from collections import deque
from dataclasses import replace

from ..coach.session import Plan
from ..coach.slouch import SlouchProfiles, SlouchSettings
from ..cues import CuePlayer
from ..events import CalibrationDone, SetSlouch, StartSession
from ..history import DEFAULT_WEARER
from ..recording.journal_format import SensorHeader
from ..runtime.live import LiveFeed, LiveRun
from ..runtime.recorder import ThreadRecorder
from ..settings import load_settings
from ..settings.apply import slouch_profiles
from ..transport.ble import BleSource
from ..tui.launcher import Opened, Place
from .chosen import posture_commands
from .commands import calibrate
from .places import pose_keeper, recording_folder


def follow(
    source: BleSource,
    args: argparse.Namespace,
    cues: CuePlayer,
    plan: Plan | None,
    place: Place,
    remarks: deque[str] | None = None,
) -> tuple[Opened, ThreadRecorder | None]:
    """Its feed, and what records it; a calibration is not recorded."""
    header = source.header.sensors[0]
    keeper = pose_keeper(args.wearer, header)
    first = list(posture_commands(keeper, header.name))
    if plan is not None:
        first.append(StartSession(0, header.name, plan.programme, plan.to_json()))
    folder = None if place == "calibrate" else recording_folder(args)
    recorder = None if folder is None else ThreadRecorder(folder, replace(source.header, wearer=args.wearer or ""))
    run = LiveRun(source, waves=True, recorder=recorder, first=first, heard=[keeper.heard, cues])
    cues.attach(lambda: run.position_ns, source.buzz)
    feed = LiveFeed(run, recording=folder.name if folder else None)
    opened = over(feed, header, args.wearer, place, plan, remarks)
    if keeper.problem:
        opened.remarks.append(keeper.problem)
    return opened, recorder


def over(
    feed: LiveFeed,
    header: SensorHeader,
    wearer: str | None,
    place: Place = "live",
    plan: Plan | None = None,
    remarks: deque[str] | None = None,
) -> Opened:
    """A feed over the radio, with the wearer's name, and a place for their calibration."""

    def keep(done: CalibrationDone) -> str:
        calibrate.keep(done, header, wearer or DEFAULT_WEARER, None)
        return "It is kept for the next time."

    said = deque[str]() if remarks is None else remarks
    return Opened(feed, place, plan, wearer or "", keep, _slouch(header, wearer), said)


def _slouch(header: SensorHeader, wearer: str | None) -> SlouchProfiles:
    """What a slouch is: sitting, by the wearer's own threshold where one is stored."""
    profiles = slouch_profiles(load_settings(), "training")
    commands = posture_commands(pose_keeper(wearer, header), header.name)
    own = [command for command in commands if isinstance(command, SetSlouch)]
    return replace(profiles, sit=SlouchSettings(own[-1].threshold_deg, own[-1].dwell_s)) if own else profiles
