"""How many samples a second are decoded from a journal, for every profile: what its own virtual device would send."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from sensorcoach.profiles import DeviceProfile, load_profiles
from sensorcoach.protocol import Decoder, PacketEncoder
from sensorcoach.recording.journal_format import JournalHeader, SensorHeader
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.recording.journal_writer import JournalWriter
from sensorcoach.samples import NS, Packet
from sensorcoach.transport.virtual_device import quiet_breathing

SAMPLES = 100_000
ROUNDS = 3
LATENCY_NS = 15_000_000


def decoding_rates() -> dict[str, list[float]]:
    """Million samples a second of processor time by profile: decoding alone, and with reading the journal."""
    with tempfile.TemporaryDirectory() as folder:
        return {name: _rates(profile, Path(folder) / f"{name}.journal") for name, profile in load_profiles().items()}


def _rates(profile: DeviceProfile, folder: Path) -> list[float]:
    params = profile.resolve(use="live")
    with JournalWriter(folder, _header(profile)) as journal:
        for packet in _packets(profile):
            journal.append(packet)
    alone_s, both_s = [], []
    for _ in range(ROUNDS):
        begun_s = time.process_time()
        runs = [batch.packets("chest") for batch in JournalReader(folder).batches()]
        read_s = time.process_time()
        decoder = Decoder(profile, params)
        count = sum(len(block) for packets in runs for block in decoder.receive(packets))
        end_s = time.process_time()
        alone_s.append((end_s - read_s) / count)
        both_s.append((end_s - begun_s) / count)
    return [round(1e-6 / min(alone_s), 2), round(1e-6 / min(both_s), 2)]


def _packets(profile: DeviceProfile) -> list[Packet]:
    """Quiet breathing with a little noise, from a device with a perfect clock."""
    params = profile.resolve(use="live")
    encoder = PacketEncoder(profile, params)
    t_s = np.arange(SAMPLES) / profile.sampling_rate_hz(params)
    acc, gyr = quiet_breathing(t_s)
    rng = np.random.default_rng(1)
    t_ns = np.rint(t_s * NS).astype(np.int64)
    sent = encoder.encode(t_ns, acc + rng.normal(0, 0.02, acc.shape), gyr + rng.normal(0, 0.01, gyr.shape))
    return [Packet(int(t_ns[s.last]) + LATENCY_NS, "chest", s.channel, s.payload) for s in sent]


def _header(profile: DeviceProfile) -> JournalHeader:
    params = dict(profile.resolve(use="live"))
    return JournalHeader((SensorHeader("chest", "chest", profile.title, "", profile.to_dict(), params),), 0, 0, 0)
