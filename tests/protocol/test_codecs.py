"""Named codecs, both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sensorcoach.profiles.model import Field
from sensorcoach.protocol.codecs import MANY_LINES, polar_delta, text_csv, to_polar_delta


@given(st.integers(1, 60).flatmap(lambda n: arrays(np.int64, (n, 3), elements=st.integers(-32768, 32767))))
def test_delta_frames_come_back(samples: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    back = polar_delta(to_polar_delta(samples), 3)
    assert back is not None
    np.testing.assert_array_equal(back, samples)


@given(st.binary(max_size=300))
def test_delta_frames_of_any_bytes(body: bytes) -> None:
    samples = polar_delta(body, 3)
    assert samples is None or 1 <= len(samples) <= 1024


def test_few_bytes_cannot_claim_many_samples() -> None:
    assert polar_delta(bytes(6) + b"\x00\xff" * 10, 3) is None
    assert polar_delta(bytes(6) + b"\x20\x01" + bytes(12), 3) is None


@pytest.mark.parametrize(
    ("line", "good"),
    [
        (b"A,1,2.5", True),
        (b"A,1", False),
        (b"A,1,2,3", False),
        (b"A,1,x", False),
        (b"A,1,nan", False),
        (b"A,1,1e999", False),
        (b"A,1,\xff", False),
        (b"", False),
    ],
)
def test_text_lines(line: bytes, good: bool) -> None:
    fields = [Field("_", "dec"), Field("ms", "dec"), Field("ax", "dec")]
    flags, values = text_csv([line, b"A,7,8"], fields)
    assert flags.tolist() == [good, True]
    assert values[-1].tolist() == [0.0, 7.0, 8.0]
    assert len(values) == 1 + good


@given(st.lists(st.text("019.,-e\n", max_size=9).map(str.encode), max_size=6))
def test_text_lines_together_or_one_by_one(lines: list[bytes]) -> None:
    fields = [Field("ms", "dec"), Field("_", "dec"), Field("ax", "dec")]
    lines = [*lines, b"1,x,2"]
    good, values = text_csv(lines, fields)
    singles = [text_csv([line], fields) for line in lines]
    assert good.tolist() == [bool(flag) for flags, _ in singles for flag in flags]
    np.testing.assert_array_equal(values, np.concatenate([found for _, found in singles]))
    assert values[-1].tolist() == [1.0, 0.0, 2.0]


ODD = [b"", b"1,2", b"1,2,3,4", b"1,x,2\n", b"1,\n2,x,3", b"#,x,1", b"1 ,x, 2", b"1\r,x,2", b"\xa01,x,2", b"1,\x00,2"]
ODD += [b"1_0,x,2", b"nan,x,2", b"1e999,x,2", b'"1",x,2', b"1,,2", b",x,2", b"0x10,x,2", b"-1.5e-3,x,+.5", b"1,\xff,2"]


@pytest.mark.parametrize("odd", [None, *ODD])
@pytest.mark.parametrize("at", [0, 100, MANY_LINES])
def test_many_lines_are_read_as_one_by_one(odd: bytes | None, at: int) -> None:
    fields = [Field("ms", "dec"), Field("_", "dec"), Field("ax", "dec")]
    rng = np.random.default_rng(3)
    lines = [b"%d,A,%.*f" % (19 * i + 1_763_847_000_123, i % 18, x) for i, x in enumerate(rng.normal(0, 9, MANY_LINES))]
    if odd is not None:
        lines.insert(at, odd)
    good, values = text_csv(lines, fields)
    singles = [text_csv([line], fields) for line in lines]
    assert good.tolist() == [bool(flag) for flags, _ in singles for flag in flags]
    np.testing.assert_array_equal(values, np.concatenate([found for _, found in singles]))
    assert np.count_nonzero(good) >= MANY_LINES
