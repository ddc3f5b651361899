"""Other methods, each given the same 30 s of acceleration and asked for one rate.

The libraries expect one channel, so they get the first principal component of the window, as their users would make it,
and their documented defaults. A library that is not installed is left out; one that gives up on a window has no answer.
Two methods for accelerometers without public code are written here from their descriptions.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from sensorcoach.samples import STANDARD_GRAVITY_MS2, FloatArray

RATE_HZ = 25.0
SLOWEST_BRPM, FASTEST_BRPM = 3.5, 45.0
CONSTANT_BRPM = 16.0

Method = Callable[[FloatArray], float]
"""Acceleration (n, 3) in m/s² at 25 Hz -> rate in brpm, nan for no answer."""


def even(t_s: FloatArray, acc: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Samples of start..end at 25 Hz: means of 40 ms, straight lines where nothing was heard."""
    rows = slice(*np.searchsorted(t_s, (start_s, end_s), side="right"))
    count = round((end_s - start_s) * RATE_HZ)
    place = np.minimum(((t_s[rows] - start_s) * RATE_HZ).astype(np.int64), count - 1)
    heard = np.bincount(place, minlength=count)
    known = np.flatnonzero(heard)
    out = np.empty((count, 3))
    for axis in range(3):
        total = np.bincount(place, acc[rows, axis], count)
        out[:, axis] = np.interp(np.arange(count), known, total[known] / heard[known])
    return out


def neurokit2(acc: FloatArray) -> float:
    """NeuroKit2: `rsp_clean` and `rsp_peaks` (khodadad2018), mean interval of the troughs.

    Its own `rsp_rate` interpolates between troughs and is nan when a window holds fewer than four.
    """
    nk: Any = importlib.import_module("neurokit2")
    clean = nk.rsp_clean(_principal(acc), sampling_rate=RATE_HZ)
    troughs = nk.rsp_peaks(clean, sampling_rate=RATE_HZ)[1]["RSP_Troughs"]
    return 60.0 * RATE_HZ / float(np.mean(np.diff(troughs)))


def biosppy(acc: FloatArray) -> float:
    """BioSPPy: mean of the rates of `resp` (band 0.1–0.35 Hz, zero crossings)."""
    resp: Any = importlib.import_module("biosppy.signals.resp")
    rates_hz = resp.resp(_principal(acc), RATE_HZ, show=False)["resp_rate"]
    return 60.0 * float(np.mean(rates_hz)) if len(rates_hz) else float("nan")


def physiokit(acc: FloatArray) -> float:
    """The package `physiokit`: `clean`, then `compute_respiratory_rate` (fft)."""
    rsp: Any = importlib.import_module("physiokit.rsp")
    return float(rsp.compute_respiratory_rate(rsp.clean(_principal(acc), sample_rate=RATE_HZ), sample_rate=RATE_HZ)[0])


def pca_autocorrelation(acc: FloatArray) -> float:
    """Low-pass, first principal component, highest peak of the autocorrelation.

    After Hostrup et al., Physiol. Meas. 46:035005, 2025 (doi 10.1088/1361-6579/adbe23), who use 60 s. The low-pass
    (second order, 1 Hz, both ways) and the range of lags are this file's choice.
    """
    from scipy.signal import butter, sosfiltfilt

    smooth = np.asarray(sosfiltfilt(butter(2, 1.0, fs=RATE_HZ, output="sos"), acc, axis=0))
    x = _principal(smooth)
    n = len(x)
    spectrum = np.fft.rfft(x, 2 * n)
    r = np.fft.irfft(spectrum * spectrum.conj())[:n]
    lags = np.arange(int(60.0 * RATE_HZ / FASTEST_BRPM), min(int(60.0 * RATE_HZ / SLOWEST_BRPM), n - 1))
    peaks = lags[(r[lags] > r[lags - 1]) & (r[lags] >= r[lags + 1]) & (r[lags] > 0.0)]
    return 60.0 * RATE_HZ / float(peaks[r[peaks].argmax()]) if len(peaks) else float("nan")


def rotation_axis(acc: FloatArray) -> float:
    """Turning of gravity about its main axis, breaths counted by two thresholds: the idea behind the RESpeck.

    After Bates et al., BSN 2010, and Drummond et al., Br. J. Anaesth. 2011: gravity turns between neighbouring samples
    about their cross product; the turning about the mean axis, smoothed, follows the flow of air; a breath is one
    crossing of an upper and a lower threshold, which follow the signal's RMS. 12.5 Hz; smoothing over 1 s before and
    after, half the RMS, 2.5 s of silence around a jolt of 0.3 g and the range of 5–45 brpm are this file's choice; the
    mean axis is the principal one, which spares a reference direction.
    """
    rate_hz = RATE_HZ / 2.0
    pairs = acc.reshape(-1, 2, 3).mean(axis=1)
    jolt = np.r_[0.0, np.linalg.norm(np.diff(pairs, axis=0), axis=1)] > 0.3 * STANDARD_GRAVITY_MS2
    silent = np.convolve(jolt, np.ones(int(2 * 2.5 * rate_hz) + 1), "same")[1:] > 0.5
    width = np.ones(int(rate_hz)) / int(rate_hz)
    edge = len(width) // 2
    padded = np.pad(pairs, ((edge, edge), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, k], width, "valid")[: len(pairs)] for k in range(3)], axis=1)
    unit = smooth / np.linalg.norm(smooth, axis=1, keepdims=True)
    turns = np.cross(unit[:-1], unit[1:])
    still = ~silent
    if still.sum() < 5 * rate_hz:
        return float("nan")
    axis = np.linalg.eigh(turns[still].T @ turns[still])[1][:, -1]
    flow = np.convolve(turns @ axis, width, "same")
    threshold = 0.5 * float(np.sqrt(np.mean(flow[still] ** 2)))
    begun, armed = [], False
    for i in np.flatnonzero((np.abs(flow) > threshold) | silent):
        if silent[i]:
            begun.append(-1)
            armed = False
        elif flow[i] < 0.0:
            armed = True
        elif armed:
            begun.append(int(i))
            armed = False
    lengths = [b - a for a, b in zip(begun[:-1], begun[1:], strict=True) if a >= 0 and b >= 0]
    rates = [r for r in (60.0 * rate_hz / n for n in lengths) if 5.0 <= r <= 45.0]
    return 60.0 / float(np.mean([60.0 / r for r in rates])) if rates else float("nan")


def constant(acc: FloatArray) -> float:
    """Always 16: what accuracy means nothing below."""
    return CONSTANT_BRPM


def available() -> tuple[dict[str, Method], list[str]]:
    """Every method that can run, and a sentence about each that cannot."""
    needs: dict[str, tuple[Method, str | None]] = {
        "NeuroKit2": (neurokit2, "neurokit2"),
        "BioSPPy": (biosppy, "biosppy.signals.resp"),
        "physiokit": (physiokit, "physiokit.rsp"),
        "PCA-ACF": (pca_autocorrelation, "scipy.signal"),
        "rotation axis": (rotation_axis, None),
        "always 16": (constant, None),
    }
    found: dict[str, Method] = {}
    missing = []
    for name, (method, module) in needs.items():
        try:
            if module is not None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    importlib.import_module(module)
        except ImportError as reason:
            missing.append(f"{name} is left out: {reason}. It is in the extra `bench`.")
            continue
        found[name] = method
    return found, missing


def ask(method: Method, acc: FloatArray) -> float:
    """The method's answer; nan where it gives none or raises."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            rate_brpm = method(acc)
        except Exception:  # other people's code: whatever it raises, the window has no answer
            return float("nan")
    return rate_brpm if np.isfinite(rate_brpm) else float("nan")


def _principal(acc: FloatArray) -> FloatArray:
    """First principal component, shape (n,)."""
    centred = acc - acc.mean(axis=0)
    return np.asarray(centred @ np.linalg.eigh(centred.T @ centred)[1][:, -1])
