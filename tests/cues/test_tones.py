"""The tones: told apart with closed eyes, soft, without clicks."""

from __future__ import annotations

import io
import wave

import numpy as np
import numpy.typing as npt
import pytest

from sensorcoach.cues.tones import RATE_HZ, TONES, tone, wav


def pitch_hz(samples: npt.NDArray[np.int16]) -> float:
    """Of the strongest line in its spectrum."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 17))
    return float(np.argmax(power)) * RATE_HZ / (1 << 17)


@pytest.mark.parametrize("kind", TONES)
def test_nothing_clicks(kind: str) -> None:
    samples = tone(kind, 100).astype(float)
    assert abs(samples[0]) <= 1
    assert abs(samples[-1]) <= 1
    # The steepest step is that of its own sines: 880 Hz and an octave at full volume.
    assert np.abs(np.diff(samples)).max() < 0.8 * 32_767 * 2 * np.pi * 880 * 1.3 / RATE_HZ
    assert 5_000 < np.abs(samples).max() <= 0.8 * 32_767
    assert len(samples) <= 1.3 * RATE_HZ


def test_in_rises_out_falls_a_hold_stays_and_is_quieter() -> None:
    def ends(kind: str) -> tuple[float, float]:
        samples = tone(kind, 80)
        third = len(samples) // 3
        return pitch_hz(samples[:third]), pitch_hz(samples[-third:])

    first, last = ends("inhale")
    assert last > first * 1.15
    first, last = ends("exhale")
    assert last < first / 1.15
    for hold in ("hold_in", "hold_out"):
        first, last = ends(hold)
        assert last == pytest.approx(first, rel=0.02)
        assert np.abs(tone(hold, 80)).max() < 0.5 * np.abs(tone("inhale", 80)).max()


def test_a_slouch_is_two_low_strokes() -> None:
    samples = np.abs(tone("slouch", 80).astype(float))
    loud = samples.reshape(-1, RATE_HZ // 100).max(axis=1) > 0.1 * samples.max()
    assert int((np.diff(loud.astype(int), prepend=0) == 1).sum()) == 2
    assert pitch_hz(tone("slouch", 80)) == pytest.approx(165, rel=0.03)


def test_volume_is_as_the_ear_hears_it_and_zero_is_silence() -> None:
    full, half = (int(np.abs(tone("good", volume)).max()) for volume in (100, 50))
    assert half == pytest.approx(full / 4, rel=0.01)
    assert not tone("good", 0).any()


def test_the_same_tone_every_time() -> None:
    assert tone("exhale", 70).tobytes() == tone("exhale", 70).tobytes()


def test_a_wav_file_that_any_player_reads() -> None:
    samples = tone("tick", 100)
    with wave.open(io.BytesIO(wav(samples))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        assert np.array_equal(np.frombuffer(file.readframes(file.getnframes()), "<i2"), samples)
