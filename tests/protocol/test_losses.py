"""A lost packet is a gap of the right length: for every device that has a clock or a counter, whatever is lost."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.events import Gap
from sensorcoach.profiles import load_profiles
from sensorcoach.protocol import Decoder, PacketEncoder, SentPacket
from sensorcoach.samples import NS, IntArray, Packet

PROFILES = load_profiles()
WITH_CLOCK = [name for name, p in PROFILES.items() if any(s.acc and (s.time or s.counter) for s in p.streams)]
BOOT_NS = 2**32 * 1_000_000 - NS // 2
"""Where the device's clock stands: half a second later all its counters of 32 and 16 bits wrap, in whatever unit."""
MESSAGES = 120


@cache
def sent(name: str, use: str) -> tuple[list[list[SentPacket]], IntArray, float]:
    """Notifications by message; times of their samples, shape (messages, samples); the sampling rate."""
    profile = PROFILES[name]
    params = profile.resolve(use=use)  # type: ignore[arg-type]
    rate_hz = profile.sampling_rate_hz(params)
    encoder = PacketEncoder(profile, params)
    size = encoder.samples_per_packet
    t_ns = np.rint((np.arange(MESSAGES * size) + 1) * NS / rate_hz).astype(np.int64)
    rng = np.random.default_rng(1)
    packets = encoder.encode(BOOT_NS + t_ns, rng.normal(0, 3, (len(t_ns), 3)), rng.normal(0, 1, (len(t_ns), 3)))
    messages: list[list[SentPacket]] = [[] for _ in range(MESSAGES)]
    for packet in packets:
        messages[packet.last // size].append(packet)
    return messages, t_ns.reshape(MESSAGES, size), rate_hz


def test_most_devices_can_tell() -> None:
    assert set(PROFILES) - set(WITH_CLOCK) == {
        "infinitime",
        "metamotion_r",
        "metamotion_s",
        "thingy52",
        "witmotion_ble5",
    }


@pytest.mark.parametrize("use", ["live", "watch"])
@pytest.mark.parametrize("name", WITH_CLOCK)
@given(
    singles=st.sets(st.integers(0, 2 * MESSAGES), max_size=30),
    burst=st.tuples(st.integers(0, MESSAGES), st.integers(0, 80)),
    first=st.integers(0, 5),
    last=st.integers(0, 5),
    seed=st.integers(0, 99),
)
@settings(max_examples=12, deadline=None)
def test_every_loss_is_a_gap_of_its_length(
    name: str, use: str, singles: set[int], burst: tuple[int, int], first: int, last: int, seed: int
) -> None:
    """Single notifications (of messages that take several, too), a burst, and what stands at both ends."""
    messages, t_ns, rate_hz = sent(name, use)
    lost = {m for m in range(MESSAGES) if m < first or m >= MESSAGES - last or 0 <= m - burst[0] < burst[1]}
    delay_ns = np.random.default_rng(seed).exponential(0.01 * NS, MESSAGES).astype(np.int64)
    arrival_ns = np.maximum.accumulate(t_ns[:, -1] + delay_ns)
    packets, whole, number = [], np.zeros(MESSAGES, np.bool_), 0
    for m, parts in enumerate(messages):
        got = [part for i, part in enumerate(parts, number) if m not in lost and i not in singles]
        number += len(parts)
        whole[m] = len(got) == len(parts)
        packets += [Packet(int(arrival_ns[m]), "chest", part.channel, part.payload) for part in got]
    decoder = Decoder(PROFILES[name], PROFILES[name].resolve(use=use))  # type: ignore[arg-type]
    blocks = decoder.receive(packets)
    gaps = [e for e in decoder.take_events() if isinstance(e, Gap)]
    true_ns = t_ns[whole]
    missing = (np.diff(np.flatnonzero(whole)) - 1) * t_ns.shape[1]
    assert [gap.lost for gap in gaps] == missing[missing > 0].tolist()
    assert decoder.counters.lost_samples == missing.sum()
    assert sum(map(len, blocks)) == true_ns.size
    if not gaps:
        return
    steps_s = np.diff(blocks[0].t_ns) / NS
    true_s = np.diff(true_ns.reshape(-1)) / NS
    period_s = 1 / rate_hz
    holes = true_s > 1.5 * period_s
    assert np.abs(steps_s - true_s)[holes].max() < 0.5 * period_s + 0.01 * true_s.max() + 0.008
    assert [gap.t_ns - gap.onset_ns for gap in gaps] == np.rint(steps_s[holes] * NS).astype(np.int64).tolist()
