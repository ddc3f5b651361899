"""`sensorcoach live`: a real sensor (or the virtual wearer) on the dashboard or as lines, recorded on the way."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from ...coach.slouch import SlouchSettings
from ...profiles import DeviceProfile, load_profile, load_profiles
from ...profiles.model import TRUST_WORDS
from ...recording.segments import journal_folder
from ...runtime.calibrations import DEFAULT_WEARER, CalibrationStore, Fitting, PoseKeeper
from ...runtime.headless import Sink, json_sink, plain_sink, silent_sink
from ...runtime.live import LiveFeed, LiveRun, live_headless
from ...runtime.recorder import ThreadRecorder
from ...runtime.remembered import RememberedDevice, recall, remember
from ...runtime.run import stream_end_ns
from ...transport.ble import BleSource, Radio, Seen, Target, find, identify
from ._output import mode

DEMO = "demo"


def run(args: argparse.Namespace) -> int:
    """Stream until stopped."""
    if args.place:
        from .wear import place

        return place(args)
    if args.device == DEMO:
        return _demo(args)
    return asyncio.run(_live(args))


async def _live(args: argparse.Namespace) -> int:
    """Find, stream and show, all on one event loop: some systems tie what a scan finds to the loop that found it."""
    radio = Radio()
    seen, profile = await find_sensor(args, radio)
    target = Target(seen.device, profile, seen.name, params=profile.resolve(use="live"))
    source = BleSource([target], radio)
    folder = _folder(args)
    recorder = None if folder is None else ThreadRecorder(folder, source.header)
    end_ns = stream_end_ns(args.seconds)
    chosen = mode(args)
    keeper = _keeper(args, source)
    first = keeper.first(SlouchSettings())
    if keeper.problem:
        _say(keeper.problem)
    live = LiveRun(source, waves=chosen == "tui", recorder=recorder, first=first, heard=keeper.heard)
    code = 0
    if chosen == "tui":
        from ...tui.app import SensorcoachApp

        feed = LiveFeed(live, end_ns=end_ns, recording=folder.name if folder else None)
        app = SensorcoachApp(feed)
        result = await app.run_async()
        await feed.closed()
        code = (app.return_code or 0) if result is None else result
    else:
        with _stop_signals() as stop:
            await live_headless(live, _sink(chosen), _say, end_ns=end_ns, stop=stop)
    lost = live.lost_packets
    if lost:
        _say(f"{lost} packet{'s were' if lost != 1 else ' was'} lost on the way.")
    if folder is not None:
        _say(f"Recorded to {folder}.")
    return code


async def find_sensor(
    args: argparse.Namespace, radio: Radio, say: Callable[[str], None] | None = None
) -> tuple[Seen, DeviceProfile]:
    """The sensor asked for, else the one used last, else the only one near; `say` gets remarks (default: stderr)."""
    say = say or _say
    profiles = load_profiles(user_config_path("sensorcoach") / "profiles")
    own = load_profile(Path(args.profile)) if args.profile else None
    memory = user_data_path("sensorcoach") / "last_device.json"
    last = None if args.device else recall(memory)
    wanted = args.device or (last.address if last else "")
    name = args.device or (last.name or last.address if last else "a sensor")
    say(f"Looking for {name} …")
    seen = await find(radio, profiles, wanted, or_name=last.name if last else "", profile=own)
    profile = own or await identify(seen, radio)
    remember(memory, RememberedDevice(seen.name, seen.address, profile.name))
    if profile.trust == "C":
        say(f"Note: the facts about {profile.title} come {TRUST_WORDS['C']}.")
    return seen, profile


def _keeper(args: argparse.Namespace, source: BleSource) -> PoseKeeper:
    """Of the upright pose that this wearer once taught this sensor."""
    header = source.header.sensors[0]
    fitting = Fitting(args.wearer or DEFAULT_WEARER, header.address or header.device_name, header.site)
    return PoseKeeper(CalibrationStore(user_data_path("sensorcoach") / "calibrations"), fitting, header.name)


def _demo(args: argparse.Namespace) -> int:
    """The virtual wearer in real time, through everything but the radio."""
    from ...recording.journal_format import JournalHeader
    from ...runtime.headless import play
    from ...runtime.player import Player
    from ...runtime.run import Run
    from ...transport.virtual import WALL_START_NS, open_virtual

    source = open_virtual(DEMO)
    folder, end_ns, chosen = _folder(args), stream_end_ns(args.seconds), mode(args)
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
    code = 0
    with contextlib.ExitStack() as stack:
        recorder = None if folder is None else stack.enter_context(ThreadRecorder(folder, header))
        run = Run(source, waves=chosen == "tui", recorder=recorder)
        if chosen == "tui":
            from ...tui.app import run as show

            code = show(Player(run, "demo", end_ns=end_ns, recording=folder.name if folder else None))
        else:
            with contextlib.suppress(KeyboardInterrupt):
                play(run, _sink(chosen), speed=1.0, end_ns=end_ns)
    if recorder is not None:
        for problem in recorder.take_problems():
            _say(str(problem))
        _say(f"Recorded to {recorder.folder}.")
    return code


def _folder(args: argparse.Namespace) -> Path | None:
    """Where to record: the name given, else one made of date and time; None for not at all."""
    if args.no_record:
        return None
    if args.record:
        return journal_folder(args.record)
    folder = user_data_path("sensorcoach") / "recordings"
    name = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    wearer = re.sub(r"\W+", "-", args.wearer or "")
    return journal_folder(folder / (f"{wearer}_{name}" if wearer else name))


def _sink(chosen: str) -> Sink:
    if chosen == "json":
        return json_sink(sys.stdout)
    return plain_sink(sys.stdout) if chosen == "plain" else silent_sink


def _say(words: str) -> None:
    """Narration; stdout is for data."""
    print(words, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C or a request to end sets, so that the sensor is told and the recording is finished."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set)) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
