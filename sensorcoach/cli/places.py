"""Where the things of a person are kept: the sensors used last, poses, recordings."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from ..history import DEFAULT_WEARER, recordings_folder, wearer_word
from ..recording.journal_format import SensorHeader
from ..recording.segments import journal_folder
from ..runtime.calibrations import CalibrationStore, Fitting, PoseKeeper


def last_devices() -> Path:
    """The file that remembers the sensors used last."""
    return user_data_path("sensorcoach") / "last_device.json"


def poses() -> CalibrationStore:
    """What wearers taught their sensors."""
    return CalibrationStore(user_data_path("sensorcoach") / "calibrations")


def pose_keeper(wearer: str | None, header: SensorHeader) -> PoseKeeper:
    """Of the upright pose that this wearer once taught this sensor."""
    fitting = Fitting(wearer or DEFAULT_WEARER, header.address or header.device_name, header.site)
    return PoseKeeper(poses(), fitting, header.name)


def recording_folder(args: argparse.Namespace) -> Path | None:
    """Where to record: the name given, else one made of wearer, date and time; None for not at all."""
    if args.no_record:
        return None
    if args.record:
        return journal_folder(args.record)
    return new_recording(args.wearer or "", datetime.now())


def new_recording(wearer: str, at: datetime) -> Path:
    """A journal that is not there yet, for a recording that begins at the local time `at`."""
    name = at.strftime("%Y-%m-%d_%H-%M-%S")
    word = wearer_word(wearer)
    base = recordings_folder() / (f"{word}_{name}" if word else name)
    path, count = journal_folder(base), 2
    while path.exists():
        path, count = journal_folder(base.with_name(f"{base.name}-{count}")), count + 1
    return path
