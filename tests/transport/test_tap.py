"""A tapped source reads like the one it is made of, and its listener hears every sample once."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.samples import NS, SampleBlock
from sensorcoach.transport.replay import open_recording
from sensorcoach.transport.source import sample_blocks, slices
from sensorcoach.transport.tap import TappedSource


def test_every_sample_is_heard_once_and_nothing_is_changed() -> None:
    heard: list[SampleBlock] = []
    plain, tapped = open_recording("lying"), TappedSource(open_recording("lying"), heard.append)
    items = [item for some in slices(plain) for item in some]
    assert [item for some in slices(tapped) for item in some] == items
    whole = open_recording("lying")
    expected = list(sample_blocks(whole, whole.engine_sensors()[0]))
    for name in ("t_ns", "acc_ms2"):
        got = np.concatenate([getattr(block, name) for block in heard])
        assert np.array_equal(got, np.concatenate([getattr(block, name) for block in expected]))
    assert (tapped.title, tapped.duration_s, tapped.position) == (plain.title, plain.duration_s, plain.position)
    assert tapped.ended
    t_ns, values = np.array([NS]), np.array([[1.0]])
    assert tapped.rows(t_ns, values)[0] == plain.rows(t_ns, values)[0]


def test_what_was_heard_cannot_be_taken_back() -> None:
    with pytest.raises(NotImplementedError):
        TappedSource(open_recording("lying"), print).seek(0)
