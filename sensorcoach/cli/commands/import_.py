"""`sensorcoach import`: a recording of another program into the project's own CSV."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from ...errors import UsageError
from ...recording.csv_input import ACC_UNITS, GYRO_UNITS, Units
from ...recording.exporters import SensorSamples, samples_metadata, samples_table
from ...recording.journal_reader import JournalReader
from ...recording.source import load_source, load_together
from ...recording.tables import write_table
from ...samples import NS
from ._output import spare


def run(args: argparse.Namespace) -> int:
    """Read, check, write; remarks go to stderr."""
    out = Path(args.output)
    if not out.name.endswith((".csv", ".csv.gz")):
        raise UsageError(f"{out} is no CSV file.", "Name OUT.csv or OUT.csv.gz; for other forms: sensorcoach export.")
    spare(args.files, out)
    units = None
    if args.acc_unit is not None or args.gyro_unit is not None:
        units = Units(ACC_UNITS[args.acc_unit or "m/s2"], GYRO_UNITS[args.gyro_unit or "rad/s"])
    if len(args.files) > 1 and units is not None:
        raise UsageError("--acc-unit and --gyro-unit are for a single CSV file.", "Files of an app name their own.")
    found = load_source(args.files[0], units) if len(args.files) == 1 else load_together(args.files)
    if isinstance(found, JournalReader):
        raise UsageError(f"{args.files[0]} is a journal already.", "Use sensorcoach export to write it as CSV.")
    stream = found.stream
    if args.sensor is not None:
        stream = replace(stream, sensor=args.sensor, site=args.sensor)
    metadata = {
        "program": f"sensorcoach {version('sensorcoach')}",
        "source": ", ".join(map(str, args.files)),
        **found.metadata,
        "passed_over": "; ".join(map(str, found.problems)) or "nothing",
    }
    for problem in found.problems:
        print(f"note: {problem}", file=sys.stderr)
    samples = SensorSamples(stream, found.t_ns / NS, found.acc_ms2, found.gyr_rads)
    write_table(samples_table(samples), out, metadata=samples_metadata(samples, metadata))
    gyro = "with gyroscope" if found.gyr_rads is not None else "accelerometer only"
    print(f"{len(found.t_ns)} samples at {found.sampling_rate_hz:.4g} Hz, {gyro}, written to {out}.", file=sys.stderr)
    return 0
