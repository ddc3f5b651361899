"""Strength of each part of the signal against levels measured on people (chest patch, 71 adults; all axes together)."""

from __future__ import annotations

import numpy as np
import pytest

from sensorcoach.samples import STANDARD_GRAVITY_MS2
from sensorcoach.simulate import simulate

from .scenes import BREATHING, IDEAL_SENSOR, QUIET_WEARER, band_mg, scenario

BANDS_HZ = {"sway": (0.03, 0.1), "breath": (0.1, 0.6), "slow": (0.6, 2.0), "fast": (2.0, 12.0)}
MEASURED_MG = {
    "upright": {"sway": 6.1, "breath": 10.6, "slow": 3.6, "fast": 9.6},
    "lie_back": {"sway": 3.0, "breath": 9.2, "slow": 2.4, "fast": 7.5},
    "lie_left": {"breath": 6.1, "slow": 2.6, "fast": 6.6},
}


@pytest.mark.parametrize("pose", MEASURED_MG)
def test_bands_of_a_still_chest(pose: str) -> None:
    recording = simulate(scenario(BREATHING, f'[[posture]]\npose = "{pose}"', duration_s=600))
    for band, measured in MEASURED_MG[pose].items():
        level = band_mg(recording, *BANDS_HZ[band])
        assert measured / 1.55 < level < measured * 1.55, f"{band}: {level:.1f} mg, measured {measured} mg"


def test_bands_of_a_walker() -> None:
    walk = '[[activity]]\nkind = "walk"\nduration_s = 240\n'
    recording = simulate(scenario(BREATHING, walk, duration_s=240))
    for band, measured in {"sway": 15, "breath": 25, "slow": 184, "fast": 254}.items():
        level = band_mg(recording, *BANDS_HZ[band])
        assert measured / 1.5 < level < measured * 1.5, f"{band}: {level:.1f} mg, measured {measured} mg"
    vertical = recording.acc_ms2[:, 1].std() / STANDARD_GRAVITY_MS2
    assert 0.18 < vertical < 0.3


@pytest.mark.parametrize(("site", "level_mg"), [("chest", 10.6), ("upper-back", 2.6), ("lower-back", 2.1)])
def test_breathing_alone_has_its_level_at_every_site(site: str, level_mg: float) -> None:
    recording = simulate(scenario(IDEAL_SENSOR + f"site = '{site}'", QUIET_WEARER, BREATHING, duration_s=240))
    assert band_mg(recording, 0.1, 0.6) == pytest.approx(level_mg, rel=0.15)


def test_a_breath_turns_a_chest_by_two_degrees_at_most() -> None:
    recording = simulate(scenario(IDEAL_SENSOR, QUIET_WEARER, BREATHING, duration_s=240))
    assert recording.gyr_rads is not None
    angle = np.degrees(np.cumsum(recording.gyr_rads, axis=0) / 50)
    spread = np.linalg.norm(np.percentile(angle, 95, axis=0) - np.percentile(angle, 5, axis=0))
    assert 1.4 < spread < 2.1


def test_running_walking_and_riding_differ_as_they_should() -> None:
    def strength_g(kind: str) -> float:
        act = f'[[activity]]\nkind = "{kind}"\nduration_s = 120\n'
        acc = simulate(scenario(BREATHING, act, duration_s=120)).acc_ms2
        return float(np.sqrt(acc.var(axis=0).sum()) / STANDARD_GRAVITY_MS2)

    assert 0.7 < strength_g("run") < 1.4
    assert 0.2 < strength_g("walk") < 0.4
    assert 0.03 < strength_g("vehicle") < 0.1


def test_steps_come_at_the_cadence_asked_for() -> None:
    act = '[[activity]]\nkind = "walk"\nduration_s = 120\ncadence_spm = 96\n'
    vertical = simulate(scenario(BREATHING, act, duration_s=120)).acc_ms2[:, 1]
    power = np.abs(np.fft.rfft(vertical - vertical.mean())) ** 2
    frequency = np.fft.rfftfreq(len(vertical), 1 / 50)
    step = (frequency > 1.2) & (frequency < 2.2)
    assert (frequency[step] * power[step]).sum() / power[step].sum() == pytest.approx(96 / 60, abs=0.05)


def test_heart_beats_at_its_rate() -> None:
    ideal = scenario(IDEAL_SENSOR, "[wearer]\nheart_rate_bpm = 72\nsway = 0\ntremor = 0", BREATHING, duration_s=300)
    forward = simulate(ideal).acc_ms2[:, 2]
    size = len(forward)
    spectrum = np.fft.rfft(forward)
    frequency = np.fft.rfftfreq(size, 1 / 50)
    spectrum[(frequency < 4) | (frequency > 15)] = 0
    envelope = np.abs(np.fft.irfft(spectrum, size))
    beat = np.abs(np.fft.rfft(envelope - envelope.mean()))
    inside = (frequency > 0.8) & (frequency < 1.8)
    assert frequency[inside][beat[inside].argmax()] * 60 == pytest.approx(72, abs=5)
