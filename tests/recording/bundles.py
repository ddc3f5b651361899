"""Small bundles to export, with a gap, unknown values and awkward texts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np

from sensorcoach.recording.exporters import Bundle, SensorSamples
from sensorcoach.samples import Site, StreamInfo

from .foreign import RATE_HZ, movement

START = datetime(2026, 5, 4, 10, 30, 5, tzinfo=UTC)

SECONDS = np.dtype(
    [
        ("t_s", "f8"),
        ("breath_rate_brpm", "f8"),
        ("breath_rate_now_brpm", "f8"),
        ("breath_quality", "f8"),
        ("breath_phase", "U8"),
        ("breath_reason", "U14"),
        ("flexion_deg", "f8"),
        ("lateral_deg", "f8"),
        ("inclination_deg", "f8"),
        ("posture_quality", "f8"),
        ("activity", "U8"),
        ("slouching", "f8"),
        ("sensor", "U16"),
    ]
)
EVENTS = [
    (1.25, "activity_changed", {"sensor": "chest", "activity": "still"}),
    (2.0, "notice", {"sensor": "chest", "code": "odd", "message": 'a "quote", <tags> & Ümläute'}),
    (7.5, "slouch_started", {"sensor": "chest", "flexion_deg": 21.5}),
]


def sensor(site: Site = "chest", *, seconds: float = 12.0, gyro: bool = True) -> SensorSamples:
    """Jittered samples from 3.3 s on, with a hole of a second (where there is room for one)."""
    t, acc, gyr = movement(seconds)
    there = ~((t > 5.0) & (t < 6.0)) if seconds > 8.0 else np.ones(len(t), bool)
    t_s = 3.3 + t + np.random.default_rng(3).uniform(-0.002, 0.002, len(t))
    stream = StreamInfo(site, site, RATE_HZ, gyro)
    return SensorSamples(stream, t_s[there], acc[there], gyr[there] if gyro else None)


def small_bundle(seconds: float = 12.0, *, sites: tuple[Site, ...] = ("chest",), gyro: bool = True) -> Bundle:
    """A recording with tables that need no estimator."""
    rows = []
    for site in sites:
        for k in range(4, 4 + int(seconds)):
            unknown = np.nan if k % 3 == 0 else 0.0
            values = (
                14.25 + unknown,
                np.nan,
                0.9,
                "inhale",
                "",
                -12.5 + k,
                3.0,
                12.0,
                0.8 + unknown,
                "still",
                k % 2,
                site,
            )
            rows.append((float(k), *values))
    events = [(t, name, json.dumps(detail)) for t, name, detail in EVENTS]
    return Bundle(
        tuple(sensor(site, seconds=seconds, gyro=gyro) for site in sites),
        np.array(rows, SECONDS),
        np.array([(3.0, 5.0, 7.0)], [("t_inhale_s", "f8"), ("t_exhale_s", "f8"), ("t_end_s", "f8")]),
        np.array(events, [("t_s", "f8"), ("event", "U24"), ("detail", "U200")]),
        START,
        {"program": "sensorcoach test", "source": "made"},
    )
