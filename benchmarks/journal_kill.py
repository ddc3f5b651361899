"""Journals and sudden deaths: kill -9 at random moments, a power cut, and a file cut at any byte.

A child records the virtual wearer and says after every packet which one it was. What it had written a second (of
stream time) before its death must be there; after a power cut, what it had written ten seconds before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _measure import python

from sensorcoach.recording.journal_format import JournalHeader
from sensorcoach.recording.journal_reader import JournalReader
from sensorcoach.recording.journal_writer import FLUSH_S, SYNC_S, JournalWriter
from sensorcoach.recording.maintenance import check, repair
from sensorcoach.samples import NS, Packet
from sensorcoach.transport.virtual import WALL_START_NS, open_virtual

SPEED = 50
"""Stream seconds a second: a death comes within some seconds of stream time of an hour's end as well."""
SEGMENT_S = 20.0


def record(folder: Path) -> None:
    """The child: record until killed, and say how far it came."""
    source = open_virtual("demo")
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
    with JournalWriter(folder, header, segment_s=SEGMENT_S) as writer:
        started_s = time.monotonic()
        while True:
            for item in source.read(round((time.monotonic() - started_s) * SPEED * NS), 1000):
                writer.append(item)  # type: ignore[arg-type]
                if isinstance(item, Packet):
                    os.write(1, f"{item.t_ns}\n".encode())
            time.sleep(0.002)


def kill_once(folder: Path, wait_s: float) -> tuple[int, float]:
    """Packets lost although they were written a second before the death, and the last one's time, s."""
    child = subprocess.Popen(python(__file__, "--child", str(folder)), stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()  # it has begun
    time.sleep(wait_s)
    child.kill()
    said = [int(line) for line in child.stdout.read().split(b"\n")[:-1]]
    child.wait()
    read = {item.t_ns for item in JournalReader(folder) if isinstance(item, Packet)}
    due = [t for t in said if t <= (said[-1] if said else 0) - FLUSH_S * NS]
    return sum(t not in read for t in due), (said[-1] if said else 0) / NS


def cut_anywhere(rng: random.Random, folder: Path, cuts: int) -> int:
    """Packets before a cut that were not read, over many cuts of a plain segment and of a gzipped one (whole lines)."""
    source = open_virtual("demo")
    header = JournalHeader((source.header,), WALL_START_NS, 0, WALL_START_NS)
    lost = 0
    with JournalWriter(folder, header, compress=False) as writer:
        for item in source.read(60 * NS, 10_000):
            writer.append(item)  # type: ignore[arg-type]
    (segment,) = folder.glob("*.jsonl")
    whole = segment.read_bytes()
    for _ in range(cuts):
        at = rng.randrange(whole.index(b"\n") + 1, len(whole))
        segment.write_bytes(whole[:at])
        lines = whole[:at].count(b"\n") - 1
        lost += max(0, lines - sum(1 for _ in JournalReader(folder)))
        repair(folder)
        lost += bool(check(folder).problems)
        for path in (*folder.glob("*.gz"), *folder.glob("damaged/*")):
            path.unlink()
    return lost


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--child", metavar="FOLDER")
    args = parser.parse_args()
    if args.child:
        record(Path(args.child))
    rng = random.Random(1)
    lost, lengths_s = 0, []
    with tempfile.TemporaryDirectory() as name:
        for i in range(args.kills):
            folder = Path(name) / f"{i}.journal"
            missing, length_s = kill_once(folder, rng.uniform(0.0, 2.0))
            lost += missing
            lengths_s.append(length_s)
            repair(folder)
            lost += bool(check(folder).problems)
            shutil.rmtree(folder)
        cut_lost = cut_anywhere(rng, Path(name) / "cut.journal", args.cuts)
    print(
        json.dumps(
            {
                "benchmark": "journal_kill",
                "kills": args.kills,
                "packets_lost_written_a_second_before": lost,
                "stream_s_at_death": [round(min(lengths_s), 1), round(max(lengths_s), 1)],
                "forced_to_disk_every_s": SYNC_S,
                "cuts": args.cuts,
                "lines_lost_before_a_cut": cut_lost,
            }
        )
    )
    sys.exit(bool(lost or cut_lost))


if __name__ == "__main__":
    main()
