"""Frames, lines and parts: the same messages whole, byte by byte, and with more behind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.profiles.model import Checksum, Framing, Join
from sensorcoach.protocol.checksums import checksum_of, holds, holds_for, whole_frames
from sensorcoach.protocol.framing import Framer, Frames, Lines, Parts, Prefixed

FIXED = Framing(sync=b"\x55\x61", length=6)
SUMMED = Framing(sync=b"\x02", length_at=1, overhead=3, checksum=Checksum("sum8", -1, 0))


def summed(body: bytes) -> bytes:
    frame = b"\x02" + bytes([len(body)]) + body + b"\0"
    return frame[:-1] + checksum_of(frame, SUMMED.checksum or Checksum("sum8", -1, 0))


def messages(make: Callable[[], Framer], payloads: list[bytes]) -> list[bytes]:
    framer = make()
    return [m for payload in payloads for m in framer.feed([payload])[0]]


@pytest.mark.parametrize(
    ("make", "stream", "expected"),
    [
        (lambda: Frames(FIXED), b"\x55\x61abcd\x55\x61efgh", [b"\x55\x61abcd", b"\x55\x61efgh"]),
        (lambda: Frames(SUMMED), summed(b"one") + summed(b"") + summed(b"\x02\x02"), None),
        (Lines, b"A,1\r\nB\n\nlast\n", [b"A,1", b"B", b"", b"last"]),
    ],
    ids=["fixed", "summed", "lines"],
)
def test_whole_single_bytes_and_with_more_behind(
    make: Callable[[], Framer], stream: bytes, expected: list[bytes] | None
) -> None:
    expected = expected or [summed(b"one"), summed(b""), summed(b"\x02\x02")]
    assert messages(make, [stream]) == expected
    assert messages(make, [bytes([b]) for b in stream]) == expected
    assert messages(make, [stream + stream[:2], stream[2:]]) == expected * 2


@given(junk=st.binary(max_size=20).filter(lambda b: b"\x55" not in b))
def test_fixed_frames_are_found_again_after_junk(junk: bytes) -> None:
    framer = Frames(FIXED)
    found, _ = framer.feed([b"\x55\x61abcd" + junk, b"\x55\x61efgh", b"\x55\x61ijkl"])
    assert found == [b"\x55\x61abcd", b"\x55\x61efgh", b"\x55\x61ijkl"]
    assert framer.malformed == bool(junk)


def test_sync_bytes_inside_a_frame_are_no_frame_when_out_of_step() -> None:
    broken = b"cd" + b"\x55\x61\x55\x61gh" + b"\x55\x61ijkl"
    assert messages(lambda: Frames(FIXED), [b"x" + broken + b"\x55\x61mnop"]) == [
        b"\x55\x61\x55\x61gh",
        b"\x55\x61ijkl",
        b"\x55\x61mnop",
    ]
    assert messages(lambda: Frames(FIXED), [b"\x61\x55\x61x\x55\x61abcd\x55\x61efgh"]) == [
        b"\x55\x61abcd",
        b"\x55\x61efgh",
    ]


def test_wrong_checksum_is_counted_once_and_skipped() -> None:
    bad = bytearray(summed(b"xyz"))
    bad[2] ^= 1
    framer = Frames(SUMMED)
    found, positions = framer.feed([summed(b"a"), bytes(bad), summed(b"b")])
    assert found == [summed(b"a"), summed(b"b")]
    assert positions.tolist() == [0, 2]
    assert framer.malformed == 1


@given(st.lists(st.binary(max_size=60), max_size=12))
def test_any_bytes_any_cut(payloads: list[bytes]) -> None:
    whole = b"".join(payloads)
    for make in (lambda: Frames(SUMMED), Lines):
        assert messages(make, payloads) == messages(make, [whole])


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.binary(max_size=6).map(summed),
            st.binary(max_size=6).map(lambda b: summed(b)[:-1] + b"\0"),
            st.just(b"\x55\x61abcd"),
            st.just(b"A,1\r\n"),
            st.just(b"x" * 700),
        ),
        max_size=12,
    )
)
def test_together_or_one_by_one(payloads: list[bytes]) -> None:
    """Payloads that are whole frames are taken in one go; nothing else may follow from that."""
    makes: list[Callable[[], Framer]] = [lambda: Frames(SUMMED), lambda: Frames(FIXED), Lines]
    for make in makes:
        together, single = make(), make()
        found, positions = together.feed(payloads)
        assert [(m, i) for i, payload in enumerate(payloads) for m in single.feed([payload])[0]] == list(
            zip(found, positions, strict=True)
        )
        assert together.malformed == single.malformed


@pytest.mark.parametrize("kind", ["sum8", "xor8", "crc16", "crc32"])
@given(rows=st.lists(st.binary(min_size=9, max_size=9), min_size=1, max_size=8), at=st.sampled_from([-4, -1, 1, 5]))
def test_checksums_of_many_frames_are_those_of_each(kind: str, rows: list[bytes], at: int) -> None:
    checksum = Checksum(kind, at, 2)  # type: ignore[arg-type]
    frames = []
    for i, row in enumerate(rows):
        frame, value = bytearray(row), checksum_of(row, checksum)
        if i % 2:
            frame[at % 9 : at % 9 + len(value)] = value
        frames.append(bytes(frame[:9]))
    each = [holds(frame, checksum) for frame in frames]
    assert holds_for(np.frombuffer(b"".join(frames), np.uint8).reshape(-1, 9), checksum).tolist() == each


@pytest.mark.parametrize(
    "payload", [b"", b"\x02", b"\x02\x00", summed(b"")[:-1], summed(b"a") + b"\0", b"\x03" + summed(b"a")]
)
def test_what_is_no_whole_frame(payload: bytes) -> None:
    assert whole_frames([payload, summed(b"ab")], SUMMED).tolist() == [False, True]


def test_a_line_without_end_is_given_up() -> None:
    framer = Lines()
    framer.feed([b"x" * 900, b"x" * 900])
    assert framer.feed([b"\nA\n"])[0] == [b"", b"A"]
    assert framer.malformed == 1


def test_prefix_is_taken_off_or_the_payload_refused() -> None:
    framer = Prefixed(b"\xff", Lines())
    assert framer.feed([b"\xffA", b"\xfeB", b"\xffC\n"]) == ([b"AC"], [2])
    assert framer.malformed == 1


def test_parts_are_joined_and_missing_ones_counted() -> None:
    framer = Parts(Join(b"\x02", b"\x03", 1, 6.0, 4), {})
    payloads = [
        b"\x02abc",
        b"\x03de",
        b"\x03xx",
        b"\x02abc",
        b"\x02fgh",
        b"\x01zz",
        b"\x03ij",
        b"\x02abc",
        b"\x03toolong",
    ]
    messages, positions = framer.feed(payloads)
    assert messages == [b"\x02abcde", b"\x02fghij"]
    assert positions.tolist() == [1, 6]
    assert (framer.malformed, framer.unknown) == (3, 1)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("sum8", "dd"), ("xor8", "31"), ("crc16", "374b"), ("crc32", "2639f4cb")],
)
def test_checksums_of_the_usual_check_string(kind: str, value: str) -> None:
    """`123456789`, as catalogues of checksums use it."""
    size = len(value) // 2
    checksum = Checksum(kind, -size, 0)  # type: ignore[arg-type]
    frame = b"123456789" + bytes.fromhex(value)
    assert checksum_of(frame, checksum).hex() == value
    assert holds(frame, checksum)
    assert not holds(frame[:-1] + bytes([frame[-1] ^ 1]), checksum)
