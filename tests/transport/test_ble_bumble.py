"""The truth of the attribute protocol: MTU, indications and write errors, over Bumble's Bluetooth stack."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import numpy as np
import pytest

if os.environ.get("SENSORCOACH_REQUIRE_ALL") != "1":
    pytest.importorskip("bumble", reason="bumble is not installed")

from bumble.link import LocalLink

from sensorcoach.transport.ble import BleSource, LinkError
from sensorcoach.transport.virtual_device import VirtualDevice

from .bumble_radio import BumbleSensor, bumble_radio
from .streaming import H10, VIRTUAL, Heard, target_of
from .virtual_time import loop_clock, run_virtual

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:bumble")


def strap(mtu: int = 247) -> VirtualDevice:
    return VirtualDevice(H10, name="Polar H10 12345678", address="F0:F1:F2:F3:F4:F5", mtu=mtu, keep=True)


async def stream(
    device: VirtualDevice, done: Callable[[Heard], bool], drop_after: int = 0
) -> tuple[Heard, BumbleSensor]:
    link = LocalLink()
    sensor = BumbleSensor(device, link)
    await sensor.start()
    radio = await bumble_radio(link)
    target = await target_of(device, radio)
    heard = Heard()
    async with BleSource([target], radio, clock=loop_clock(), rng=random.Random(1)) as source:
        async for items in source.batches():
            heard.take(items)
            if drop_after and len(heard.arrivals_s()) >= drop_after:
                drop_after = 0
                await sensor.drop()
            if done(heard):
                return heard, sensor
    raise AssertionError


def packets(count: int) -> Callable[[Heard], bool]:
    return lambda heard: len(heard.arrivals_s()) >= count


def test_commands_are_answered_by_indication_and_samples_come_exact() -> None:
    device = strap()
    heard, sensor = run_virtual(stream(device, packets(30)))
    block, decoder = heard.decode(H10)
    assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])
    assert len(block) >= 30 * 36
    assert decoder.counters.gaps == 0
    assert sensor.indications >= 1
    assert sensor.notifications >= 30


@pytest.mark.parametrize("mtu", [60, 120, 247])
def test_packets_are_as_large_as_the_link_carries(mtu: int) -> None:
    device = strap(mtu)
    heard, _ = run_virtual(stream(device, packets(20)))
    block, _ = heard.decode(H10)
    assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])
    largest = max(len(p.payload) for p in heard.packets)
    assert mtu - 3 - 6 < largest <= mtu - 3 or largest == 226  # 36 samples are the most that a strap sends together


def test_a_drop_and_the_way_back() -> None:
    device = strap()
    heard, _ = run_virtual(stream(device, packets(40), drop_after=15))
    block, decoder = heard.decode(H10)
    assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])
    assert decoder.counters.gaps == 1
    assert heard.states() == ["connecting", "streaming", "lost", "connecting", "streaming"]


def test_an_authentication_error_is_told_as_such() -> None:
    device = VirtualDevice(VIRTUAL, name="sensorcoach virtual 1", address="F0:F1:F2:F3:F4:F5")
    device.wrong.needs_pairing = True  # and the profile does not pair by itself
    with pytest.raises(LinkError, match="answers only paired computers") as caught:
        run_virtual(stream(device, packets(1)))
    assert caught.value.fault == "authentication"
