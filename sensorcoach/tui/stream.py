"""One feed being followed: what it has told so far, the time to draw, and what the person told it. No widgets."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final, Literal

from ..coach.pacer import FASTEST_BRPM, PATTERNS, SLOWEST_BRPM, Pacer, Pattern
from ..errors import SensorcoachError
from ..events import (
    Answer,
    Calibrate,
    CalibrationDone,
    ControlSession,
    Event,
    FeelAsked,
    Mark,
    PacerSet,
    SetPacer,
    Snooze,
    StartCalibration,
    StopCalibration,
)
from ..runtime.calibrations import adopt
from ..samples import NS
from .calibration_view import CalibrationView
from .clock import StreamClock
from .feed_words import feed_state
from .launcher import Opened
from .model import DashboardModel
from .scene import Scene
from .session_view import SessionView

SNOOZE_S: Final = 900.0
PACE_STEP_BRPM: Final = 0.5
SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, math.inf)

State = Literal["playing", "paused", "ended", "failed"]


class Stream:
    """Follows a feed.

    Parameters
    ----------
    opened : Opened
    clock : callable
        Any monotonic clock, s.
    patterns : sequence of Pattern
        What `next_pacer` walks through.
    snooze_s : float, s
        How long a snooze lasts.

    Attributes
    ----------
    pacer : Pacer or None
        The one on the screen: set by hand, by the session, or in the recording that is replayed.
    frozen : bool
        The view stands still, the stream does not.
    standing : bool
        The wearer said that they stand; at first they sit.
    """

    def __init__(
        self,
        opened: Opened,
        clock: Callable[[], float],
        patterns: Sequence[Pattern] = PATTERNS,
        snooze_s: float = SNOOZE_S,
    ) -> None:
        self.opened = opened
        self.feed = opened.feed
        self.model = DashboardModel(self.feed.sensor, self.feed.has_gyro)
        self.session = None if opened.plan is None else SessionView(opened.plan)
        self.calibration: CalibrationView | None = None
        self.pacer: Pacer | None = None
        self.frozen = False
        self.standing = False
        self.failure = ""
        self._slouch = opened.slouch
        self._clock = clock
        self._patterns = patterns
        self._snooze_s = snooze_s
        self._stream_clock = StreamClock()
        self._pacer_until_s = math.inf
        self._own_pacers: list[tuple[float, ...]] = []
        self._marks = 0
        self._snoozed_until_s = -math.inf
        self._over = False

    # -- what comes in

    async def follow(self) -> None:
        """Read the feed to its end; a failure is kept in words."""
        self._over = False
        try:
            # Also when this is cancelled between two batches the feed must get to its own end.
            async with aclosing(self.feed.batches()) as batches:
                async for batch in batches:
                    self.take(batch)
                    # A feed that always has more must still let keys and frames through.
                    await asyncio.sleep(0)
        except SensorcoachError as error:
            self.failure = str(error)
            self.model.note(self.feed.position_s, self.failure)
        self._over = True

    def take(self, events: Sequence[Event]) -> None:
        """What became known."""
        for event in events:
            self.model.apply(event)
            if event.sensor != self.feed.sensor:
                continue
            if isinstance(event, PacerSet):
                self._hear_pacer(event)
            if self.session is not None:
                self.session.apply(event)
                if isinstance(event, FeelAsked) and self.feed.kind == "live":  # nobody answers within some seconds
                    self.session.wait()
                    self.control("wait")
            if self.calibration is not None and not self.calibration.over:
                self.calibration.apply(event)
                if isinstance(event, CalibrationDone):
                    self._adopt(event)

    def take_remarks(self) -> list[str]:
        """What was said beside the feed since the last call."""
        said = self.opened.remarks
        return [said.popleft() for _ in range(len(said))]

    def _adopt(self, done: CalibrationDone) -> None:
        """A calibration holds from here on, its threshold for sitting."""
        for command in adopt(done, self._slouch.sit):
            self.feed.command(command)
        if not math.isnan(done.threshold_deg):
            self._slouch = replace(self._slouch, sit=replace(self._slouch.sit, threshold_deg=done.threshold_deg))
        self.standing = False

    def _hear_pacer(self, event: PacerSet) -> None:
        """Show the pacer that the session, or the recording, follows."""
        parts_s = (event.inhale_s, event.hold_in_s, event.exhale_s, event.hold_out_s)
        if (event.start_ns, *parts_s) in self._own_pacers:  # the echo of a command given here
            self._own_pacers.remove((event.start_ns, *parts_s))
            return
        off = event.inhale_s <= 0.0 or event.exhale_s <= 0.0
        self.pacer = None if off else Pacer(Pattern(self._name(parts_s), *parts_s), event.start_ns)
        self._pacer_until_s = event.until_ns / NS if event.until_ns else math.inf
        if self.session is not None and self.session.running and self.feed.kind == "live":
            # So that a live sensor's estimators know which way the breath should go, and the recording keeps it.
            self.feed.command(SetPacer(event.t_ns, event.start_ns, *parts_s))

    # -- what is shown

    @property
    def state(self) -> State:
        """How the feed fares."""
        if self.failure:
            return "failed"
        if self._over or self.model.link == "ended":
            return "ended"
        return "paused" if self.feed.paused else "playing"

    @property
    def over(self) -> bool:
        """Whether nobody reads the feed any more."""
        return self._over

    def now_s(self) -> float:
        """Stream time to draw."""
        return self._stream_clock.read(
            self.feed.position_s, self._clock(), self.feed.speed, running=self.state == "playing"
        )

    def scene(
        self,
        *,
        reduced_motion: bool = False,
        plain_fill: bool = False,
        large: bool = False,
        curve_s: float | None = None,
    ) -> Scene:
        """The moment to draw."""
        now_s = self.now_s()
        pacer = self.pacer if now_s < self._pacer_until_s else None
        return Scene(
            self.model,
            now_s,
            pacer,
            reduced_motion,
            plain_fill,
            large,
            curve_s,
            feed_state(self),
            self.session,
            self.calibration,
        )

    @property
    def snoozed(self) -> bool:
        """Whether posture alerts are quiet."""
        return self.feed.position_s < self._snoozed_until_s

    # -- what the person does

    def change_speed(self, by: int) -> None:
        """The next slower or faster speed."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(min(SPEEDS[i], 1e3) - min(self.feed.speed, 1e3)))
        self.feed.set_speed(SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)])

    def next_pacer(self) -> None:
        """Off, then one pattern after the other, then off again."""
        names = [pattern.name for pattern in self._patterns]
        present = self.pacer.pattern.name if self.pacer else ""
        following = names.index(present) + 1 if present in names else 0
        now_ns = round(self.now_s() * NS)
        if following == len(self._patterns):
            self._set_pacer(None, now_ns)
        else:
            pattern = self._patterns[following]
            self._set_pacer(self.pacer.changed(pattern, now_ns) if self.pacer else Pacer(pattern, now_ns), now_ns)

    def change_pace(self, by: int) -> None:
        """The next slower or faster half breath a minute for the present pattern, without a jump."""
        if self.pacer is None:
            return
        rate_brpm = self.pacer.pattern.rate_brpm
        if not SLOWEST_BRPM < rate_brpm + by * 1e-6 < FASTEST_BRPM:
            limit = f"{rate_brpm:.1f} a minute is the {'slowest' if by < 0 else 'fastest'} the pacer goes."
            self.model.note(self.feed.position_s, limit)
            return
        now_ns = round(self.now_s() * NS)
        steps = rate_brpm / PACE_STEP_BRPM
        wanted = PACE_STEP_BRPM * (math.floor(steps + 1e-6) + 1 if by > 0 else math.ceil(steps - 1e-6) - 1)
        self._set_pacer(self.pacer.changed(self.pacer.pattern.at_rate(wanted), now_ns), now_ns)

    def _set_pacer(self, pacer: Pacer | None, now_ns: int) -> None:
        self.pacer, self._pacer_until_s = pacer, math.inf
        command = SetPacer(now_ns, 0, 0.0, 0.0, 0.0, 0.0) if pacer is None else pacer.command(now_ns)
        parts_s = (command.inhale_s, command.hold_in_s, command.exhale_s, command.hold_out_s)
        self._own_pacers = [*self._own_pacers[-8:], (command.start_ns, *parts_s)]
        self.feed.command(command)

    def mark(self) -> None:
        """Remember this moment."""
        self._marks += 1
        label = f"mark {self._marks}"
        self.feed.command(Mark(self._now_ns, label))
        self.model.note(self.feed.position_s, f"You marked this moment ({label}).")

    def take_pose(self) -> None:
        """The pose of the last seconds is upright."""
        self.feed.command(Calibrate(self._now_ns, self.feed.sensor))
        self.model.note(self.feed.position_s, "Taking your present pose as upright: stay tall for a moment.")

    def change_stance(self) -> None:
        """Sitting or standing: the wearer says so, and what counts as a slouch is that of the one or the other."""
        self.standing = not self.standing
        command = self._slouch.command(self._now_ns, self.feed.sensor, "stand" if self.standing else "sit")
        self.feed.command(command)
        now = "stand" if self.standing else "sit"
        self.model.note(self.feed.position_s, f"You {now} now: a slouch is {command.threshold_deg:.0f}° or more.")

    def snooze(self) -> None:
        """Posture alerts off for a while, or on again."""
        quiet = self.snoozed
        duration_s = 0.0 if quiet else self._snooze_s
        self._snoozed_until_s = self.feed.position_s + duration_s
        self.feed.command(Snooze(self._now_ns, duration_s))
        words = (
            "Posture alerts are on again."
            if quiet
            else f"Posture alerts are quiet for {self._snooze_s / 60:.0f} minutes."
        )
        self.model.note(self.feed.position_s, words)

    def start_calibration(self) -> None:
        """Be guided to the upright pose, from the beginning."""
        self.calibration = CalibrationView()
        self.feed.command(StartCalibration(self._now_ns, self.feed.sensor))

    def stop_calibration(self) -> None:
        """Give it up, or be done with it."""
        if self.calibration is not None and not self.calibration.over:
            self.feed.command(StopCalibration(self._now_ns, self.feed.sensor))
        self.calibration = None

    def control(self, action: str) -> None:
        """What the wearer wants of the session: one of `events.SESSION_ACTIONS`."""
        self.feed.command(ControlSession(self._now_ns, action))

    def answer(self, question: str, value: str) -> None:
        """Answer the session's question, or say that something hurts (`pain`)."""
        self.feed.command(Answer(self._now_ns, question, value))

    @property
    def _now_ns(self) -> int:
        return round(self.feed.position_s * NS)

    def _name(self, parts_s: tuple[float, ...]) -> str:
        """What the pattern is called where it is one of those offered; empty otherwise."""
        return next((pattern.name for pattern in self._patterns if pattern.parts_s == parts_s), "")
