"""What was typed on the command line, else what is set: settings with the options of a command before them."""

from __future__ import annotations

import argparse

from ..coach.slouch import SlouchSettings
from ..events import Command, SetSlouch
from ..runtime.calibrations import PoseKeeper
from ..settings import Settings, load_settings
from ..settings.apply import slouch_settings
from ..settings.table import (
    ALERTS_ABOUT,
    ALERTS_MODE,
    ALERTS_QUIET,
    ALERTS_QUOTA,
    DEVICE_ADAPTER,
    POSTURE_DWELL_S,
    POSTURE_PRESET,
    POSTURE_THRESHOLD_DEG,
    RECORDING_KEEP_DAYS,
)


def adapter(args: argparse.Namespace) -> str:
    """The Bluetooth adapter to use; empty for the first that is switched on."""
    return load_settings([(DEVICE_ADAPTER, "--adapter", getattr(args, "adapter", None))])[DEVICE_ADAPTER] or ""


def posture_commands(keeper: PoseKeeper, sensor: str) -> tuple[Command, ...]:
    """What a live run knows of its wearer's posture before the first sample: what a slouch is, and the stored pose.

    A threshold from the wearer's own calibration goes before the one that is set.
    """
    slouch = slouch_settings(load_settings())
    own = () if slouch == SlouchSettings() else (SetSlouch(0, sensor, slouch.threshold_deg, slouch.dwell_s),)
    return (*own, *keeper.first(slouch))


def watch_settings(args: argparse.Namespace) -> Settings:
    """Settings of a watch.

    Raises
    ------
    UsageError
        An option or the file says something that is not meant.
    """
    mode = "training" if args.training else "tracking" if args.tracking else None
    own = None if args.preset is None else "preset"  # a preset that was typed goes before degrees from the file
    return load_settings(
        [
            (ALERTS_MODE, f"--{mode}", mode),
            (ALERTS_ABOUT, "--alerts", args.alerts),
            (ALERTS_QUOTA, "--quota", args.quota),
            (ALERTS_QUIET, "--quiet", args.quiet),
            (POSTURE_PRESET, "--preset", args.preset),
            (POSTURE_THRESHOLD_DEG, "--preset", own),
            (POSTURE_DWELL_S, "--preset", own),
            (RECORDING_KEEP_DAYS, "--keep", None if args.keep is None else f"{args.keep:g}"),
        ]
    )
