"""What really happened: the tables that estimates are compared with, in the wearer's own time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events import ACTIVITIES, PHASES
from ..samples import FloatArray
from .body import Body
from .scenario import POSES, Scenario, transition_s
from .sensor import VirtualSensor

RATE_WINDOW_S: Final = 30.0
"""Trailing window of the breathing rate in the `seconds` table, as in the analysis."""

SLOUCH_DEG: Final = 12.0
DEEPEST_SLOUCH_DEG: Final = 65.0
"""A trunk held this far forward in an everyday pose is a slouch; more is bending."""

_SCAN_S: Final = 0.2
_QUICK_DEG_S: Final = 2.5
"""A change of pose faster than this is a movement; a slow slouch is not."""

SECONDS: Final = np.dtype(
    [
        ("t_s", "f8"),
        ("breath_rate_brpm", "f8"),
        ("breath_phase", "U8"),
        ("flexion_deg", "f8"),
        ("lateral_deg", "f8"),
        ("inclination_deg", "f8"),
        ("activity", "U8"),
        ("slouching", "i1"),
    ]
)
BREATHS: Final = np.dtype(
    [
        (n, "f8")
        for n in (
            "t_inhale_s",
            "t_hold_in_s",
            "t_exhale_s",
            "t_hold_out_s",
            "t_end_s",
            "ti_s",
            "te_s",
            "rate_brpm",
            "depth",
        )
    ]
)
SLOUCHES: Final = np.dtype([(n, "f8") for n in ("t_start_s", "t_end_s", "peak_deg")])
NEUTRALS: Final = np.dtype([(n, "f8") for n in ("t_s", "up_x", "up_y", "up_z", "forward_x", "forward_y", "forward_z")])

Table = NDArray[np.void]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Ground truth of one simulated recording; times in s of the wearer's clock (see `Simulated.sensor_s`).

    Attributes
    ----------
    seconds : structured array, one row per whole second, standing at its end
        `breath_rate_brpm` (mean over the trailing 30 s, nan without breaths), `breath_phase`, angles of the trunk
        `flexion_deg`, `lateral_deg` (left +), `inclination_deg` (nan while the sensor is off), `activity` (that of the
        middle of the second), `slouching` (1 or 0).
    breaths : structured array, one row per breath
        Exact onsets. Without a hold, `t_hold_in_s` equals `t_exhale_s` and `t_hold_out_s` equals `t_end_s`; `ti_s` and
        `te_s` include the holds, as in the analysis. `depth` is 1 for a normal breath.
    slouches : structured array
        Intervals in which the commanded pose is more than `SLOUCH_DEG` forward, without any dwell.
    neutrals : structured array
        Upright pose in sensor axes, at the start and after each slip of the strap.
    up : float array (n, 3) or None
        True unit vector up for each sample received; only when asked for.
    """

    seconds: Table
    breaths: Table
    slouches: Table
    neutrals: Table
    up: FloatArray | None

    @property
    def calibration(self) -> dict[str, tuple[float, float, float]]:
        """Neutral pose at the start, as `sensorcoach.analyze` takes it."""
        first = self.neutrals[0]
        return {
            side: (float(first[f"{side}_x"]), float(first[f"{side}_y"]), float(first[f"{side}_z"]))
            for side in ("up", "forward")
        }

    def to_csv_text(self, table: str, **metadata: object) -> str:
        """One of the tables as CSV, with `# key: value` lines first; numbers to 6 decimals, nan as an empty cell."""
        rows: Table = getattr(self, table)
        names = rows.dtype.names or ()
        lines = [f"# {key}: {value}" for key, value in metadata.items()]
        lines.append(",".join(names))
        lines += [",".join(_cell(value) for value in row.item()) for row in rows]
        return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{round(value, 6):.10g}"
    return str(value)


def build_truth(sensor: VirtualSensor, up: FloatArray | None) -> Truth:
    """All tables of a scenario's single pass."""
    body = sensor.body
    breaths = _breath_table(body)
    slouches = _slouch_table(body)
    return Truth(_second_table(body, breaths, slouches), breaths, slouches, _neutral_table(sensor), up)


def activities(body: Body, t_s: FloatArray) -> NDArray[np.int8]:
    """What the wearer does at these times, as index into `events.ACTIVITIES`. The rarest thing wins."""
    scenario = body.scenario
    pose = _pose_index(scenario, t_s)
    names = [p.pose for p in scenario.posture]
    bend = np.array([n == "bend" for n in names])
    lying = body.lying.at(t_s).x >= 0.5
    quick = np.degrees(body.posture.moving(t_s)) > _QUICK_DEG_S
    started = np.array([p.at_s for p in scenario.posture])[pose]
    took = np.array([transition_s(p) for p in scenario.posture])[pose]
    rising = np.array([POSES[n].standing is not None for n in names])[pose] & (t_s < started + took) & (pose > 0)
    back_up = (pose > 0) & bend[np.maximum(pose - 1, 0)] & (t_s < started + took)
    out = np.full(len(t_s), _code("still"), np.int8)
    for part in scenario.activity:
        if part.kind == "vehicle":
            out[_during(t_s, part.at_s, part.duration_s)] = _code("vehicle")
    out[quick | rising | body.fidgets.active(t_s)] = _code("moving")
    out[lying] = _code("lying")
    out[bend[pose] | back_up] = _code("bending")
    for part in scenario.activity:
        if part.kind in ("walk", "run"):
            out[_during(t_s, part.at_s, part.duration_s)] = _code({"walk": "walking", "run": "running"}[part.kind])
    out[body.worn.at(t_s).x < 1.0] = _code("off")
    return out


def _code(activity: str) -> int:
    return ACTIVITIES.index(activity)


def _during(t_s: FloatArray, start_s: float, length_s: float) -> NDArray[np.bool_]:
    return np.asarray((t_s >= start_s) & (t_s < start_s + length_s))


def _pose_index(scenario: Scenario, t_s: FloatArray) -> NDArray[np.intp]:
    return np.asarray(np.searchsorted([p.at_s for p in scenario.posture], t_s, side="right") - 1)


def _breath_table(body: Body) -> Table:
    b = body.breaths
    out = np.empty(len(b), BREATHS)
    out["t_inhale_s"], out["t_hold_in_s"], out["t_exhale_s"] = b.inhale_s, b.hold_in_s, b.exhale_s
    out["t_hold_out_s"], out["t_end_s"], out["depth"] = b.hold_out_s, b.end_s, b.depth
    out["ti_s"], out["te_s"] = b.exhale_s - b.inhale_s, b.end_s - b.exhale_s
    out["rate_brpm"] = 60.0 / (b.end_s - b.inhale_s)
    return out


def _second_table(body: Body, breaths: Table, slouches: Table) -> Table:
    t = np.arange(1, int(body.scenario.duration_s) + 1, dtype=float)
    out = np.empty(len(t), SECONDS)
    out["t_s"] = t
    out["breath_rate_brpm"] = _mean_rate_brpm(body, t)
    out["breath_phase"] = _phases(body, t)
    worn = np.concatenate([body.worn.at(part).x for part in _parts(t)])
    trunk = np.concatenate([body.at(part).trunk.x for part in _parts(t)], axis=1)
    flexion, lateral = np.where(worn == 1.0, trunk[:2], np.nan)
    out["flexion_deg"], out["lateral_deg"] = np.degrees(flexion), np.degrees(lateral)
    out["inclination_deg"] = np.degrees(np.arccos(np.clip(np.cos(flexion) * np.cos(lateral), -1.0, 1.0)))
    out["activity"] = np.array(ACTIVITIES)[activities(body, t - 0.5)]
    out["slouching"] = np.zeros(len(t), np.int8)
    for row in slouches:
        out["slouching"][(t > row["t_start_s"]) & (t <= row["t_end_s"])] = 1
    return out


def _parts(t: FloatArray) -> list[FloatArray]:
    return np.array_split(t, max(1, len(t) // 4096))


def _mean_rate_brpm(body: Body, t: FloatArray) -> FloatArray:
    """Breaths (with their fractions) within the trailing window, per minute; a pause in breathing counts as none."""
    b = body.breaths
    if not len(b):
        return np.full(len(t), np.nan)
    at = np.stack([b.inhale_s, b.end_s], axis=1).ravel()
    count = np.stack([np.arange(len(b)), np.arange(len(b)) + 1.0], axis=1).ravel()
    begin = np.maximum(t - RATE_WINDOW_S, 0.0)
    rate = 60.0 * (np.interp(t, at, count) - np.interp(begin, at, count)) / (t - begin)
    return np.where(rate > 0.0, rate, np.nan)


def _phases(body: Body, t: FloatArray) -> NDArray[np.str_]:
    b = body.breaths
    edges = np.stack([b.inhale_s, b.hold_in_s, b.exhale_s, b.hold_out_s, b.end_s], axis=1).ravel()
    names = np.array([PHASES[-1], *("inhale", "hold_in", "exhale", "hold_out", PHASES[-1]) * len(b)])
    return np.asarray(names[np.searchsorted(edges, t, side="right")])


def _slouch_table(body: Body) -> Table:
    t = np.arange(0.0, body.scenario.duration_s + _SCAN_S, _SCAN_S)
    flexion = np.degrees(body.posture.at(t).x[0])
    codes = activities(body, t)
    possible = np.isin(codes, [_code("still"), _code("moving"), _code("vehicle")])
    bent = (flexion > SLOUCH_DEG) & (flexion <= DEEPEST_SLOUCH_DEG) & possible
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bent, [False]]).astype(np.int8)))
    rows = []
    for a, z in zip(edges[::2], edges[1::2], strict=True):
        last = min(int(z), len(t) - 1)
        rows.append(
            (
                _crossing(t, flexion, int(a)),
                min(_crossing(t, flexion, last), body.scenario.duration_s),
                flexion[a:z].max(),
            )
        )
    return np.array(rows, SLOUCHES)


def _crossing(t: FloatArray, flexion: FloatArray, i: int) -> float:
    """When the threshold was crossed between scan points i-1 and i; the later point if something else ended it."""
    if i == 0 or (flexion[i - 1] - SLOUCH_DEG) * (flexion[i] - SLOUCH_DEG) > 0 or flexion[i] == flexion[i - 1]:
        return float(t[i])
    share = (SLOUCH_DEG - flexion[i - 1]) / (flexion[i] - flexion[i - 1])
    return float(t[i - 1] + share * (t[i] - t[i - 1]))


def _neutral_table(sensor: VirtualSensor) -> Table:
    times = [0.0] + [e.at_s + e.duration_s for e in sensor.scenario.sensor_event if e.kind == "slip"]
    return np.array([(t, *up, *forward) for t in times for up, forward in [sensor.neutral(t)]], NEUTRALS)
