"""Other people's orientation filters, as one would take them from the shelf: rows in, direction of up per row out.

Every filter gets the same rows: those that arrived. One that needs a constant rate is told the mean rate of the rows.
A filter that is not installed is left out. Nothing is tuned, but everything is started where its documentation says.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from sensorcoach.analysis import analyze
from sensorcoach.samples import STANDARD_GRAVITY_MS2, FloatArray

Filter = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""Times (n,) s, acceleration (n, 3) m/s², angular rate (n, 3) rad/s -> unit vector up (n, 3), nan where not known."""

LOW_PASS_HZ = 0.5


def sensorcoach(t_s: FloatArray, acc: FloatArray, gyr: FloatArray) -> FloatArray:
    """This project, causal, as live shows it."""
    rows = analyze({"t": t_s, "acc": acc, "gyr": gyr}).samples
    return np.column_stack([rows["up_x"], rows["up_y"], rows["up_z"]])


def vqf(t_s: FloatArray, acc: FloatArray, gyr: FloatArray) -> FloatArray:
    """VQF (Laidig and Seel 2023), defaults, without a magnetometer."""
    module: Any = importlib.import_module("vqf")
    out = module.VQF(_period_s(t_s)).updateBatch(np.ascontiguousarray(gyr), np.ascontiguousarray(acc))
    return _up(out["quat6D"])


def imufusion(t_s: FloatArray, acc: FloatArray, gyr: FloatArray) -> FloatArray:
    """Fusion by x-io Technologies, defaults."""
    module: Any = importlib.import_module("imufusion")
    ahrs = module.Ahrs()
    settings = module.AhrsSettings()
    settings.sample_rate = 1.0 / _period_s(t_s)
    ahrs.set_settings(settings)
    acc_g, gyr_dps = acc / STANDARD_GRAVITY_MS2, np.degrees(gyr)
    out = np.empty((len(t_s), 4))
    for i in range(len(t_s)):
        ahrs.update_no_magnetometer(gyr_dps[i], acc_g[i])
        out[i] = ahrs.get_quaternion()
    return _up(out)


def madgwick(t_s: FloatArray, acc: FloatArray, gyr: FloatArray) -> FloatArray:
    """Madgwick of `ahrs`, defaults, from the tilt of the first sample."""
    module: Any = importlib.import_module("ahrs")
    return _up(module.filters.Madgwick(gyr=gyr, acc=acc, Dt=_period_s(t_s)).Q)


def mahony(t_s: FloatArray, acc: FloatArray, gyr: FloatArray) -> FloatArray:
    """Mahony of `ahrs`, defaults, from the tilt of the first sample."""
    module: Any = importlib.import_module("ahrs")
    return _up(module.filters.Mahony(gyr=gyr, acc=acc, Dt=_period_s(t_s)).Q)


def low_pass(t_s: FloatArray, acc: FloatArray, gyr: FloatArray) -> FloatArray:
    """The direction of the acceleration below 0.5 Hz (second-order Butterworth): what many simple products do."""
    from scipy.signal import butter, sosfilt, sosfilt_zi

    sos = butter(2, LOW_PASS_HZ * 2.0 * _period_s(t_s), output="sos")
    start = sosfilt_zi(sos)[:, :, None] * acc[0]
    smooth = np.asarray(sosfilt(sos, acc, axis=0, zi=start)[0])
    return np.asarray(smooth / np.linalg.norm(smooth, axis=1, keepdims=True))


def available() -> dict[str, Filter]:
    """Every filter that is installed, this project's first."""
    needs = {
        "sensorcoach": (sensorcoach, None),
        "vqf": (vqf, "vqf"),
        "imufusion": (imufusion, "imufusion"),
        "madgwick": (madgwick, "ahrs"),
        "mahony": (mahony, "ahrs"),
        "low-pass 0.5 Hz": (low_pass, None),
    }
    found: dict[str, Filter] = {}
    for name, (function, module) in needs.items():
        try:
            if module is not None:
                importlib.import_module(module)
        except ImportError:
            continue
        found[name] = function
    return found


def _period_s(t_s: FloatArray) -> float:
    return float((t_s[-1] - t_s[0]) / (len(t_s) - 1))


def _up(quaternions: FloatArray) -> FloatArray:
    """The earth's vertical in sensor axes: third row of the rotation matrix (quaternions sensor to earth, w first)."""
    w, x, y, z = np.asarray(quaternions).T
    return np.column_stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)])
