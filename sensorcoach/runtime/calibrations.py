"""Calibrations that outlive the program: one small file per wearer, device and mounting, readable by its owner alone.

A stored pose is never believed blindly. At every start it goes into the engine as `stored`, so that posture stays
unsure until the wearer's first upright rest agrees with it; and once the engine has said that the sensor moved or sits
the other way round, the file says so too and the pose is not used again.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import blake2s
from pathlib import Path
from typing import Any, Final

from ..coach.pose_watch import VOIDS
from ..coach.slouch import SlouchSettings
from ..errors import InputError, SensorcoachError
from ..estimators.neutral import Neutral, dot, unit
from ..events import Calibrate, CalibrationDone, Command, Event, Notice, SetSlouch
from ..settings.write import write_private

FORMAT: Final = "sensorcoach-calibration"
VERSION: Final = 1

_AGAIN: Final = "Calibrate again: sensorcoach calibrate."
_TOLERANCE: Final = 1e-3
"""How far from unit length and from a right angle stored vectors may be: they are written with six decimals."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whose calibration it is: who wears which sensor, and how.

    Attributes
    ----------
    wearer : str
    device : str
        Address of the sensor, or its name where the system hides addresses.
    mounting : str
        Where and how it is worn; by default the site (`chest`).
    """

    wearer: str
    device: str
    mounting: str


@dataclass(frozen=True, slots=True)
class StoredCalibration:
    """A pose and what came with it.

    Attributes
    ----------
    up, forward : tuple of three floats
        Unit vectors in the sensor frame, standing tall.
    threshold_deg : float or None
        Personal slouch threshold, where one was found.
    made_wall_s : int
        When, Unix time.
    void : str
        Empty, or the code of the notice after which it no longer holds (`sensor_moved`, `sensor_turned_over`).
    """

    fitting: Fitting
    up: tuple[float, float, float]
    forward: tuple[float, float, float]
    threshold_deg: float | None
    made_wall_s: int
    void: str = ""

    def commands(self, sensor: str, slouch: SlouchSettings) -> tuple[Command, ...]:
        """What to tell the engine before the first sample.

        Parameters
        ----------
        sensor : str
        slouch : SlouchSettings
            The preset in use: its dwell stays, its threshold gives way to the personal one.
        """
        pose = Calibrate(0, sensor, self.up, self.forward, "stored")
        if self.threshold_deg is None:
            return (pose,)
        return pose, SetSlouch(0, sensor, self.threshold_deg, slouch.dwell_s)


def adopt(done: CalibrationDone, slouch: SlouchSettings) -> tuple[Command, ...]:
    """What to tell the engine so that a calibration just made holds from here on."""
    pose = Calibrate(done.t_ns, done.sensor, done.up, done.forward)
    if math.isnan(done.threshold_deg):
        return (pose,)
    return pose, SetSlouch(done.t_ns, done.sensor, done.threshold_deg, slouch.dwell_s)


def voided_by(events: Iterable[Event]) -> dict[str, str]:
    """Sensors whose calibration these events make void, with the code of the notice."""
    return {e.sensor: e.code for e in events if isinstance(e, Notice) and e.code in VOIDS}


def read_calibration(path: Path) -> StoredCalibration:
    """The calibration in a file, whoever it is of.

    Raises
    ------
    InputError
        The file is not there, cannot be read, or does not hold what it should.
    """
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise InputError(
            f"There is no calibration {path}.", "`sensorcoach calibrate` says where it keeps one."
        ) from None
    except OSError as error:
        raise InputError(f"The calibration {path} cannot be read ({error.strerror}).", _AGAIN) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise InputError(f"The calibration {path} is damaged: it is no calibration.", _AGAIN) from None
    except RecursionError:
        raise InputError(f"The calibration {path} is damaged: nested too deeply.", _AGAIN) from None
    except (ValueError, SensorcoachError) as error:
        raise InputError(f"The calibration {path} is damaged: {error}.", _AGAIN) from None


class CalibrationStore:
    """The folder of calibrations.

    Parameters
    ----------
    folder : Path
        Made when the first one is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, fitting: Fitting) -> Path:
        """Where this one is kept: readable words, and a digest that tells apart what the words do not."""
        words = (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:24] for part in asdict(fitting).values())
        digest = blake2s("\0".join(asdict(fitting).values()).encode(), digest_size=4).hexdigest()
        return self._folder / f"{'_'.join(w or 'x' for w in words)}_{digest}.json"

    def load(self, fitting: Fitting) -> StoredCalibration | None:
        """The calibration of this fitting; None when there is none.

        Raises
        ------
        InputError
            The file is there but cannot be read, or does not hold what it should.
        """
        path = self.path(fitting)
        if not path.exists():
            return None
        found = read_calibration(path)
        if found.fitting != fitting:
            raise InputError(f"The calibration {path} belongs to another wearer, sensor or mounting.", _AGAIN)
        return found

    def save(self, calibration: StoredCalibration) -> Path:
        """Keep it, in place of an older one of the same fitting; whole or not at all.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        path = self.path(calibration.fitting)
        write_private(path, json.dumps(_plain(calibration), indent=1) + "\n")
        return path

    def make_void(self, fitting: Fitting, code: str) -> None:
        """The sensor has moved: the pose must not be used at the next start."""
        found = self.load(fitting)
        if found is not None and not found.void:
            self.save(replace(found, void=code))


def _plain(calibration: StoredCalibration) -> dict[str, Any]:
    out: dict[str, Any] = {"format": FORMAT, "version": VERSION, **asdict(calibration.fitting)}
    for key in ("up", "forward"):
        out[key] = [round(v, 6) for v in getattr(calibration, key)]
    out["threshold_deg"] = None if calibration.threshold_deg is None else round(calibration.threshold_deg, 2)
    return out | {"made_wall_s": calibration.made_wall_s, "void": calibration.void}


def _read(table: Any) -> StoredCalibration:
    """A calibration from JSON; ValueError in words for everything that is not as `_plain` wrote it."""
    if not isinstance(table, Mapping) or table.get("format") != FORMAT:
        raise ValueError("it is no calibration")
    if table.get("version") != VERSION:
        raise ValueError(f"version {table.get('version')!r} is not known here")
    known = {
        "format",
        "version",
        "wearer",
        "device",
        "mounting",
        "up",
        "forward",
        "threshold_deg",
        "made_wall_s",
        "void",
    }
    if table.keys() != known:
        odd = sorted(known ^ table.keys())
        raise ValueError(f"{', '.join(map(repr, odd))} should {'' if odd[0] in known else 'not '}be there")
    for key in ("wearer", "device", "mounting", "void"):
        if not isinstance(table[key], str):
            raise ValueError(f"{key!r} is no text")
    if table["void"] not in ("", *VOIDS):
        raise ValueError(f"'void' cannot be {table['void']!r}")
    if type(table["made_wall_s"]) is not int or table["made_wall_s"] < 0:
        raise ValueError("'made_wall_s' is no Unix time")
    threshold_deg = table["threshold_deg"]
    if threshold_deg is not None:
        if type(threshold_deg) not in (int, float):
            raise ValueError("'threshold_deg' is no number")
        SlouchSettings(threshold_deg=float(threshold_deg))
    up, forward = (_vector(table[key], key) for key in ("up", "forward"))
    if abs(dot(up, forward)) > _TOLERANCE:
        raise ValueError("'up' and 'forward' are not at a right angle")
    straight = Neutral.from_vectors(up, forward)
    fitting = Fitting(table["wearer"], table["device"], table["mounting"])
    return StoredCalibration(
        fitting,
        straight.up,
        straight.forward,
        None if threshold_deg is None else float(threshold_deg),
        table["made_wall_s"],
        table["void"],
    )


def _vector(value: Any, key: str) -> tuple[float, float, float]:
    if not isinstance(value, list) or len(value) != 3 or any(type(v) not in (int, float) for v in value):
        raise ValueError(f"{key!r} is no list of three numbers")
    if not abs(math.hypot(*value) - 1.0) <= _TOLERANCE:
        raise ValueError(f"{key!r} has not length one")
    return unit(value, key)


class PoseKeeper:
    """The stored pose of one sensor of a live run: what to say of it at the start, and what becomes of it.

    Parameters
    ----------
    store : CalibrationStore
    fitting : Fitting
    sensor : str
        Name of the sensor in the stream.
    """

    def __init__(self, store: CalibrationStore, fitting: Fitting, sensor: str) -> None:
        self._store = store
        self._fitting = fitting
        self._sensor = sensor
        self.problem = ""
        """Why the stored pose is not used, in a sentence; empty where it is, or where there is none."""

    def first(self, slouch: SlouchSettings) -> tuple[Command, ...]:
        """Commands for before the first sample; none where there is no pose that could be used."""
        try:
            found = self._store.load(self._fitting)
        except InputError as error:
            self.problem = str(error)
            return ()
        if found is None:
            return ()
        if found.void:
            self.problem = f"The stored upright pose is not used: {VOID_WORDS[found.void]}. {_AGAIN}"
            return ()
        return found.commands(self._sensor, slouch)

    def heard(self, events: Iterable[Event]) -> None:
        """Mark the stored pose void when the engine says so; where that cannot be written, it is said again later."""
        code = voided_by(events).get(self._sensor)
        if code is not None:
            with contextlib.suppress(SensorcoachError):
                self._store.make_void(self._fitting, code)


VOID_WORDS: Final = {
    "sensor_moved": "the sensor moved on the body since",
    "sensor_turned_over": "the sensor was put on the other way round",
}
