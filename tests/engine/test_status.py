"""Battery and heart beats reach the events, at the same place however packets are taken together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.engine import Engine, SensorSetup
from sensorcoach.engine.engine import STATUS_DELAY_NS, Item
from sensorcoach.events import Second
from sensorcoach.profiles import load_profiles
from sensorcoach.protocol import BatteryLevel, Decoder, HeartBeats, PacketEncoder
from sensorcoach.samples import NS, Packet, StreamInfo
from sensorcoach.transport.virtual import open_virtual

from ..signals import worn


def items() -> list[Item]:
    """Twenty seconds of the virtual sensor with a heart beat packet a second and a battery level now and then."""
    out: list[Item] = []
    for item in open_virtual("demo").read(20 * NS, 10**6):
        out.append(item)
        if isinstance(item, Packet) and item.t_ns // NS != (item.t_ns + NS // 10) // NS:
            out.append(Packet(item.t_ns + 1, item.sensor, "heart_rate", bytes.fromhex("10 3e 00 04")))
        if isinstance(item, Packet) and 5 * NS <= item.t_ns < 5 * NS + NS // 10:
            out.append(Packet(item.t_ns + 2, item.sensor, "battery", b"\x57"))
    return out


ITEMS = items()


def engine() -> Engine:
    return Engine(open_virtual("demo").engine_sensors())


def test_heart_and_battery_are_told() -> None:
    events = engine().feed_many(ITEMS)
    hearts = [e for e in events if isinstance(e, HeartBeats)]
    assert len(hearts) >= 18
    assert hearts[0].rr_s == pytest.approx((1.0,))
    (battery,) = (e for e in events if isinstance(e, BatteryLevel))
    assert battery.percent == 87
    assert 5 * NS <= battery.t_ns - STATUS_DELAY_NS <= 5.2 * NS
    times = [e.t_ns for e in events]
    assert times == sorted(times)


@settings(max_examples=8)
@given(cuts=st.lists(st.integers(0, len(ITEMS)), max_size=12))
def test_any_grouping_tells_them_at_the_same_place(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(ITEMS)]
    e = engine()
    grouped = [event for a, b in zip(edges[:-1], edges[1:], strict=True) for event in e.feed_many(ITEMS[a:b])]
    assert repr(grouped) == repr(engine().feed_many(ITEMS))


def two_devices() -> tuple[Callable[[], Engine], list[Item]]:
    """A chest strap that tells heart beats, and a board that sends acceleration and rotation apart."""
    profiles, packets, streams = load_profiles(), [], []
    for sensor, name, gyro in (("chest", "polar_h10", False), ("lower-back", "metamotion_s", True)):
        encoder = PacketEncoder(profiles[name])
        rate_hz = encoder.params["rate_hz"]
        _, block = worn(seconds=20, rate_hz=rate_hz, gyro=True, seed=3)
        assert block.gyr_rads is not None
        packets += [
            Packet(int(block.t_ns[sent.last]) + NS // 50, sensor, sent.channel, sent.payload)
            for sent in encoder.encode(block.t_ns, block.acc_ms2, block.gyr_rads)
        ]
        streams.append((profiles[name], StreamInfo(sensor, sensor, rate_hz, gyro)))
    packets += [Packet(i * NS, "chest", "heart_rate", bytes.fromhex("10 3e 00 04")) for i in range(20)]

    def engine() -> Engine:
        return Engine([SensorSetup(stream, Decoder(profile, sensor=stream.sensor)) for profile, stream in streams])

    return engine, sorted(packets, key=lambda packet: packet.t_ns)


def test_two_devices_together_tell_what_they_tell_packet_by_packet() -> None:
    engine, packets = two_devices()
    single = engine()
    one_by_one = [event for packet in packets for event in single.feed(packet)]
    assert {e.sensor for e in one_by_one if isinstance(e, Second)} == {"chest", "lower-back"}
    assert sum(isinstance(e, HeartBeats) for e in one_by_one) > 15
    for cuts in ([], [7], [50, 51, 300]):
        some, edges = engine(), [0, *cuts, len(packets)]
        parts = [event for a, b in zip(edges[:-1], edges[1:], strict=True) for event in some.feed_many(packets[a:b])]
        assert repr(parts) == repr(one_by_one)
