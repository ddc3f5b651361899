"""What Home starts: live, the virtual wearer, sessions, calibrations and recordings as feeds for the dashboard."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from platformdirs import user_config_path

from ..coach.session import Plan, make_plan
from ..coach.wording import share_words, span_words
from ..cues import CuePlayer, player
from ..errors import SensorcoachError
from ..history import recordings_folder
from ..runtime.player import Player
from ..runtime.recorder import ThreadRecorder
from ..runtime.remembered import recall
from ..runtime.run import Recorder, Run
from ..settings import load_settings
from ..transport.rehearsal import RehearsedSource
from ..transport.replay import open_recording, samples
from ..transport.virtual import open_virtual
from ..tui.launcher import Choice, Opened, Place, Wanted
from .chosen import adapter
from .commands import session
from .commands._cues import cue_settings
from .own import own_recordings
from .places import last_devices

if TYPE_CHECKING:
    from ..history import Day
    from ..transport.ble import BleSource

_DEFAULTS: Final = {
    "device": None,
    "profile": None,
    "adapter": None,
    "wearer": None,
    "site": None,
    "record": None,
    "no_record": False,
    "sound": None,
    "voice": None,
    "bell": None,
    "buzz": None,
}
_REHEARSAL: Final = {
    "site": "chest",
    "no_gyro": False,
    "pattern": "",
    "with_holds": False,
    "variant": "",
    "dose": "auto",
    "wearer": None,
    "seed": None,
}

_MOST_UNPACKED: Final = 20
"""Recordings whose length may take a while to find: the list is there within half a second."""


class Launch:
    """Implements `tui.launcher.Launcher`, with the options of the command that it serves.

    Parameters
    ----------
    args : argparse.Namespace, optional
        Options that are missing have their defaults.
    cues : CuePlayer, optional
        Of the feed that is shown first.
    """

    def __init__(self, args: argparse.Namespace | None = None, cues: CuePlayer | None = None) -> None:
        # The sensor of the command is remembered by then; a name for its recording is for that one only.
        typed = {k: v for k, v in vars(args or argparse.Namespace()).items() if k not in ("device", "record")}
        self._args = argparse.Namespace(**{**_DEFAULTS, **typed})
        self.wearer: str | None = self._args.wearer
        self.adapter = adapter(self._args)
        self._cues = cues
        self._said: deque[str] = deque()
        self._remarks: list[str] = []
        self._recorders: list[ThreadRecorder] = []

    @property
    def sensor(self) -> str:
        """Name of the sensor used last."""
        last = recall(last_devices())
        return (last[0].name or last[0].address) if last else ""

    async def open(self, wanted: Wanted, say: Callable[[str], None]) -> Opened:
        """Open it; files are read beside the event loop, radios on it."""
        if wanted.place == "replay":
            return await asyncio.to_thread(self._replay, wanted.name)
        if wanted.demo:
            return await asyncio.to_thread(self._virtual, wanted)
        return await self._sensor(wanted, say)

    def sessions(self) -> Sequence[Choice]:
        """Programmes first, then single exercises."""
        library = session.own_library(user_config_path("sensorcoach"))
        programmes = [Choice(p.name, p.title, f"{p.minutes:.0f} min. {p.about}") for p in library.programmes.values()]
        return [*programmes, *(Choice(e.name, e.title, e.about) for e in library.exercises.values())]

    def recordings(self) -> Sequence[Choice]:
        """One's own, the newest first, then the samples."""
        own = own_recordings(recordings_folder(), _MOST_UNPACKED)
        choices = [Choice(str(one.kept.path), one.name, one.about) for one in own]
        return [*choices, *(Choice(path.stem, path.stem, "sample recording") for path in samples())]

    def last_words(self) -> str:
        """The last day that the history knows."""
        from ..history import History, choose_wearer, history_path, read_days

        if not history_path().exists():
            return ""
        try:
            with History(history_path()) as history:
                days = read_days(history, choose_wearer(history, self.wearer))
        except SensorcoachError:
            return ""
        return _day_words(days[-1]) if days else ""

    def silence(self) -> None:
        """End the cues of the feed that was shown."""
        if self._cues is not None:
            self._cues.close()

    def farewell(self) -> list[str]:
        """What there is to say once the screen is free again, such as where recordings are, and what they miss."""
        self.silence()
        for recorder in self._recorders:
            self._remarks += [*map(str, recorder.take_problems()), f"Recorded to {recorder.folder}."]
        self._recorders.clear()
        return self._remarks

    # -- feeds

    def _virtual(self, wanted: Wanted) -> Opened:
        """The virtual wearer: at the desk, being calibrated, or rehearsing a session."""
        if wanted.place == "session":
            library = session.own_library(user_config_path("sensorcoach"))
            args = argparse.Namespace(**_REHEARSAL, name=wanted.name)
            return self.rehearsed(*session.rehearsal(args, library), None, 1.0)
        cues = self._new_cues()
        source = open_virtual("calibrate" if wanted.place == "calibrate" else "demo")
        run = Run(source, waves=True, heard=[cues])
        cues.attach(lambda: run.position_ns)
        return Opened(Player(run, "demo"), "calibrate" if wanted.place == "calibrate" else "live", remarks=self._said)

    def rehearsed(self, source: RehearsedSource, plan: Plan, recorder: Recorder | None, speed: float) -> Opened:
        """A session done by the virtual wearer, with a title that says that nobody real does it."""
        cues = self._new_cues()
        run = Run(source, waves=True, recorder=recorder, heard=[cues] if speed == 1.0 else [])
        cues.attach(lambda: run.position_ns)
        feed = Player(run, "demo", speed=speed)
        feed.title = f"Rehearsal: {plan.title}"
        return Opened(feed, "session", plan, remarks=self._said)

    def _replay(self, name: str) -> Opened:
        return Opened(Player(Run(open_recording(name), waves=True, seekable=True), "replay"))

    async def _sensor(self, wanted: Wanted, say: Callable[[str], None]) -> Opened:
        from .finding import find_source

        source = await find_source(self._args, self.adapter, say)
        plan = None
        if wanted.place == "session":
            from .practice import practice_of

            library = session.own_library(user_config_path("sensorcoach"))
            # Bringing the history up to date may take a while: not on the event loop.
            loop = asyncio.get_running_loop()

            def tell(words: str) -> None:
                loop.call_soon_threadsafe(lambda: say(words))

            practice = await asyncio.to_thread(practice_of, self._args, "auto", tell)
            plan = make_plan(library, wanted.name, source.engine_sensors()[0].stream, practice=practice)
        return self.over_radio(source, plan, "live" if wanted.place == "replay" else wanted.place)

    def over_radio(self, source: BleSource, plan: Plan | None, place: Place, record: str | None = None) -> Opened:
        """A sensor that was found: recorded, with the wearer's stored pose, and the session if there is a plan."""
        from .over_radio import follow

        args = argparse.Namespace(**{**vars(self._args), "record": record})
        opened, recorder = follow(source, args, self._new_cues(), plan, place, self._said)
        if recorder is not None:
            self._recorders.append(recorder)
        return opened

    def _new_cues(self) -> CuePlayer:
        """Each feed has its own: what one was led by is not the next one's."""
        self.silence()
        self._said = deque()
        self._cues = player(cue_settings(self._args, load_settings()), say=self._said.append)
        return self._cues


def _day_words(day: Day) -> str:
    """`Last time, on 2026-05-04: worn for 2 h 10 min, 82 % upright, one session.`"""
    parts = [f"worn for {span_words(day.worn_s)}"]
    if day.upright_share is not None:
        parts.append(f"{share_words(day.upright_share)} upright")
    if day.breath_rate_brpm is not None:
        parts.append(f"{day.breath_rate_brpm:.0f} breaths a minute")
    if day.sessions_done:
        parts.append(f"{day.sessions_done} session{'s' if day.sessions_done != 1 else ''} done")
    return f"Last time, on {day.date}: {', '.join(parts)}."
