"""Decoding: exact, the same for any cut, and never upset by bytes."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.events import Event, Gap
from sensorcoach.profiles import DeviceProfile, load_profiles
from sensorcoach.protocol import BatteryLevel, Decoder, HeartBeats, PacketEncoder
from sensorcoach.samples import NS, FloatArray, IntArray, Packet, Packets, SampleBlock

PROFILES = load_profiles()
LATENCY_NS = 5_000_000


def body_motion(n: int, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, 3.0, (n, 3)) + [0.0, 0.0, 9.8], rng.normal(0.0, 1.0, (n, 3))


def recorded(profile: DeviceProfile, n: int, seed: int = 0) -> tuple[PacketEncoder, IntArray, list[Packet]]:
    """A device with a perfect clock and a constant radio delay."""
    encoder = PacketEncoder(profile)
    t_ns = np.rint((np.arange(n) + 1) * NS / encoder.params["rate_hz"]).astype(np.int64)
    acc, gyr = body_motion(n, seed)
    sent = encoder.encode(t_ns, acc, gyr) + encoder.flush()
    return encoder, t_ns, [Packet(int(t_ns[s.last]) + LATENCY_NS, "chest", s.channel, s.payload) for s in sent]


def whole(blocks: Sequence[SampleBlock]) -> tuple[IntArray, FloatArray, FloatArray]:
    t = np.concatenate([np.empty(0, np.int64), *[b.t_ns for b in blocks]])
    acc = np.concatenate([np.empty((0, 3)), *[b.acc_ms2 for b in blocks]])
    gyr = np.concatenate([np.empty((0, 3)), *[b.gyr_rads for b in blocks if b.gyr_rads is not None]])
    return t, acc, gyr


def decoded(decoder: Decoder, packets: Sequence[Packet], cuts: Sequence[int]) -> tuple[list[SampleBlock], list[Event]]:
    edges = [0, *sorted(c for c in set(cuts) if 0 < c < len(packets)), len(packets)]
    blocks = [b for i, j in zip(edges, edges[1:], strict=False) for b in decoder.receive(packets[i:j])]
    return blocks, decoder.take_events()


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_encoded_comes_back_exactly(name: str) -> None:
    encoder, _, packets = recorded(PROFILES[name], 1100)
    acc, gyr = body_motion(1100)
    t, acc_back, gyr_back = whole(Decoder(PROFILES[name]).receive(packets))
    n = len(t)
    assert n > 1000
    np.testing.assert_array_equal(acc_back, encoder.quantised(acc[:n]))
    if encoder.has_gyro:
        np.testing.assert_array_equal(gyr_back, encoder.quantised(gyr[:n], gyro=True))


@pytest.mark.parametrize("name", ["virtual", "polar_h10"])
def test_times_of_a_perfect_device(name: str) -> None:
    _, t_ns, packets = recorded(PROFILES[name], 3600)
    t, _, _ = whole(Decoder(PROFILES[name]).receive(packets))
    np.testing.assert_allclose(t, t_ns + LATENCY_NS, atol=1000)


@pytest.mark.parametrize("name", PROFILES)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_any_cut_gives_the_same_bits(name: str, data: st.DataObject) -> None:
    _, _, packets = recorded(PROFILES[name], 1500, seed=1)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    packets = [p for p in packets if rng.random() > 0.05]
    repeated = sorted([*range(len(packets)), *rng.integers(0, len(packets), 5).tolist()])
    packets = [packets[i] for i in repeated]
    packets.insert(len(packets) // 2, Packet(packets[len(packets) // 2].t_ns, "chest", packets[0].channel, b"\x00\x01"))
    one, other = Decoder(PROFILES[name]), Decoder(PROFILES[name])
    blocks, events = decoded(one, packets, [])
    cuts = data.draw(st.lists(st.integers(1, len(packets)), max_size=40))
    cut_blocks, cut_events = decoded(other, packets, cuts)
    for a, b in zip(whole(blocks), whole(cut_blocks), strict=True):
        np.testing.assert_array_equal(a, b)
    assert events == cut_events
    assert one.counters == other.counters


@pytest.mark.parametrize("name", PROFILES)
def test_every_sample_is_told_with_the_packet_that_completed_it(name: str) -> None:
    """Two calls, so that the second begins with what the first left waiting."""
    _, _, packets = recorded(PROFILES[name], 800, seed=2)
    rng = np.random.default_rng(4)
    packets = [p for p in packets if rng.random() > 0.05]
    packets[20:20] = [packets[19], Packet(packets[19].t_ns, "chest", packets[0].channel, b"\x00\x01")]
    one, other = Decoder(PROFILES[name]), Decoder(PROFILES[name])
    cut = len(packets) // 3
    for some in (packets[:cut], packets[cut:]):
        _, places = one.receive_placed(some)
        by_packet = [sum(map(len, other.receive([packet]))) for packet in some]
        np.testing.assert_array_equal(places, np.repeat(np.arange(len(some)), by_packet))


@pytest.mark.parametrize("name", PROFILES)
def test_columns_are_decoded_like_packets(name: str) -> None:
    """Also where they name a channel that is not among them, in another order than that of the packets."""
    _, _, packets = recorded(PROFILES[name], 500)
    packets[3:3] = [Packet(packets[3].t_ns, "chest", "unheard of", b"?")]
    columns = Packets.of(packets)
    turned = Packets(
        columns.t_ns,
        columns.payloads,
        ("not there", *reversed(columns.channels)),
        len(columns.channels) - columns.channel,
    )
    one, other = Decoder(PROFILES[name]), Decoder(PROFILES[name])
    for a, b in zip(whole(one.receive(packets)), whole(other.receive(turned)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.take_events() == other.take_events()
    assert one.counters == other.counters


@pytest.mark.parametrize("name", PROFILES)
def test_state_survives_pickling(name: str) -> None:
    _, _, packets = recorded(PROFILES[name], 1500)
    one, other = Decoder(PROFILES[name]), Decoder(PROFILES[name])
    half = len(packets) // 2
    expected = whole([*one.receive(packets[:half]), *one.receive(packets[half:])])
    first = other.receive(packets[:half])
    rest = pickle.loads(pickle.dumps(other)).receive(packets[half:])
    for a, b in zip(expected, whole([*first, *rest]), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", PROFILES)
@given(
    packets=st.lists(
        st.tuples(st.integers(-(2**62), 2**62), st.integers(0, 5), st.binary(max_size=260), st.binary(max_size=12)),
        max_size=20,
    )
)
@settings(max_examples=40, deadline=None)
def test_no_bytes_raise(name: str, packets: list[tuple[int, int, bytes, bytes]]) -> None:
    profile = PROFILES[name]
    channels = [*profile.gatt, "elsewhere"]
    header = bytearray(12)
    for at, eq, _ in profile.streams[0].when:
        header[at : at + len(eq)] = eq
    decoder = Decoder(profile)
    for t_ns, which, payload, rest in packets:
        likely = bytes(header) + payload[: len(payload) // 6 * 6] + rest
        for bytes_ in (payload, likely):
            for block in decoder.receive([Packet(t_ns, "chest", channels[which % len(channels)], bytes_)]):
                assert np.isfinite(block.acc_ms2).all()
                assert (np.diff(block.t_ns) > 0).all()
    decoder.take_events()


@pytest.mark.parametrize("name", PROFILES)
def test_a_thousand_spoilt_packets_and_then_good_ones(name: str) -> None:
    """Whatever came before, soon after the stream is sound again samples come out; and nothing has piled up."""
    rng = np.random.default_rng(7)
    _, _, packets = recorded(PROFILES[name], 1500)
    decoder = Decoder(PROFILES[name])
    for i in range(1000):
        payload = bytearray(packets[i % len(packets)].payload)
        for at in rng.integers(0, len(payload), 2).tolist():
            payload[at] = int(rng.integers(256))
        kept = bytes(payload[: int(rng.integers(len(payload) + 1))]) if i % 3 else bytes(payload)
        channel = packets[0].channel if i % 5 else str(rng.choice(list(PROFILES[name].gatt)))
        decoder.receive([Packet(i * NS // 100, "chest", channel, kept)])
    assert len(pickle.dumps(decoder)) < 200_000
    later = [Packet(p.t_ns + 20 * NS, "chest", p.channel, p.payload) for p in packets]
    t, _, _ = whole(decoder.receive(later))
    assert len(t) > 1000
    assert (np.diff(t) > 0).all()


def test_the_factor_a_device_names_holds_from_then_on_for_any_cut() -> None:
    profile = PROFILES["polar_verity_sense"]
    encoder, _, frames = recorded(profile, 36 * 12)
    acc, _ = body_motion(36 * 12)
    named = [
        Packet(frames[at].t_ns, "chest", "control", bytes.fromhex("f0020200000501") + np.float32(factor).tobytes())
        for at, factor in ((4, 0.5), (8, np.nan), (9, 2.0))
    ]
    packets = [*frames[:4], named[0], *frames[4:8], named[1], frames[8], named[2], *frames[9:]]
    factor = np.repeat([1.0] * 4 + [0.5] * 5 + [2.0] * 3, 36)[:, None]
    for cuts in ([], [5], list(range(len(packets)))):
        _, back, _ = whole(decoded(Decoder(profile), packets, cuts)[0])
        np.testing.assert_array_equal(back, encoder.quantised(acc) * factor)


def test_a_signalling_nan_is_malformed_and_nothing_else() -> None:
    profile = PROFILES["movesense"]
    encoder, _, packets = recorded(profile, 400)
    spoilt = np.frombuffer(packets[5].payload, np.uint8).copy()
    spoilt[-4:] = (0x01, 0x00, 0xA0, 0x7F)  # float32, little-endian
    packets[5] = Packet(packets[5].t_ns, "chest", packets[5].channel, spoilt.tobytes())
    decoder = Decoder(profile)
    decoder.receive(packets)
    assert decoder.counters.malformed == 1
    assert decoder.counters.samples == 400 - encoder.samples_per_packet


def test_wrong_packets_are_counted_and_skipped() -> None:
    _, _, packets = recorded(PROFILES["polar_h10"], 36 * 20)
    good = packets[7]
    packets[7:7] = [
        Packet(good.t_ns, "chest", "data", good.payload[:-1]),
        Packet(good.t_ns, "chest", "data", b"\x00" + good.payload[1:]),
        Packet(good.t_ns, "chest", "data", b""),
        Packet(good.t_ns, "chest", "nowhere", good.payload),
        Packet(good.t_ns, "chest", "control", b"\xf0\x02\x02\x00\x00"),
    ]
    decoder = Decoder(PROFILES["polar_h10"])
    t, _, _ = whole(decoder.receive(packets))
    counters = decoder.counters
    assert len(t) == counters.samples == 36 * 20
    assert (counters.packets, counters.malformed, counters.unknown) == (20, 1, 3)
    assert decoder.take_events() == []


@pytest.mark.parametrize("name", ["virtual", "polar_h10"])
def test_lost_packets_are_gaps_of_the_right_length(name: str) -> None:
    encoder, t_ns, packets = recorded(PROFILES[name], 7200)
    size = encoder.samples_per_packet
    rng = np.random.default_rng(5)
    keep = rng.random(len(packets)) > 0.1
    keep[[0, -1]] = True
    decoder = Decoder(PROFILES[name])
    t, _, _ = whole(decoder.receive([p for p, k in zip(packets, keep, strict=True) if k]))
    lost = int(np.count_nonzero(~keep))
    assert (decoder.counters.lost_packets, decoder.counters.lost_samples) == (lost, lost * size)
    gaps = [e for e in decoder.take_events() if isinstance(e, Gap)]
    assert sum(g.lost for g in gaps) == lost * size
    assert len(gaps) == decoder.counters.gaps == np.count_nonzero(np.diff(keep.astype(int)) == -1)
    for gap in gaps:
        np.testing.assert_allclose(gap.t_ns - gap.onset_ns, (gap.lost + 1) * NS / encoder.params["rate_hz"], rtol=0.01)
    np.testing.assert_allclose(t, t_ns[np.repeat(keep, size)] + LATENCY_NS, atol=100_000)


@pytest.mark.parametrize("name", ["virtual", "polar_h10"])
def test_repeated_packets_are_dropped(name: str) -> None:
    _, _, packets = recorded(PROFILES[name], 3600)
    twice = [p for i, p in enumerate(packets) for _ in range(1 + (i % 7 == 3))]
    one, other = Decoder(PROFILES[name]), Decoder(PROFILES[name])
    for a, b in zip(whole(one.receive(packets)), whole(other.receive(twice)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert other.counters.repeated == len(twice) - len(packets)


def test_heart_beats_and_battery_are_told() -> None:
    decoder = Decoder(PROFILES["polar_h10"], sensor="upper-back")
    packets = [
        Packet(3 * NS, "upper-back", "heart_rate", bytes.fromhex("103e0004e003")),
        Packet(2 * NS, "upper-back", "battery", b"\x57"),
        Packet(4 * NS, "upper-back", "heart_rate", bytes.fromhex("103e00")),
        Packet(5 * NS, "upper-back", "heart_rate", bytes.fromhex("192c0114000004")),
        Packet(6 * NS, "upper-back", "battery", b"\xff"),
    ]
    assert decoder.receive(packets) == []
    assert decoder.take_events() == [
        BatteryLevel(2 * NS, "upper-back", 87.0),
        HeartBeats(3 * NS, "upper-back", 62, (1.0, 0.96875)),
        HeartBeats(5 * NS, "upper-back", 300, (1.0,)),
    ]
    assert decoder.counters.malformed == 1
    assert decoder.take_events() == []
