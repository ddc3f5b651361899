"""A coverage-guided search for packets that break a decoder; needs the package atheris (Linux, macOS).

    pip install atheris
    python benchmarks/fuzz_atheris.py -max_total_time=600 corpus/

The input's first byte chooses the profile; then come packets: channel, length, time step, payload. What was found is
repeated with `python benchmarks/fuzz_atheris.py crash-…`. `--seeds FOLDER` writes a first corpus from the profiles' own
test vectors and ends.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

from sensorcoach.samples import DEFAULT_SENSOR, NS, Packet

STEP_NS = NS // 100
"""Unit of the time step between packets, one byte."""


def packets_of(data: bytes, channels: list[str]) -> list[Packet]:
    """The packets that these bytes describe."""
    out: list[Packet] = []
    at, t_ns = 0, 0
    while at + 3 <= len(data):
        channel, length, step = data[at : at + 3]
        t_ns += step * STEP_NS
        out.append(Packet(t_ns, DEFAULT_SENSOR, channels[channel % len(channels)], data[at + 3 : at + 3 + length]))
        at += 3 + length
    return out


class Target:
    """What atheris calls with its inputs."""

    def __init__(self) -> None:
        from _fuzzing import profiles

        self.profiles = profiles()

    def __call__(self, data: bytes) -> None:
        """Decode at once and one by one: nothing raises, all that must hold holds, and both say the same."""
        from _fuzzing import Broken, check_blocks, state_bytes

        from sensorcoach.protocol import Decoder

        if not data:
            return
        profile = self.profiles[data[0] % len(self.profiles)]
        packets = packets_of(data[1:], [*profile.gatt, "nowhere"])
        if not packets:
            return
        whole, parts = Decoder(profile), Decoder(profile)
        blocks = whole.receive(packets)
        check_blocks(blocks, -(2**63))
        pieces = [block for packet in packets for block in parts.receive([packet])]
        check_blocks(pieces, -(2**63))
        if [t for b in blocks for t in b.t_ns.tolist()] != [t for b in pieces for t in b.t_ns.tolist()]:
            raise Broken("times depend on how packets are taken together")
        whole.take_events()
        state_bytes(whole)


def write_seeds(folder: Path) -> None:
    """One input for each test vector of each profile."""
    from _fuzzing import profiles

    folder.mkdir(parents=True, exist_ok=True)
    for number, profile in enumerate(profiles()):
        channels = list(profile.gatt)
        for k, vector in enumerate(profile.vectors):
            parts = [
                bytes([channels.index(c) if c in channels else len(channels), len(p), 2]) + p
                for c, p in vector.packets
                if len(p) < 256
            ]
            (folder / f"{profile.name}-{k}").write_bytes(bytes([number]) + b"".join(parts))


def main() -> None:
    """Search until told to stop."""
    if sys.argv[1:2] == ["--seeds"] and len(sys.argv) == 3:
        write_seeds(Path(sys.argv[2]))
        return
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        sys.exit("This needs the package atheris: pip install atheris")
    with atheris.instrument_imports(include=["sensorcoach.protocol"]):
        importlib.import_module("sensorcoach.protocol")
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, Target())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
