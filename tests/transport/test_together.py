"""Two virtual sensors on one wearer: one stream in order, the same however it is read."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.engine.engine import Item
from sensorcoach.errors import UsageError
from sensorcoach.events import Calibrate
from sensorcoach.protocol import Decoder
from sensorcoach.samples import NS, Packet, Site, Tick
from sensorcoach.transport.together import TogetherSource, together
from sensorcoach.transport.virtual import VirtualSource, open_virtual

SITES: tuple[Site, ...] = ("chest", "lower-back")


def pair() -> TogetherSource:
    source = together([open_virtual("demo", site=site) for site in SITES])
    assert isinstance(source, TogetherSource)
    return source


def read(source: TogetherSource, step_ns: int, limit: int, end_ns: int = 20 * NS) -> list[Item]:
    items: list[Item] = []
    for until_ns in range(step_ns, end_ns + 1, step_ns):
        while part := source.read(until_ns, limit):
            items += part
    return items


def test_one_sensor_stays_as_it_is() -> None:
    assert isinstance(together([open_virtual("demo")]), VirtualSource)


@pytest.mark.parametrize(("step_ns", "limit"), [(NS // 20, 100), (NS, 7), (4 * NS, 10**6)])
def test_items_are_in_order_and_the_same_for_any_reading(step_ns: int, limit: int) -> None:
    items = read(pair(), step_ns, limit)
    assert items == read(pair(), 20 * NS, 10**6)
    times = [item.t_ns for item in items]
    assert times == sorted(times)
    assert [item.t_ns for item in items if isinstance(item, Tick)] == [k * NS for k in range(21)]
    assert [item.sensor for item in items if isinstance(item, Calibrate)] == list(SITES)


def test_both_are_worn_by_the_same_person_on_one_time_line() -> None:
    source = pair()
    items = read(source, NS, 10**6)
    blocks = []
    for setup in source.engine_sensors():
        assert isinstance(setup.decoder, Decoder)
        assert setup.stream.site == setup.stream.sensor
        own = [item for item in items if isinstance(item, Packet) and item.sensor == setup.stream.sensor]
        blocks.append(setup.decoder.receive(own)[0])
    first, second = blocks
    n = min(map(len, blocks))
    assert np.abs(first.t_ns[:n] - second.t_ns[:n]).max() < 0.05 * NS
    assert not np.allclose(first.acc_ms2[:n], second.acc_ms2[:n], atol=0.5)  # front and back


def test_the_virtual_wearers_cannot_be_wound_back() -> None:
    with pytest.raises(UsageError, match="cannot be wound back"):
        pair().seek(0)
