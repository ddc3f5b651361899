"""Inside the guest: a strap made by Bumble on the kernel's virtual controller, and `sensorcoach` as a person types it.

Prints what was seen, and `whole machine: passed` as its last line when all of it was right.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from bumble import hci
from bumble.controller import Controller
from bumble.link import LocalLink
from bumble.transport import open_transport
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

sys.path.insert(0, str(Path(__file__).parents[2]))

from sensorcoach.profiles import load_profiles
from sensorcoach.protocol import Decoder
from sensorcoach.samples import Packet
from sensorcoach.transport.replay import open_recording
from sensorcoach.transport.virtual_device import VirtualDevice
from tests.transport.bumble_radio import BumbleSensor

SECONDS: Final = 40
DROP_AFTER_S: Final = 15.0
NAME: Final = "Polar H10 12345678"
UNKNOWN_TO_OLD_BLUEZ: Final = hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
"""Features Bumble's controller names but does not carry out; the kernel would use them."""


async def main() -> int:
    """The whole check."""
    daemon = await asyncio.create_subprocess_exec("/usr/libexec/bluetooth/bluetoothd", "-n")
    async with await open_transport("vhci") as kernel:
        link = LocalLink()
        adapter = Controller("adapter", kernel.source, kernel.sink, link)  # bluetoothd gives it a random static address
        adapter.le_features &= ~UNKNOWN_TO_OLD_BLUEZ
        await power_on("/org/bluez/hci0")
        say(f"adapter on after {uptime_s():.0f} s")
        profile = load_profiles()["polar_h10"]
        device = VirtualDevice(profile, name=NAME, address="F0:F1:F2:F3:F4:F5", keep=True)
        sensor = BumbleSensor(device, link)
        await sensor.start()

        await command("doctor")
        _, scanned = await command("scan", "--seconds", "5")
        check("scan names the strap", NAME in scanned)
        folder = Path("/tmp/live.journal")
        live = asyncio.create_task(
            command("live", "--mode", "json", "--seconds", str(SECONDS), "--record", str(folder), show=False)
        )
        await until(lambda: sent(device) > 0 or live.done())
        check("the strap is asked to stream", not live.done())
        await asyncio.sleep(DROP_AFTER_S)
        await sensor.drop()
        dropped_s, before = time.monotonic(), sent(device)
        await until(lambda: sent(device) > before or live.done())
        back_s = time.monotonic() - dropped_s
        code, out = await live
        check("live ends well", code == 0)
        lines = [json.loads(line) for line in out.splitlines()]
        seconds = [line for line in lines if line["event"] == "second"]
        shown = [line["breath_rate_brpm"] for line in seconds if line.get("breath_rate_brpm") is not None]
        last = shown[-1] if shown else None
        say(f"{len(seconds)} seconds, breath {last} a minute, back {back_s:.1f} s after the drop")
        check("a breath of 15 a minute is shown", bool(shown) and abs(shown[-1] - 15.0) < 1.0)

        packets = [item for item in open_recording(str(folder)).read(2**62, 10**9) if isinstance(item, Packet)]
        decoder = Decoder(profile, profile.resolve(use="live"), packets[0].sensor)
        samples = np.concatenate([block.acc_ms2 for block in decoder.receive(packets)])
        sent_ms2 = np.concatenate(device.sent_acc_ms2)
        say(f"{len(samples)} samples recorded, {len(sent_ms2)} sent, {decoder.counters.gaps} gap")
        exact = decoder.counters.gaps == 1 and inside(samples, sent_ms2)
        check("one gap, and every sample on either side exact", exact)
        code, again = await command("replay", str(folder), "--mode", "json", "--speed", "max", show=False)
        for live_line, replayed in zip(out.splitlines(), again.splitlines(), strict=False):
            if live_line != replayed:
                say(f"live said {live_line}\nand its replay {replayed}")
                break
        check("the replay prints the same lines", code == 0 and again == out)
    daemon.terminate()
    await daemon.wait()
    say("passed")
    return 0


def sent(device: VirtualDevice) -> int:
    """Samples the sensor has sent so far."""
    return sum(map(len, device.sent_acc_ms2))


async def until(done: Callable[[], bool]) -> None:
    """Look twenty times a second: the command under test is another process, which sends no event."""
    while not done():  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def inside(samples: np.ndarray, sent_ms2: np.ndarray) -> bool:
    """Whether `samples` are `sent_ms2` less one stretch in the middle (a drop) and what was under way at the end."""
    same = np.flatnonzero((samples != sent_ms2[: len(samples)]).any(axis=1))
    if not len(same):
        return True
    first = int(same[0])
    rest = samples[first:]
    return any(np.array_equal(rest, sent_ms2[k : k + len(rest)]) for k in range(first, len(sent_ms2) - len(rest) + 1))


async def command(*words: str, show: bool = True) -> tuple[int, str]:
    """Run `sensorcoach` with these words; its exit code and what it printed."""
    say("$ sensorcoach " + " ".join(words))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sensorcoach", *words, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    text = out.decode()
    if show:
        print(text, flush=True)
    return process.returncode or 0, text


async def power_on(path: str) -> None:
    """Wait for bluetoothd to know the adapter, and switch it on."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    arguments: list[Any] = ["org.bluez.Adapter1", "Powered", Variant("b", True)]
    for _ in range(600):
        reply = await bus.call(
            Message(
                destination="org.bluez",
                path=path,
                interface="org.freedesktop.DBus.Properties",
                member="Set",
                signature="ssv",
                body=arguments,
            )
        )
        if reply is not None and reply.message_type is MessageType.METHOD_RETURN:
            bus.disconnect()
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the adapter did not come up")


def uptime_s() -> float:
    """Seconds since the guest was started."""
    return float(Path("/proc/uptime").read_text().split()[0])


def say(words: str) -> None:
    """One line on the console."""
    print(f"whole machine: {words}", flush=True)


def check(what: str, right: bool) -> None:
    """Say it, and give up when it is wrong."""
    say(f"{'yes' if right else 'NO '}: {what}")
    if not right:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
