"""A recording run through the engine once, with everything a page about it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..analysis.tables import Table, TableBuilder
from ..coach.pacer import Pacer, Pattern
from ..coach.slouch import SlouchSettings
from ..engine import Engine
from ..events import (
    BreathPhase,
    Event,
    Mark,
    NeutralSet,
    SetPacer,
    SetSlouch,
    SlouchEnded,
    SlouchStarted,
    Wave,
    to_dict,
)
from ..history.chapter import sensor_roles
from ..history.clock import WallClock
from ..history.derive import lasting
from ..history.identity import identify
from ..recording.journal_format import JournalHeader
from ..recording.journal_reader import JournalReader
from ..samples import NS, FloatArray, Tick
from ..transport.replay import ArraySource, JournalSource, open_recording
from ..transport.source import slices
from .single_breaths import with_shapes

WAVE_STEP_S = 0.04


@dataclass(frozen=True, slots=True)
class Spell:
    """A slouch: from `start_s` to `end_s` of stream time, how far forward at most, whether it can be trusted."""

    start_s: float
    end_s: float
    peak_deg: float
    trusted: bool

    @property
    def counts(self) -> bool:
        """Whether it is one of those that are counted: trusted, and as long as the history asks for."""
        return self.trusted and lasting(self.end_s - self.start_s)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What was seen in one recording. Times are stream time, s, unless their name says otherwise.

    Attributes
    ----------
    body, breath : structured arrays
        Rows of the `seconds` table of the sensor that is asked about posture, and about breathing.
    breaths : structured array
        Of the breathing sensor, as `single_breaths.with_shapes` makes it.
    phases : list of (onset_s, phase)
    wave_t_s, wave : float arrays
        Breathing movement of the breathing sensor, 25 points a second, nan where not known.
    pacers : list of (from_s, Pacer or None)
    slouch : SlouchSettings
        The newest that held: the default, or what the wearer or a calibration chose.
    sessions : list of (start_s, end_s)
        Coached sessions: a lean in one is an exercise, no posture.
    said : list of dicts
        Other events in their JSON form: sessions, following.
    wearer : str
        Empty where nobody was named.
    start : (Unix time in ns, offset of local time in s) at stream time 0, or None where no clock was recorded
    """

    title: str
    start: tuple[int, int] | None
    duration_s: float
    device: str
    sensors: tuple[str, ...]
    body_sensor: str
    breath_sensor: str
    sampling_rate_hz: float
    has_gyro: bool
    neutral: NeutralSet | None
    body: Table
    breath: Table
    breaths: Table
    slouches: tuple[Spell, ...]
    phases: tuple[tuple[float, str], ...]
    wave_t_s: FloatArray
    wave: FloatArray
    pacers: tuple[tuple[float, Pacer | None], ...]
    slouch: SlouchSettings
    marks: tuple[tuple[float, str], ...]
    sessions: tuple[tuple[float, float], ...]
    said: tuple[dict[str, Any], ...]
    problems: tuple[str, ...]
    tables: Mapping[str, Table]
    content: str = ""
    wearer: str = ""

    def paced(self, start_s: float, end_s: float) -> list[tuple[float, float, Pacer]]:
        """Stretches between two times in which a pacer ran."""
        begins = [from_s for from_s, _ in self.pacers]
        ends = [*begins[1:], end_s]
        spans = zip(begins, ends, (pacer for _, pacer in self.pacers), strict=False)
        cut = [(max(a, start_s), min(b, end_s), pacer) for a, b, pacer in spans if pacer is not None]
        return [(a, b, pacer) for a, b, pacer in cut if b > a]

    def is_paced(self, t_s: FloatArray) -> NDArray[np.bool_]:
        """Whether a pacer ran at each of these times."""
        out = np.zeros(len(t_s), np.bool_)
        for a, b, _ in self.paced(-np.inf, np.inf):
            out |= (t_s >= a) & (t_s < b)
        return out


@dataclass(slots=True)
class _Gathered:
    """What is picked up on the way."""

    body: str
    breath: str
    clock: WallClock | None
    neutral: NeutralSet | None = None
    leaning: SlouchStarted | None = None
    slouches: list[Spell] = field(default_factory=list)
    phases: list[tuple[float, str]] = field(default_factory=list)
    waves: list[Wave] = field(default_factory=list)
    wave_parts: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    pacers: list[tuple[float, Pacer | None]] = field(default_factory=list)
    slouch_settings: SlouchSettings = field(default_factory=SlouchSettings)
    marks: list[tuple[float, str]] = field(default_factory=list)
    sessions: list[tuple[float, float]] = field(default_factory=list)
    session_s: float | None = None
    said: list[dict[str, Any]] = field(default_factory=list)

    def items(self, items: Iterable[object]) -> None:
        for item in items:
            if isinstance(item, Tick):
                if self.clock is not None:
                    self.clock.learn(item)
            elif isinstance(item, SetPacer):
                parts = (item.inhale_s, item.hold_in_s, item.exhale_s, item.hold_out_s)
                self.pace(item.t_ns, item.start_ns, parts)
            elif isinstance(item, SetSlouch):
                if item.sensor == self.body:
                    self.slouch_settings = SlouchSettings(item.threshold_deg, item.dwell_s)
            elif isinstance(item, Mark):
                self.marks.append((item.t_ns / NS, item.label))

    def events(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Wave):
                if event.sensor == self.breath:
                    self.waves.append(event)
            elif isinstance(event, BreathPhase):
                if event.sensor == self.breath:
                    self.phases.append((event.onset_ns / NS, event.phase))
            elif event.sensor == self.body and isinstance(event, SlouchStarted):
                self.leaning = event
            elif event.sensor == self.body and isinstance(event, SlouchEnded):
                self.slouch(event.t_ns / NS, event.peak_deg)
            elif isinstance(event, NeutralSet):
                if event.sensor == self.body:
                    self.neutral = event
            elif event.kind == "pacer_set":
                said = to_dict(event)
                parts = tuple(float(said.get(f"{p}_s") or 0.0) for p in ("inhale", "hold_in", "exhale", "hold_out"))
                self.pace(event.t_ns, round(float(said.get("start_s") or 0.0) * NS), parts)
            elif event.kind == "session_state":
                if self.session_s is None and to_dict(event).get("state") == "running":
                    self.session_s = event.t_ns / NS
            elif event.kind in ("session_summary", "followed"):
                self.said.append(to_dict(event))
                if event.kind == "session_summary" and self.session_s is not None:
                    self.sessions.append((self.session_s, event.t_ns / NS))
                    self.session_s = None
        self.pack_waves()

    def pack_waves(self) -> None:
        if self.waves:
            points = np.array([wave.breath for wave in self.waves])
            end_s = np.array([wave.t_ns for wave in self.waves]) / NS
            back_s = np.arange(points.shape[1] - 1, -1, -1) * WAVE_STEP_S
            self.wave_parts.append(((end_s[:, None] - back_s).ravel(), points.ravel()))
            self.waves.clear()

    def slouch(self, end_s: float, peak_deg: float) -> None:
        if self.leaning is not None:
            self.slouches.append(Spell(self.leaning.onset_ns / NS, end_s, peak_deg, self.leaning.trusted))
            self.leaning = None

    def pace(self, t_ns: int, start_ns: int, parts: tuple[float, ...]) -> None:
        on = parts[0] > 0.0 and parts[2] > 0.0
        self.pacers.append((t_ns / NS, Pacer(Pattern("", *parts), start_ns) if on else None))


def gather(path: str | Path) -> Recording:
    """Run a recording and keep what the page shows.

    Raises
    ------
    InputError
        There is no such recording, or it cannot be read.
    """
    source = open_recording(path)
    sensors = tuple(setup.stream.sensor for setup in source.sensors)
    header = source.reader.header if isinstance(source, JournalSource) else None
    clock = WallClock(header) if header is not None else None
    body, breath = sensor_roles(list(sensors))
    seen = _Gathered(body, breath, clock)
    tables = TableBuilder(source.origin_s)
    engine = Engine(source.engine_sensors(), waves=True)
    for items in slices(source):
        events = engine.feed_many(items)
        seen.items(items)
        seen.events(events)
        tables.add(events)
    last = engine.finish()
    tables.add(last)
    seen.events(last)
    if seen.leaning is not None:
        seen.slouch(engine.now_ns / NS, seen.leaning.flexion_deg)
    seconds = tables.seconds()
    breaths = with_shapes(tables.breaths(), tables.holds(), seconds)
    stream = source.sensors[0].stream
    parts = seen.wave_parts
    return Recording(
        title=Path(source.title).name.removesuffix(".journal"),
        start=_start(clock, header),
        duration_s=engine.now_ns / NS,
        device=_device(source),
        sensors=sensors,
        body_sensor=body,
        breath_sensor=breath,
        sampling_rate_hz=stream.sampling_rate_hz,
        has_gyro=stream.has_gyro,
        neutral=seen.neutral,
        body=_shifted(seconds[seconds["sensor"] == body], source.origin_s),
        breath=_shifted(seconds[seconds["sensor"] == breath], source.origin_s),
        breaths=_shifted(breaths[breaths["sensor"] == breath], source.origin_s),
        slouches=tuple(s for s in seen.slouches if not _inside(s.start_s, seen.sessions)),
        phases=tuple(seen.phases),
        wave_t_s=np.concatenate([t for t, _ in parts]) if parts else np.empty(0),
        wave=np.concatenate([w for _, w in parts]) if parts else np.empty(0),
        pacers=tuple(seen.pacers),
        slouch=seen.slouch_settings,
        marks=tuple(seen.marks),
        sessions=tuple(seen.sessions),
        said=tuple(seen.said),
        problems=tuple(source.problems),
        tables={"seconds": seconds, "breaths": breaths, "events": tables.events()},
        content=identify(source.reader).content if isinstance(source, JournalSource) else "",
        wearer=_wearer(source),
    )


def _shifted(table: Table, origin_s: float) -> Table:
    """The same rows in stream time."""
    table = table.copy()
    for name in table.dtype.names or ():
        if name in ("t_s", "t_inhale_s", "t_exhale_s", "t_end_s"):
            table[name] -= origin_s
    return table


def _inside(t_s: float, spans: Iterable[tuple[float, float]]) -> bool:
    return any(a <= t_s < b for a, b in spans)


def _start(clock: WallClock | None, header: JournalHeader | None) -> tuple[int, int] | None:
    """When the stream began, where the journal knows a clock at all: from its first tick, else from its header."""
    if clock is None or header is None:
        return None
    wall_ns, offset_s = clock.first()
    return (wall_ns, offset_s) if wall_ns else None


def _wearer(source: ArraySource | JournalSource) -> str:
    return source.reader.header.wearer if isinstance(source, JournalSource) else source.metadata.get("wearer", "")


def _device(source: ArraySource | JournalSource) -> str:
    if isinstance(source, JournalSource):
        reader: JournalReader = source.reader
        first = reader.header.sensors[0]
        return first.device_name or str(first.profile.get("title", "")) or "unknown device"
    return "a file of samples"
