"""Virtual sensors of every profile through Bleak's public interface: exact samples, and a stream kept alive."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import numpy as np
import pytest

from sensorcoach.errors import DeviceError
from sensorcoach.events import Gap
from sensorcoach.profiles import DeviceProfile
from sensorcoach.protocol.battery import parse_battery
from sensorcoach.samples import NS
from sensorcoach.transport.ble import LinkError
from sensorcoach.transport.virtual_device import VirtualDevice
from sensorcoach.transport.virtual_radio import Air, VirtualClient

from .streaming import ADDRESSES, FRAMED, H10, PROFILES, VIRTUAL, Heard, source_of, stream
from .virtual_time import run_virtual

STARTS = bytes.fromhex("02 02")
STOP = bytes.fromhex("03 02")


def strap(**kwargs: object) -> tuple[VirtualDevice, Air]:
    device = VirtualDevice(H10, keep=True, **kwargs)  # type: ignore[arg-type]
    return device, Air([device])


def commands(device: VirtualDevice, prefix: bytes) -> int:
    return sum(data.startswith(prefix) for _, data in device.writes)


def assert_exact(heard: Heard, device: VirtualDevice) -> None:
    block, decoder = heard.decode(device.profile)
    sent = np.concatenate(device.sent_acc_ms2)
    assert len(block) >= 50
    assert np.array_equal(block.acc_ms2, sent[: len(block)])
    assert len(sent) - len(block) <= 64  # at most what the end cut off
    assert (np.diff(block.t_ns) > 0).all()
    assert decoder.counters.malformed == 0


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_samples_of_every_profile_come_back_exact(profile: DeviceProfile) -> None:
    device = VirtualDevice(profile, keep=True)
    seconds = max(3.0, 80.0 / profile.sampling_rate_hz(profile.resolve(use="live")))
    heard = run_virtual(stream(Air([device]), seconds))
    assert_exact(heard, device)
    assert heard.states() == ["connecting", "streaming"]
    assert device.params == profile.resolve(use="live")  # learned from the commands it was given
    if profile.battery is not None:
        battery = [p.payload for p in heard.packets if p.channel == profile.battery.channel]
        assert pytest.approx(87, abs=13) in [parse_battery(profile.battery, payload) for payload in battery]


@pytest.mark.parametrize("profile", FRAMED, ids=lambda p: p.name)
def test_byte_streams_may_be_cut_anywhere(profile: DeviceProfile) -> None:
    device, rng, waiting = VirtualDevice(profile, keep=True), random.Random(5), bytearray()
    prefix = next(stream.prefix for stream in profile.streams if stream.acc)  # of each notification, not of the stream

    def pieces(payload: bytes) -> Sequence[bytes]:
        waiting.extend(payload.removeprefix(prefix))
        cuts = []
        while len(waiting) >= (size := rng.randrange(1, 60)):
            cuts.append(prefix + waiting[:size])
            del waiting[:size]
        return cuts

    device.wrong.reshape = pieces
    assert_exact(run_virtual(stream(Air([device]), 10.0)), device)


@pytest.mark.parametrize("mtu", [40, 100, 247])
def test_packets_shrink_with_the_link(mtu: int) -> None:
    device, air = strap(mtu=mtu)
    heard = run_virtual(stream(air, 3.0))
    assert_exact(heard, device)
    assert max(len(p.payload) for p in heard.packets) <= mtu - 3


def test_live_asks_a_strap_for_its_best() -> None:
    device, air = strap()
    run_virtual(stream(air, 1.0))
    assert device.params == {"rate_hz": 200, "range_g": 8}
    assert (device.writes[0][1]).hex(" ") == "02 02 00 01 c8 00 01 01 10 00 02 01 08 00"


def test_the_end_is_told_to_the_sensor() -> None:
    device, air = strap()
    run_virtual(stream(air, 1.0))
    assert commands(device, STOP) == 1
    assert not device.connected


def test_battery_is_read_and_delivered() -> None:
    _, air = strap(battery_percent=62)
    heard = run_virtual(stream(air, 1.0))
    assert [p.payload for p in heard.packets if p.channel == "battery"] == [bytes([62])]


def test_a_tick_for_every_second() -> None:
    _, air = strap()
    ticks = run_virtual(stream(air, 5.5)).ticks
    assert [round(t.t_ns / NS, 2) for t in ticks] == [0, 1, 2, 3, 4, 5]
    assert ticks[3].wall_ns - ticks[0].wall_ns == ticks[3].t_ns - ticks[0].t_ns
    assert ticks[0].utc_offset_s == 3600


# -- drops


def test_a_drop_is_a_gap_of_the_right_length() -> None:
    device, air = strap()
    heard = run_virtual(stream(air, 12.0, [(6.0, lambda: air.drop(device))]))
    assert_exact(heard, device)
    block, decoder = heard.decode(H10)
    (gap,) = [e for e in decoder.take_events() if isinstance(e, Gap)]
    steps = np.diff(block.t_ns) / NS
    assert steps.max() == pytest.approx((gap.lost + 1) / 200, abs=0.01)
    # The virtual strap measures on while nobody listens: what came and what was lost is all there was.
    assert block.t_ns[-1] / NS - block.t_ns[0] / NS == pytest.approx((len(block) + gap.lost - 1) / 200, abs=0.01)
    assert commands(device, STARTS) == 2
    assert heard.states() == ["connecting", "streaming", "lost", "connecting", "streaming"]


@pytest.mark.parametrize("absent_s", [0.0, 3.0, 9.0, 60.0, 3000.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_streams_again_within_two_seconds(absent_s: float, seed: int) -> None:
    device, air = strap()
    back_s = 5.0 + absent_s

    def leave() -> None:
        device.wrong.out_of_range = True
        air.drop(device)

    def come_back() -> None:
        device.wrong.out_of_range = False

    heard = run_virtual(stream(air, back_s + 6.0, [(5.0, leave), (back_s, come_back)], seed=seed))
    again_s = min(t for t in heard.arrivals_s() if t > back_s)
    rest_s = 20.0 if absent_s > 600 else 0.0  # a long search pauses between its rounds
    assert again_s - back_s <= 2.0 + rest_s
    assert heard.statuses[-1].state == "streaming"


def test_lost_packets_are_a_gap_of_the_right_length() -> None:
    device, air = strap()
    heard = run_virtual(stream(air, 10.0, [(5.0, lambda: setattr(device.wrong, "lose_packets", 3))]))
    _, decoder = heard.decode(H10)
    gaps = [e for e in decoder.take_events() if isinstance(e, Gap)]
    assert [g.lost for g in gaps] == [3 * 36]


def test_a_silent_stream_is_started_again() -> None:
    device, air = strap()
    script = [
        (5.0, lambda: setattr(device.wrong, "silent", True)),
        (7.5, lambda: setattr(device.wrong, "silent", False)),
    ]
    heard = run_virtual(stream(air, 12.0, script))
    assert heard.states() == ["connecting", "streaming", "silent", "streaming"]
    assert heard.first("silent") == pytest.approx(7.0, abs=0.3)  # 2 s after the last packet
    assert commands(device, STARTS) == 2
    assert commands(device, STOP) == 2  # once for the restart, once at the end


def test_a_stream_that_stays_silent_is_connected_anew() -> None:
    device, air = strap()
    script = [
        (5.0, lambda: setattr(device.wrong, "silent", True)),
        (30.0, lambda: setattr(device.wrong, "silent", False)),
    ]
    heard = run_virtual(stream(air, 45.0, script))
    assert heard.states()[:4] == ["connecting", "streaming", "silent", "waiting"]
    assert commands(device, STARTS) >= 4
    assert heard.states()[-1] == "streaming"


def test_a_link_too_small_for_the_packets_is_named_as_a_reason() -> None:
    device, air = strap(mtu=100)
    device.wrong.silent = True
    with pytest.raises(LinkError, match="Its packets take 232 bytes, and the link may carry only 100"):
        run_virtual(stream(air, 60.0))


def test_the_adapter_may_be_switched_off_and_on() -> None:
    device, air = strap()
    heard = run_virtual(stream(air, 80.0, [(5.0, air.switch_off), (65.0, air.switch_on)]))
    assert any("switched off" in s.words for s in heard.statuses if s.state == "waiting")
    assert min(t for t in heard.arrivals_s() if t > 65.0) - 65.0 <= 5.0
    assert heard.states()[-1] == "streaming"
    assert commands(device, STARTS) == 2


def test_pauses_grow_while_connecting_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    device, air = strap()
    tries_s: list[float] = []
    connect = VirtualClient.connect

    async def counted(self: VirtualClient, pair: bool) -> None:
        tries_s.append(asyncio.get_running_loop().time())
        await connect(self, pair)

    monkeypatch.setattr(VirtualClient, "connect", counted)

    def hold() -> None:
        device.wrong.busy = True
        air.drop(device)

    heard = run_virtual(stream(air, 400.0, [(5.0, hold)]))
    pauses = np.diff(tries_s[1:])
    assert 0.3 <= pauses[0] <= 2.0
    assert pauses.max() <= 32.0
    assert pauses[-1] > 20.0
    assert len(tries_s) < 25
    assert heard.states() == ["connecting", "streaming", "lost", "connecting", "waiting", "searching"]


def test_a_night_without_the_adapter_is_told_in_few_words() -> None:
    _, air = strap()
    heard = run_virtual(stream(air, 4 * 3600.0, [(5.0, air.switch_off)]))
    assert 4 * 6 <= len(heard.statuses) <= 4 * 6 + 10
    assert "switched off" in heard.statuses[-1].words


def test_jitter_comes_from_the_generator_given() -> None:
    def tries(seed: int) -> list[int]:
        device, air = strap()
        heard = run_virtual(stream(air, 8.0, [(5.0, lambda: air.drop(device))], seed=seed))
        return [s.t_ns for s in heard.statuses if s.state == "connecting"]

    assert tries(1) == tries(1)
    assert tries(1) != tries(2)


# -- pairing and refusals


def test_a_strap_that_wants_pairing_is_paired() -> None:
    device, air = strap()
    device.wrong.needs_pairing = True
    heard = run_virtual(stream(air, 3.0))
    assert heard.states() == ["connecting", "pairing", "streaming"]
    assert device.paired
    assert_exact(heard, device)


def test_pairing_that_fails_is_told() -> None:
    device, air = strap()
    device.wrong.needs_pairing = device.wrong.refuses_pairing = True
    with pytest.raises(LinkError, match="Pairing with Polar H10 7 did not work") as caught:
        run_virtual(stream(air, 3.0))
    assert caught.value.fault == "not_paired"


def test_a_profile_without_pairing_is_not_paired() -> None:
    device = VirtualDevice(VIRTUAL)
    device.wrong.needs_pairing = True
    with pytest.raises(LinkError, match="answers only paired computers") as caught:
        run_virtual(stream(Air([device]), 3.0))
    assert caught.value.fault == "authentication"
    assert not device.paired


def test_a_rate_that_is_refused_is_told_in_words() -> None:
    device, air = strap()
    device.wrong.refuse_status = 8
    with pytest.raises(DeviceError, match="a rate it does not have"):
        run_virtual(stream(air, 3.0))


def test_a_sensor_that_never_answers_is_given_up_after_three_attempts() -> None:
    device, air = strap()
    device.wrong.mute = True
    with pytest.raises(LinkError, match="did not answer within 5 s"):
        run_virtual(stream(air, 60.0))


def test_another_model_is_told() -> None:
    device, air = strap()
    device.wrong.missing = {"data"}
    with pytest.raises(LinkError, match="no characteristic 'data'") as caught:
        run_virtual(stream(air, 3.0))
    assert caught.value.fault == "not_supported"


def test_optional_characteristics_may_be_missing() -> None:
    device, air = strap()
    device.wrong.missing = {"heart_rate", "battery"}
    assert_exact(run_virtual(stream(air, 3.0)), device)


def test_a_sensor_that_vanishes_before_its_first_sample() -> None:
    device, air = strap()

    async def vanish() -> None:
        source = await source_of(air)
        device.wrong.out_of_range = True
        async with source:
            async for _ in source.batches():
                pass

    with pytest.raises(LinkError, match="cannot be heard any more") as caught:
        run_virtual(vanish())
    assert caught.value.fault == "not_found"


def test_a_link_that_never_lasts_is_given_up_after_three_attempts() -> None:
    device, air = strap()

    def let_go(payload: bytes) -> Sequence[bytes]:
        air.drop(device)
        return ()

    device.wrong.reshape = let_go
    with pytest.raises(LinkError, match="let go of the link before it sent anything"):
        run_virtual(stream(air, 60.0))
    assert commands(device, STARTS) == 3


def test_once_streaming_nothing_is_given_up() -> None:
    device, air = strap()

    def spoil() -> None:
        device.wrong.refuse_status = 12
        air.drop(device)

    def mend() -> None:
        device.wrong.refuse_status = None

    heard = run_virtual(stream(air, 200.0, [(5.0, spoil), (150.0, mend)]))
    assert any("wrong state" in s.words for s in heard.statuses)
    assert heard.states()[-1] == "streaming"


# -- queue, two sensors, buzz


def test_overflow_is_counted_and_told() -> None:
    device, air = strap()

    async def idle() -> tuple[Heard, int]:
        source = await source_of(air, capacity=20)
        heard = Heard()
        async with source:
            await asyncio.sleep(30.0)
            heard.take(source._take())
            return heard, source.lost["chest"]

    heard, lost = run_virtual(idle())
    assert lost > 100
    assert len(heard.arrivals_s()) < 20
    assert heard.statuses[-1].state == "overflow"
    assert heard.statuses[-1].words.startswith(f"{lost} packets were dropped")
    assert len([p for p in heard.packets if p.channel == "data"]) + lost >= device.sent_packets


def test_two_sensors_share_one_time_line() -> None:
    devices = [VirtualDevice(H10, name=f"Polar H10 {i}", address=a, keep=True) for i, a in enumerate(ADDRESSES)]
    air = Air(devices)
    heard = run_virtual(stream(air, 20.0, [(8.0, lambda: air.drop(devices[1]))]))
    times, offsets_s = {}, []
    for sensor, device in zip(("chest", "lower-back"), devices, strict=True):
        block, _ = heard.decode(H10, sensor)
        assert np.array_equal(block.acc_ms2, np.concatenate(device.sent_acc_ms2)[: len(block)])
        times[sensor] = block.t_ns
        # Sample k was truly taken k periods after the device was switched on.
        assert device._born_s is not None
        offsets_s.append(block.t_ns[:1400] / NS - device._born_s - np.arange(1400) / 200)
    assert np.abs(offsets_s[0] - offsets_s[1]).max() < 0.05
    assert np.diff(times["chest"]).max() < 0.05 * NS  # the other's loss does not touch it
    assert np.diff(times["lower-back"]).max() > 0.3 * NS
    assert [p.t_ns for p in heard.packets] == sorted(p.t_ns for p in heard.packets)


def test_buzz_reaches_a_sensor_that_can() -> None:
    async def buzz(device: VirtualDevice) -> bool:
        source = await source_of(Air([device]))
        async with source:
            assert not await source.buzz("chest", 200)  # not connected yet
            async for _ in source.batches():
                if source.clock.t_ns() > NS:
                    return await source.buzz("chest", 200)
        raise AssertionError

    able, unable = VirtualDevice(VIRTUAL), VirtualDevice(H10)
    assert run_virtual(buzz(able))
    assert ("alert", b"\x01") in able.writes
    assert not run_virtual(buzz(unable))
