"""Small scenarios and a spectrum, shared by the tests of the virtual wearer."""

from __future__ import annotations

import numpy as np

from sensorcoach.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensorcoach.simulate import Scenario, Simulated

IDEAL_SENSOR = """
[sensor]
acc_noise_ug_rthz = 0
acc_resolution_mg = 0
gyr_noise_dps_rthz = 0
gyr_resolution_dps = 0
gyr_bias_drift_dps = 0
"""

QUIET_WEARER = """
[wearer]
heart = 0
sway = 0
tremor = 0
"""

BREATHING = "[[breathing]]\nrate_brpm = 15\n"

BUSY = """
[wearer]
fidgets_per_min = 3
[[breathing]]
rate_brpm = 15
hold_in_s = 0.5
[[posture]]
pose = "upright"
[[posture]]
at_s = 8
pose = "slouch"
over_s = 6
[[posture]]
at_s = 16
pose = "stand"
[[posture]]
at_s = 44
pose = "lie_left"
[[posture]]
at_s = 52
pose = "upright"
[[activity]]
at_s = 20
kind = "walk"
duration_s = 10
[[activity]]
at_s = 31
kind = "run"
duration_s = 5
[[activity]]
at_s = 37
kind = "vehicle"
duration_s = 6
[[sensor_event]]
at_s = 14
kind = "slip"
turn_deg = [10, -20, 30]
duration_s = 2
"""
"""One minute in which everything happens."""


def scenario(*parts: str, duration_s: float = 60) -> Scenario:
    return Scenario.from_toml("\n".join([f"duration_s = {duration_s}", *parts]))


def band_mg(recording: Simulated, low_hz: float, high_hz: float) -> float:
    """RMS of the acceleration between two frequencies, norm over the axes, over windows of two minutes."""
    rate = recording.stream.sampling_rate_hz
    size = int(120 * rate)
    window = np.hanning(size)
    frequency = np.fft.rfftfreq(size, 1 / rate)
    inside = (frequency >= low_hz) & (frequency < high_hz)
    power = []
    for start in range(0, len(recording.acc_ms2) - size + 1, size):
        part = recording.acc_ms2[start : start + size]
        spectrum = np.abs(np.fft.rfft((part - part.mean(axis=0)) * window[:, None], axis=0)) ** 2
        power.append(2 * spectrum[inside].sum() / (size * (window**2).sum()))
    return float(np.sqrt(np.mean(power)) / STANDARD_GRAVITY_MS2 * 1e3)


def angle_deg(a: FloatArray, b: FloatArray) -> FloatArray:
    """Angle between vectors of shape (n, 3)."""
    cross = np.linalg.norm(np.cross(a, b), axis=1)
    return np.degrees(np.arctan2(cross, (a * b).sum(axis=1)))
