"""What the Bluetooth client costs, against a stand-in for bluetoothd in a process of its own.

Bleak's real BlueZ backend, a private D-Bus, a virtual Polar H10 at 200 Hz in real time. Prints one JSON line: share of
a core for transport and decoding, time to the first sample after connecting begins, after a lost link, and after the
sensor is heard again; then, for every profile, million samples a second decoded from a journal (decoding alone, and
with reading it).

    python benchmarks/bluetooth.py [seconds]
"""

from __future__ import annotations

import asyncio
import importlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from _decoding import decoding_rates

from sensorcoach.profiles import load_profiles
from sensorcoach.protocol import Decoder
from sensorcoach.samples import Packet
from sensorcoach.transport.ble import BleSource, LiveItem, Radio, Target, find
from sensorcoach.transport.virtual_device import VirtualDevice

PROFILE = load_profiles()["polar_h10"]
DROPS = 5
ABSENCES_S = (12.0, 32.0)
"""How long the sensor is out of range: while it is still being connected to, and once it is being listened for."""


def stand_in() -> Any:
    """The fake org.bluez of the tests."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    return importlib.import_module("tests.transport.fake_bluez")


def serve(address: str, orders: Connection) -> None:
    """The service; drops the link with every order."""
    fake_bluez = stand_in().fake_bluez

    async def main() -> None:
        device = VirtualDevice(PROFILE, name="Polar H10 12345678")
        async with fake_bluez(address, [device]) as bluez:
            orders.send("ready")
            while (order := await asyncio.to_thread(orders.recv)) != "end":
                device.wrong.out_of_range = order == "leave"
                if order != "back":
                    bluez.drop(device)

    asyncio.run(main())


async def first_data(batches: AsyncIterator[list[LiveItem]]) -> float:
    """Wait for a packet with samples; the moment, s."""
    while True:
        if any(isinstance(item, Packet) and item.channel == "data" for item in await anext(batches)):
            return time.perf_counter()


async def away(batches: AsyncIterator[list[LiveItem]], absent_s: float) -> None:
    """Go on reading for so long."""
    begun_s = time.perf_counter()
    async for _ in batches:
        if time.perf_counter() - begun_s > absent_s:
            return


async def measure(seconds: float, orders: Connection) -> dict[str, float]:
    """All figures."""
    radio = Radio()
    seen = await find(radio, {PROFILE.name: PROFILE}, "Polar H10 12345678")
    params = PROFILE.resolve(use="live")
    source = BleSource([Target(seen.device, PROFILE, seen.name, params=params)], radio)
    decoder = Decoder(PROFILE, params)
    begun_s = time.perf_counter()
    async with source:
        batches = source.batches()
        first_s = await first_data(batches) - begun_s
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        while time.perf_counter() < wall_s + seconds:
            decoder.receive([item for item in await anext(batches) if isinstance(item, Packet)])
        share = (time.process_time() - cpu_s) / (time.perf_counter() - wall_s)
        samples = decoder.counters.samples
        again_s = []
        for _ in range(DROPS):
            orders.send("drop")
            dropped_s = time.perf_counter()
            while not any(getattr(item, "state", "") == "lost" for item in await anext(batches)):
                pass
            again_s.append(await first_data(batches) - dropped_s)
        heard_s = []
        for absent_s in ABSENCES_S:
            orders.send("leave")
            await away(batches, absent_s)
            orders.send("back")
            back_s = time.perf_counter()
            heard_s.append(await first_data(batches) - back_s)
    return {
        "cpu_percent": round(100 * share, 2),
        "sampling_rate_hz": round(samples / seconds, 1),
        "first_sample_s": round(first_s, 3),
        "reconnect_worst_s": round(max(again_s), 3),
        "reconnect_mean_s": round(sum(again_s) / DROPS, 3),
        "after_absence_worst_s": round(max(heard_s), 3),
    }


def main() -> None:
    """Run and print."""
    private_bus = stand_in().private_bus

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    with tempfile.TemporaryDirectory() as folder, private_bus(Path(folder)) as address:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
        service = multiprocessing.get_context("spawn").Process(target=serve, args=(address, theirs))
        service.start()
        ours.recv()
        figures = asyncio.run(measure(seconds, ours))
        ours.send("end")
        service.join()
    print(json.dumps({"benchmark": "bluetooth", **figures, "decoded_msps": decoding_rates()}))


if __name__ == "__main__":
    main()
