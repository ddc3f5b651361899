"""`sensorcoach recordings`: the sample recordings that come with the program."""

from __future__ import annotations

import argparse

from ...transport.replay import open_recording, samples


def run(args: argparse.Namespace) -> int:
    """One line for each: name, length, sensor."""
    for path in samples():
        source = open_recording(path)
        stream = source.sensors[0].stream
        gyro = "with gyroscope" if stream.has_gyro else "accelerometer only"
        minutes, seconds = divmod(round(source.duration_s or 0), 60)
        print(f"{path.stem:<10} {minutes:3d}:{seconds:02d}  {stream.site}, {stream.sampling_rate_hz:g} Hz, {gyro}")
    return 0
