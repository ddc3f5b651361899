"""Lines that are read together give exactly what each gives by itself, whatever befell them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.events import Mark
from sensorcoach.recording import JournalReader
from sensorcoach.recording.journal_format import Item, Note, decode_item, encode_header, encode_item
from sensorcoach.recording.packet_lines import packets_alike
from sensorcoach.recording.problems import ProblemLog
from sensorcoach.samples import NS, Packet, Tick

from .journals import HEADER, REPEATABLE


def recording() -> list[Item]:
    """Two sensors, three channels, five lengths, times that gain a digit, a tick and a mark now and then."""
    rng = np.random.default_rng(3)
    items: list[Item] = []
    for n in range(120):
        t_ns = 9 * NS + n * NS // 40
        items.append(Packet(t_ns, "chest", "imu", rng.bytes(14)))  # packed
        items.append(Packet(t_ns, "chest", "text", rng.bytes(int(rng.integers(4, 8)))))
        items.append(Packet(t_ns, "upper-back", "imu", rng.bytes(20)))
        if n % 40 == 0:
            items.append(Tick(t_ns, 1_700_000_000 * NS + t_ns, 3600))
        if n % 50 == 49:
            items.append(Mark(t_ns, "tea"))
    return items


ITEMS = recording()
LINES = [encode_item(item, "chest", HEADER.packable())[:-1] for item in ITEMS]


def one_by_one(lines: list[bytes]) -> tuple[list[Item], list[str]]:
    """What stands in lines, and what is said of the others, in the plainest way."""
    items: list[Item] = []
    problems = ProblemLog()
    unknown = 0
    for number, line in enumerate(lines, 2):
        try:
            item = decode_item(line, HEADER)
        except ValueError as error:
            problems.add("000001.jsonl", number, f"skipped: {error}")
        else:
            unknown += item is None
            if item is not None and not isinstance(item, Note):
                items.append(item)
    if unknown:
        counted = "1 line" if unknown == 1 else f"{unknown} lines"
        problems.add("000001.jsonl", 2, f"{counted} of a kind this version does not know skipped")
    return items, [str(problem) for problem in problems]


def together(lines: list[bytes]) -> tuple[list[Item], list[str]]:
    """The same from the reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "000001.jsonl"
        path.write_bytes(encode_header(HEADER, 1) + b"".join(line + b"\n" for line in lines))
        reader = JournalReader(path)
        return list(reader), [str(problem) for problem in reader.problems]


def test_sound_lines_are_read_together() -> None:
    found = list(packets_alike(LINES, HEADER))
    got = {
        place: Packet(t_ns, alike.sensor, alike.channel, payload)
        for alike in found
        for place, t_ns, payload in zip(
            alike.places.tolist(), alike.t_ns.tolist(), alike.payloads.tolist(), strict=True
        )
    }
    assert sum(len(alike.places) for alike in found) == len(got)
    assert all(ITEMS[place] == packet for place, packet in got.items())
    packets = sum(isinstance(item, Packet) for item in ITEMS)
    assert len(got) > 0.95 * packets
    assert together(LINES) == (ITEMS, [])


BYTES = st.sampled_from(b'=09-+.eE"\\,:{}[] AZ/_\0\x7f\xff\r') | st.integers(0, 255).filter(lambda byte: byte != 10)
DAMAGE = st.tuples(
    st.integers(0, len(LINES) - 1),
    st.integers(0, 80),
    st.sampled_from(["put", "cut", "in", "swap", "twice"]),
    st.lists(BYTES, min_size=1, max_size=3).map(bytes),
)


@given(st.lists(DAMAGE, min_size=1, max_size=25))
@settings(REPEATABLE, max_examples=150)
def test_damaged_lines_are_what_each_is_by_itself(damage: list[tuple[int, int, str, bytes]]) -> None:
    lines = list(LINES)
    for number, at, how, data in damage:
        line = lines[number]
        at %= len(line) + 1
        if how == "swap":
            lines[number], lines[number - 1] = lines[number - 1], line
        elif how == "twice":
            lines[number] = line + line
        else:
            after = line[at if how == "in" else at + len(data) :]
            lines[number] = line[:at] + (b"" if how == "cut" else data) + after
    assert together(lines) == one_by_one(lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"t":9', '"t":-'),
        ('"t":9', '"t":0'),
        ('"t":9', '"t": '),
        ('"t":90', '"t":9.'),
        ('"t":90', '"t":9e'),
        ('"imu"', '"imU"'),
        ('"imu"', '"im\\"'),
        ('"chest"', '"knees"'),
        ('"d":"', '"x":"'),
        ('=="}', 'A="}'),
        ('=="}', '==" '),
        ('=="}', '="=}'),
        ('=="}', "==]}"),
        ("A", "="),
        ("A", "-"),
        ("A", "é"),
    ],
)
@pytest.mark.parametrize("where", [0, 7, 19])
def test_one_odd_line_among_its_like(old: str, new: str, where: int) -> None:
    lines = [
        json.dumps({"t": 9_000_000_000 + n, "c": "imu", "d": "AAAAAAAAAAAAAAAAAAAA" + end}, separators=(",", ":"))
        for n in range(20)
        for end in ("AAAA", "AAA=", "AA==")
    ]
    of_form = lines[2::3]
    of_form[where] = of_form[where].replace(old, new, 1)
    lines[2::3] = of_form
    encoded = [line.encode() for line in lines]
    assert together(encoded) == one_by_one(encoded)


@given(st.lists(st.sampled_from(range(len(LINES))), max_size=60), st.integers(1, 30))
@REPEATABLE
def test_batches_keep_the_order(chosen: list[int], max_items: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "000001.jsonl"
        path.write_bytes(encode_header(HEADER, 1) + b"".join(LINES[i] + b"\n" for i in chosen))
        batches = list(JournalReader(path).batches(max_items))
    assert [item for batch in batches for item in batch.items()] == [ITEMS[i] for i in chosen]
    for batch in batches:
        packets = [item for item in batch.items() if isinstance(item, Packet)]
        for sensor in ("chest", "upper-back"):
            columns = batch.packets(sensor)
            assert [
                Packet(t_ns, sensor, columns.channels[number], payload)
                for t_ns, number, payload in zip(
                    columns.t_ns.tolist(), columns.channel.tolist(), columns.payloads, strict=True
                )
            ] == [packet for packet in packets if packet.sensor == sensor]
