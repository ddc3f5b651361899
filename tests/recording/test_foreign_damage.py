"""Cut and overwritten files of every form: an InputError or a sound recording, and nothing else."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensorcoach.errors import InputError, UsageError
from sensorcoach.recording import ArrayRecording, load_source
from sensorcoach.recording.exporters import writer_for

from .bundles import small_bundle
from .foreign import movement, movesense, phyphox, polar, sensor_logger
from .journals import REPEATABLE

FORMS = ("polar", "phyphox", "sensor logger", "movesense", "edf", "xdf")


@cache
def content(form: str) -> bytes:
    t, acc, gyr = movement(4.0)
    if form == "polar":
        return polar(acc * 100.0, t).encode()
    if form == "phyphox":
        return phyphox(t, acc).encode()
    if form == "sensor logger":
        return sensor_logger(t, acc).encode()
    if form == "movesense":
        return json.dumps(movesense(t, acc, gyr)).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out.{form}"
        try:
            writer_for(path)(small_bundle(4.0), path)
        except UsageError as error:
            pytest.skip(str(error))
        return path.read_bytes()


def check(form: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in"
        path.write_bytes(data)
        said = ""
        try:
            recording = load_source(path)
        except InputError as error:
            said = str(error)
        except UsageError:
            pytest.skip(f"the package that reads {form} is not installed")
        if said:
            assert "\n" not in said
            assert str(path) in said
            return
        assert isinstance(recording, ArrayRecording)
        assert (np.diff(recording.t_ns) > 0).all()
        assert np.isfinite(recording.acc_ms2).all()


@pytest.mark.parametrize("form", FORMS)
def test_cut_anywhere(form: str) -> None:
    whole = content(form)
    for cut in np.linspace(0, len(whole) - 1, 60).astype(int):
        check(form, whole[:cut])


@pytest.mark.parametrize("form", ["edf", "xdf"])
def test_what_stands_before_a_cut_is_read(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{form}"
    try:
        writer_for(path)(small_bundle(60.0), path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) * 2 // 3])
        recording = load_source(path)
    except UsageError as error:
        pytest.skip(str(error))
    assert isinstance(recording, ArrayRecording)
    assert 1300 < len(recording.t_ns) < 2000
    assert recording.problems


@pytest.mark.parametrize("form", FORMS)
@given(st.data())
@REPEATABLE
def test_overwritten_anywhere(form: str, data: st.DataObject) -> None:
    spoiled = bytearray(content(form))
    writes = st.lists(
        st.tuples(st.integers(8, len(spoiled) - 1) | st.integers(8, 1000), st.binary(min_size=1, max_size=12)),
        min_size=1,
        max_size=4,
    )
    for at, written in data.draw(writes):
        spoiled[at : at + len(written)] = written
    check(form, bytes(spoiled))


@pytest.mark.parametrize("form", FORMS)
@given(st.binary(max_size=600))
@REPEATABLE
def test_anything_after_the_first_bytes(form: str, rest: bytes) -> None:
    check(form, content(form)[:60] + rest)
