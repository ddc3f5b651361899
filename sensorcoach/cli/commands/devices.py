"""`sensorcoach devices`: the sensors this program knows; `check FILE` tries a profile, `wear` shows where to wear."""

from __future__ import annotations

import argparse
from pathlib import Path

from platformdirs import user_config_path

from ...errors import ProfileError, UsageError
from ...profiles import load_profile, load_profiles
from ...profiles.model import TRUST_WORDS
from ...profiles.words import measures, rates
from ...protocol import check_vectors


def run(args: argparse.Namespace) -> int:
    """List, check one file and run its vectors, or show where to wear a sensor."""
    if args.action == "wear":
        from .wear import wear

        return wear(args.file)
    if args.action == "check":
        if args.file is None:
            raise UsageError("devices check needs a file.", "For example: sensorcoach devices check my-sensor.toml")
        return _check(Path(args.file))
    if args.file is not None:
        raise UsageError("devices list takes no file.", f"Did you mean: sensorcoach devices check {args.file}")
    profiles = load_profiles(user_config_path("sensorcoach") / "profiles")
    width = max(len(p.title) for p in profiles.values())
    for profile in sorted(profiles.values(), key=lambda p: p.title):
        print(f"{profile.title:<{width}}  {measures(profile):<27}  {rates(profile)}")
    return 0


def _check(path: Path) -> int:
    profile = load_profile(path)
    print(f"{path.name}: {profile.title}, {measures(profile)}, {rates(profile)}")
    print(f"facts: {TRUST_WORDS[profile.trust]}")
    failures = check_vectors(profile)
    if failures:
        for failure in failures:
            print(f"wrong: {failure}")
        raise ProfileError(
            f"{path} does not decode its own test vectors as they say.",
            "Compare offsets, types and scales with the device's documents.",
        )
    count = len(profile.vectors)
    print("its test vector decodes as it should" if count == 1 else f"all {count} test vectors decode as they should")
    return 0
