"""Journals for the tests of this room."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from sensorcoach.events import Calibrate, Mark, SetPacer, Snooze
from sensorcoach.recording import JournalHeader, JournalWriter, SensorHeader
from sensorcoach.recording.journal_format import Item
from sensorcoach.samples import NS, Packet, Tick

STREAM = {"channel": "imu", "samples": {"at": 2, "fields": ["ax:i16", "ay:i16", "az:i16"]}, "scale": [1, 2.5]}
HEADER = JournalHeader(
    sensors=(
        SensorHeader("chest", "chest", "Virtual", "AA:BB", {"stream": [STREAM]}, {"sampling_rate_hz": 100}),
        SensorHeader("upper-back", "upper-back"),
    ),
    created_wall_ns=1_700_000_000 * NS,
    utc_offset_s=3600,
    origin_wall_ns=1_699_999_999 * NS,
    writer="sensorcoach 0.1.0",
    wearer="Ann",
)

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=60)

INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VECTORS = st.none() | st.tuples(FLOATS, FLOATS, FLOATS)
SENSORS = st.sampled_from(["chest", "upper-back"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PACKETS = st.builds(Packet, INT64, SENSORS, TEXTS | st.just("imu"), st.binary(max_size=60))
TICKS = st.builds(Tick, INT64, INT64, st.integers(-50_000, 50_000))
COMMANDS = st.one_of(
    st.builds(Calibrate, INT64, SENSORS, VECTORS, VECTORS),
    st.builds(SetPacer, INT64, INT64, FLOATS, FLOATS, FLOATS, FLOATS),
    st.builds(Mark, INT64, TEXTS),
    st.builds(Snooze, INT64, FLOATS),
)
ITEMS = st.lists(st.one_of(PACKETS, PACKETS, TICKS, COMMANDS), max_size=40)


def minutes(count: int, *, rate: int = 10) -> list[Item]:
    """A steady recording: `rate` packets and one tick a second, with a mark every minute."""
    items: list[Item] = []
    for second in range(60 * count):
        items.append(Tick(second * NS, 1_700_000_000 * NS + second * NS, 3600))
        if second % 60 == 30:
            items.append(Mark(second * NS, f"minute {second // 60}"))
        for n in range(rate):
            number = second * rate + n
            items.append(Packet(second * NS + n * NS // rate, "chest", "imu", number.to_bytes(4, "little") * 5))
    return items


def noise(seconds: int) -> list[Item]:
    """A packet a second that cannot be compressed."""
    source = random.Random(1)
    return [Packet(n * NS, "chest", "imu", source.randbytes(600)) for n in range(seconds + 1)]


def write_journal(folder: Path, items: Sequence[Item], *, segment_s: float = 3600.0, compress: bool = True) -> Path:
    """A closed journal with these items."""
    with JournalWriter(folder, HEADER, segment_s=segment_s, compress=compress) as writer:
        for item in items:
            writer.append(item)
    return folder
