"""Ten million wild packets over every device profile: no exception, rising times, finite samples, bounded memory.

    python benchmarks/fuzz_packets.py --packets 10000000

A failure ends with exit code 1 and names the profile and seed that repeat it. `fuzz_atheris.py` beside it searches with
coverage instead.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
import traceback
import warnings

import numpy as np
from _fuzzing import WildPackets, check_blocks, profiles, state_bytes

from sensorcoach.protocol import Decoder

BATCH = 2000
"""Packets made at once; they are handed to the decoder in pieces of one to all of them."""
WARM_BATCHES = 20
"""After so many batches of the first profile what is imported and cached is there: growth counts from then on."""


def main() -> int:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=10_000_000, help="in all (default ten million)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--profile", help="only this one")
    args = parser.parse_args()
    chosen = [p for p in profiles() if args.profile in (None, p.name)]
    if not chosen:
        parser.error(f"there is no profile {args.profile!r}")
    share = -(-args.packets // len(chosen))
    warnings.simplefilter("error")
    began_s, warm_mb, done, samples = time.perf_counter(), 0.0, 0, 0
    slowest_s, largest = 0.0, 0
    for number, profile in enumerate(chosen):
        rng = np.random.default_rng([args.seed, number])
        wild, decoder, last_ns, left = WildPackets(profile, args.seed), Decoder(profile), -(2**63), share
        try:
            while left > 0:
                batch = wild.take(min(BATCH, left))
                left -= len(batch)
                done += len(batch)
                cuts = [0, *sorted(rng.integers(0, len(batch) + 1, int(rng.integers(0, 20))).tolist()), len(batch)]
                for a, b in zip(cuts[:-1], cuts[1:], strict=True):
                    before_s = time.perf_counter()
                    blocks = decoder.receive(batch[a:b])
                    slowest_s = max(slowest_s, time.perf_counter() - before_s)
                    last_ns = check_blocks(blocks, last_ns)
                    samples += sum(map(len, blocks))
                if rng.random() < 0.9:
                    decoder.take_events()
                if rng.random() < 0.02 or left == 0:
                    largest = max(largest, state_bytes(decoder))
                if not warm_mb and done >= WARM_BATCHES * BATCH:
                    warm_mb = _peak_mb()
        except Exception:
            traceback.print_exc()
            print(f"failed: --profile {profile.name} --seed {args.seed} --packets {args.packets}", file=sys.stderr)
            return 1
    peak_mb = _peak_mb()
    print(
        json.dumps(
            {
                "benchmark": "fuzz_packets",
                "packets": done,
                "profiles": len(chosen),
                "samples": samples,
                "exceptions": 0,
                "wall_s": round(time.perf_counter() - began_s, 1),
                "slowest_call_s": round(slowest_s, 3),
                "largest_state_kb": round(largest / 1024),
                "peak_mb": round(peak_mb),
                "grown_mb": round(peak_mb - (warm_mb or peak_mb), 1),
            }
        )
    )
    return 0


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
