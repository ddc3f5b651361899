"""Packing gives back every byte, whatever the bytes mean, and makes samples smaller."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.profiles import load_profiles
from sensorcoach.recording.packing import packed, rows_of, unpacked

from .journals import REPEATABLE


@given(st.binary(max_size=80), st.integers(0, 12), st.integers(1, 9))
@REPEATABLE
def test_every_payload_comes_back(payload: bytes, at: int, width: int) -> None:
    short = packed(payload, (at, width))
    if short is None:
        assert (len(payload) - at) // (2 * width) < 2
        return
    assert len(short) == len(payload)
    assert unpacked([short, short], (at, width)) == [payload, payload]


def test_a_row_is_written_as_its_steps_sorted_by_byte() -> None:
    payload = b"\xaa" + np.array([[5, -1], [4, 299]], "<i2").tobytes() + b"\xbb"
    # steps 5, -1 then -1, 300; zigzag 10, 1, 1, 600
    assert packed(payload, (1, 2)) == b"\xaa" + bytes([10, 1, 0, 0, 1, 600 & 255, 0, 600 >> 8]) + b"\xbb"


def test_noise_of_a_sensor_at_rest_takes_less() -> None:
    rng = np.random.default_rng(1)
    payloads = [
        np.clip(np.rint(rng.normal([0, 4096, 0], 4, (36, 3))), -32768, 32767).astype("<i2").tobytes()
        for _ in range(200)
    ]
    short = [packed(p, (0, 3)) or b"" for p in payloads]
    assert len(zlib.compress(b"".join(short))) < 0.9 * len(zlib.compress(b"".join(payloads)))


@pytest.mark.parametrize("rows", [(-1, 3), (0, 0), (0, 65), (0, -2), (9, 1), (2**70, 1), (0, 2**70)])
def test_rows_that_cannot_be_are_a_value_error(rows: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="too short"):
        unpacked([b"12345678"], rows)


def test_profiles_say_where_rows_are() -> None:
    profiles = load_profiles()
    assert rows_of(profiles["virtual"].to_dict()) == {"data": (8, 6)}
    assert rows_of(profiles["polar_h10"].to_dict()) == {"data": (10, 3)}
    assert rows_of(profiles["capture2go"].to_dict()) == {}, "one row has no row before it"
    for odd in ({}, {"stream": 3}, {"stream": [3]}, {"stream": [{"samples": {"at": -1}}]}):
        assert rows_of(odd) == {}
