"""Activity from invented acceleration with the physics of each: told apart, told in time, and the same for any cut."""

from __future__ import annotations

import csv
import gzip
import itertools
import pickle
from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.dsp.grid import Grid
from sensorcoach.estimators.activity import Activity
from sensorcoach.estimators.neutral import Neutral
from sensorcoach.estimators.tracks import ANGLE_STEP_NS, GRID_STEP_NS, AngleTrack, GridTrack
from sensorcoach.events import ACTIVITIES, ActivityChanged, NeutralSet, Notice
from sensorcoach.samples import NS, STANDARD_GRAVITY_MS2, SampleBlock, StreamInfo

STREAM = StreamInfo("chest", "chest", 50.0, True)
NEUTRAL = Neutral.from_vectors((0.2, -0.95, 0.1), (0.0, 0.1, 1.0))
G = STANDARD_GRAVITY_MS2


def _columns(angle: AngleTrack) -> list[np.ndarray]:
    return [getattr(angle, field.name) for field in fields(angle) if field.name.endswith(("_deg", "quality"))]


class Story:
    """A trunk's flexion, and the acceleration of its motion, at 25 Hz."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.flexion_deg: list[np.ndarray] = []
        self.push_g: list[np.ndarray] = []
        self.length_s = 0

    def add(self, seconds: int, flexion_deg: float = 0.0, noise_g: float = 0.002, still: bool = False) -> np.ndarray:
        """Some seconds in one pose, breathing unless `still`; returns the pushes (n, 3: forward, left, up)."""
        t = np.arange(25 * seconds) / 25 + self.length_s
        breath = 0.0 if still else 0.6 * np.sin(2 * np.pi * 0.25 * t)
        self.flexion_deg.append(flexion_deg + breath + np.zeros(len(t)))
        self.push_g.append(noise_g * self.rng.normal(size=(len(t), 3)))
        self.length_s += seconds
        return self.push_g[-1]

    def walk(self, seconds: int, steps_hz: float = 1.8, up_g: float = 0.2, flexion_deg: float = 3.0) -> None:
        push = self.add(seconds, flexion_deg)
        t = np.arange(len(push)) / 25
        push[:, 2] += np.sqrt(2) * up_g * np.sin(2 * np.pi * steps_hz * t)
        push[:, 1] += up_g * np.sin(np.pi * steps_hz * t)
        push[:, 0] += up_g * np.sin(2 * np.pi * steps_hz * t + 1)

    def tracks(
        self, calibrated: bool = True, missing_s: tuple[float, float] | None = None
    ) -> tuple[GridTrack, AngleTrack]:
        flexion = np.concatenate(self.flexion_deg)
        push = np.concatenate(self.push_g)
        ahead, left, up = (np.array(v) for v in (NEUTRAL.forward, NEUTRAL.left, NEUTRAL.up))
        f = np.radians(flexion)[:, None]
        true_up = np.cos(f) * up - np.sin(f) * ahead
        true_ahead = np.cos(f) * ahead + np.sin(f) * up
        acc = G * (true_up + push[:, :1] * true_ahead + push[:, 1:2] * left + push[:, 2:] * true_up)
        t_ns = np.arange(len(acc), dtype=np.int64) * GRID_STEP_NS
        angle_t = np.arange((len(acc) - 1) // 5 + 1, dtype=np.int64) * ANGLE_STEP_NS
        lean = flexion[::5].copy()
        if missing_s is not None:
            acc[(t_ns > missing_s[0] * NS) & (t_ns < missing_s[1] * NS)] = np.nan
            lean[(angle_t > missing_s[0] * NS) & (angle_t < missing_s[1] * NS)] = np.nan
        nothing = np.full(len(lean), np.nan)
        pose = NeutralSet(0, "chest", NEUTRAL.up, NEUTRAL.forward, "given", True)
        angles = (lean, 0 * lean, np.abs(lean)) if calibrated else (nothing, nothing, nothing)
        angle = AngleTrack(angle_t, (pose,) if calibrated else (), *angles, 0 * lean + 0.95, angles[0], *angles)
        return GridTrack(t_ns, (), acc, None, 0.06), angle

    def activities(self, calibrated: bool = True, missing_s: tuple[float, float] | None = None) -> list[str]:
        track = Activity(STREAM).update(*self.tracks(calibrated, missing_s))
        assert (track.t_ns == np.arange(len(track)) * NS).all()
        return [ACTIVITIES[k] for k in track.activity]


def test_sitting_still_is_still_after_two_seconds() -> None:
    story = Story()
    story.add(30)
    seen = story.activities()
    assert seen[:2] == ["unknown"] * 2
    assert set(seen[2:]) == {"still"}


@pytest.mark.parametrize(("steps_hz", "up_g"), [(1.2, 0.08), (1.8, 0.2), (2.1, 0.3)])
@pytest.mark.parametrize("calibrated", [True, False])
def test_walking_is_named_within_five_seconds_and_ends_within_four(
    steps_hz: float, up_g: float, calibrated: bool
) -> None:
    story = Story()
    story.add(20)
    story.walk(30, steps_hz, up_g)
    story.add(20)
    seen = story.activities(calibrated)
    assert "walking" not in seen[:21]
    assert set(seen[25:51]) == {"walking"}
    assert set(seen[54:]) == {"still"}


def test_running_is_told_from_walking() -> None:
    story = Story()
    story.walk(20, 1.9, 0.28)
    story.walk(20, 2.6, 0.75)
    story.walk(20, 1.9, 0.25)
    seen = story.activities()
    assert set(seen[6:20]) == {"walking"}
    assert set(seen[23:40]) == {"running"}
    assert set(seen[44:]) == {"walking"}


@pytest.mark.parametrize(
    ("lead_deg", "calibrated", "name"),
    [
        (-70, True, "running"),  # bounces: slowest when lowest
        (100, True, "walking"),  # vaults: slowest when highest
        (180, True, "walking"),  # down stairs
        (-70, False, "walking"),  # nobody said where forward is
    ],
)
def test_who_jogs_without_leaving_the_ground_is_seen_bouncing(lead_deg: float, calibrated: bool, name: str) -> None:
    story = Story()
    story.add(10)
    push = story.add(30)
    step = 2 * np.pi * 2.0 * np.arange(len(push)) / 25
    push[:, 2] += 0.38 * np.cos(step)
    push[:, 0] += 0.19 * 0.38 * np.cos(step + np.radians(lead_deg))
    push[:, 1] += 0.15 * np.cos(0.5 * step)
    seen = story.activities(calibrated)
    assert set(seen[18:41]) == {name}


@pytest.mark.parametrize(("lead_deg", "name"), [(95, "walking"), (-85, "moving")])
def test_gentle_steps_are_walking_where_the_trunk_vaults(lead_deg: float, name: str) -> None:
    """It sways more than it rises; only a forward acceleration ahead of the upward one makes it a walk."""
    story = Story()
    story.add(10)
    push = story.add(30)
    step = 2 * np.pi * 1.5 * np.arange(len(push)) / 25
    push[:, 2] += 0.062 * np.cos(step)
    push[:, 0] += 0.08 * np.cos(step + np.radians(lead_deg))
    push[:, 1] += 0.13 * np.cos(0.5 * step)
    assert set(story.activities()[18:41]) == {name}


def test_heavy_steps_without_a_flight_are_walking() -> None:
    """Down stairs every landing is hard, but no moment is weightless."""
    story = Story()
    push = story.add(30)
    t = np.arange(len(push)) / 25
    push[:, 2] += 0.9 * np.maximum(0.0, np.sin(2 * np.pi * 1.9 * t)) ** 2 - 0.22
    push[:, 1] += 0.15 * np.sin(np.pi * 1.9 * t)
    seen = story.activities()
    assert set(seen[6:]) == {"walking"}


def test_no_step_is_seen_in_talking_coughing_heavy_breathing_or_a_knock() -> None:
    story = Story()
    story.add(20, noise_g=0.015)  # talk
    push = story.add(20)
    for second in (2, 3, 7, 12, 13):  # coughs
        push[25 * second : 25 * second + 8] += [0.15, 0.0, 0.1]
    push = story.add(20)  # hyperventilation
    push[:, 0] += 0.06 * np.sin(2 * np.pi * 1.2 * np.arange(len(push)) / 25)
    push[:, 2] += 0.04 * np.sin(2 * np.pi * 1.2 * np.arange(len(push)) / 25)
    push = story.add(20)
    push[100:112] = 3.0 * story.rng.normal(size=(12, 3))  # the sensor is knocked
    assert not {"walking", "running"} & set(story.activities())


def test_restless_work_is_moving() -> None:
    story = Story()
    story.add(10)
    push = story.add(20)
    push += 0.3 * np.repeat(story.rng.normal(size=(50, 3)), 10, axis=0)
    story.add(10)
    seen = story.activities()
    assert seen[12:30].count("moving") >= 16
    assert set(seen[33:]) == {"still"}


@pytest.mark.parametrize("flexion_deg", [-80.0, 90.0])
def test_lying_from_the_start_is_named_within_five_seconds(flexion_deg: float) -> None:
    story = Story()
    story.add(20, flexion_deg)
    assert set(story.activities()[5:]) == {"lying"}


def test_lying_down_needs_a_known_upright() -> None:
    story = Story()
    story.add(20, -80.0)
    assert "lying" not in story.activities(calibrated=False)
    walked = Story()
    walked.walk(40)
    walked.add(30, -80.0)
    assert set(walked.activities(calibrated=False)[54:]) == {"lying"}


def test_getting_up_ends_lying() -> None:
    story = Story()
    story.add(20, -80.0)
    story.add(20, 0.0)
    seen = story.activities()
    assert seen[19] == "lying"
    assert "lying" not in seen[23:]


@pytest.mark.parametrize("flexion_deg", [15.0, 30.0, 45.0, 60.0])
def test_a_trunk_held_forward_is_a_posture_not_a_bend(flexion_deg: float) -> None:
    story = Story()
    story.add(10)
    story.add(30, flexion_deg)
    seen = story.activities()
    assert set(seen[17:]) == {"still"}
    if flexion_deg >= 30:
        assert "bending" in seen[10:13]


def test_a_short_bend_is_bending_and_a_deep_one_stays_so() -> None:
    story = Story()
    story.add(10)
    story.add(3, 70.0)
    story.add(10)
    seen = story.activities()
    assert {"bending"} == set(seen[11:15])
    assert set(seen[17:]) == {"still"}


def test_a_forward_bend_held_for_five_seconds_is_not_lying() -> None:
    story = Story()
    story.add(10)
    story.add(6, 80.0)
    story.add(10)
    assert "lying" not in story.activities()


def test_a_gap_is_unknown_and_starts_afresh() -> None:
    story = Story()
    story.walk(40)
    seen = story.activities(missing_s=(20.0, 25.0))
    assert seen[20] == "walking"
    assert set(seen[21:26]) == {"unknown"}
    assert seen[27] == "moving"
    assert set(seen[31:]) == {"walking"}


def test_a_dropout_of_half_a_second_changes_nothing() -> None:
    story = Story()
    story.walk(40)
    story.add(20)
    assert story.activities(missing_s=(20.0, 20.5)) == story.activities()
    assert story.activities(missing_s=(50.0, 50.5)) == story.activities()


def test_a_bend_whose_movement_no_gyro_saw_is_still_a_bend() -> None:
    story = Story()
    story.add(10)
    story.add(4, 70.0)
    story.add(10)
    grid, angle = story.tracks(missing_s=(9.5, 11.5))
    acc = story.tracks()[0].acc_ms2  # the acceleration is there, only the angles are not
    track = Activity(STREAM).update(GridTrack(grid.t_ns, (), acc, None, 0.06), angle)
    assert {ACTIVITIES[k] for k in track.activity[12:14]} == {"bending"}


def test_a_sensor_that_turned_is_told_once_after_two_minutes_of_walking() -> None:
    story = Story()
    story.walk(90)
    for _ in range(3):
        story.add(20, 12.0)
        story.walk(90, flexion_deg=15.0)  # the strap slipped by 12°: so it walks from now on
    notices = [e for e in Activity(STREAM).update(*story.tracks()).events if isinstance(e, Notice)]
    assert [n.code for n in notices] == ["sensor_moved"]
    assert notices[0].t_ns / NS < 90 + 20 + 90 + 20 + 90
    assert "12°" in notices[0].message
    assert not [e for e in Activity(STREAM).update(*story.tracks(calibrated=False)).events if isinstance(e, Notice)]


def test_walking_as_always_is_no_slip_and_a_calibration_of_another_mounting_is() -> None:
    story = Story()
    for lean_deg in (4.0, 9.0, 2.0, 7.0):
        story.walk(130, flexion_deg=lean_deg)
        story.add(20, 20.0)
    assert not [e for e in Activity(STREAM).update(*story.tracks()).events if isinstance(e, Notice)]
    other = Story()
    other.walk(70, flexion_deg=35.0)
    (notice,) = [e for e in Activity(STREAM).update(*other.tracks()).events if isinstance(e, Notice)]
    assert notice.code == "sensor_moved"


def test_a_sensor_on_a_table_is_off_after_a_minute_and_on_when_picked_up() -> None:
    story = Story()
    story.add(30)
    story.add(100, 60.0, noise_g=0.001, still=True)
    push = story.add(10, 0.0)
    push += 0.1 * story.rng.normal(size=push.shape)
    story.add(10)
    seen = story.activities()
    assert "off" not in seen[:90]
    assert set(seen[95:130]) == {"off"}
    assert "off" not in seen[134:]


def test_quiet_breathing_is_worn() -> None:
    story = Story()
    story.add(400, -80.0, noise_g=0.001)
    story.add(400, 0.0, noise_g=0.001)
    assert "off" not in story.activities()


def test_a_drive_is_named_after_a_minute_and_ends_at_rest() -> None:
    story = Story()
    story.add(20)
    push = story.add(120)
    push[:, 2] += 0.04 * story.rng.normal(size=len(push))
    push[:, :2] += 0.01 * story.rng.normal(size=(len(push), 2))
    story.add(60)
    seen = story.activities()
    assert "vehicle" not in seen[:75]
    assert set(seen[85:140]) == {"vehicle"}
    assert set(seen[180:]) == {"still"}


def test_a_jump_of_days_is_not_filled_and_starts_afresh() -> None:
    story = Story()
    story.add(20)
    grid, angle = story.tracks()
    estimator = Activity(STREAM)
    first = estimator.update(grid, angle)
    jump_ns = 3 * 86_400 * NS
    columns = _columns(angle)
    later = AngleTrack(angle.t_ns + jump_ns, (), *columns)
    second = estimator.update(GridTrack(grid.t_ns + jump_ns, (), grid.acc_ms2, None, 0.06), later)
    assert second.activity.tobytes() == first.activity.tobytes()


@pytest.mark.parametrize("acc_ms2", [0.0, np.nan])
def test_a_sensor_that_sends_nothing_sensible_is_unknown(acc_ms2: float) -> None:
    t_ns = np.arange(500, dtype=np.int64) * GRID_STEP_NS
    nothing = np.empty(0)
    angle = AngleTrack(np.empty(0, np.int64), (), *[nothing] * 8)
    track = Activity(STREAM).update(GridTrack(t_ns, (), np.full((500, 3), acc_ms2), None, 0.06), angle)
    assert {ACTIVITIES[k] for k in track.activity} == {"unknown"}
    assert track.events == ()


def test_every_change_is_told_once() -> None:
    story = Story()
    story.add(20)
    story.walk(20)
    story.add(20)
    track = Activity(STREAM).update(*story.tracks())
    names = [ACTIVITIES[k] for k in track.activity]
    told = dict.fromkeys(range(len(names)))
    for event in track.events:
        assert isinstance(event, ActivityChanged)
        assert told[event.t_ns // NS] is None
        told[event.t_ns // NS] = (event.previous, event.activity)  # type: ignore[assignment]
    before = "unknown"
    for second, name in enumerate(names):
        assert told[second] == ((before, name) if name != before else None)
        before = name


def eventful() -> Story:
    story = Story(7)
    story.add(15)
    story.walk(15)
    story.add(12, 40.0, noise_g=0.01)
    story.walk(12, 2.6, 0.7)
    story.add(12, -85.0)
    story.add(80, 50.0, noise_g=0.001, still=True)
    return story


@settings(max_examples=20, deadline=None, derandomize=True)
@given(cuts=st.lists(st.integers(0, 730), max_size=25), saved=st.integers(0, 24))
def test_any_cut_gives_the_same_bits(cuts: list[int], saved: int) -> None:
    grid, angle = eventful().tracks(missing_s=(60.0, 62.5))
    whole = Activity(STREAM).update(grid, angle)
    assert {"walking", "running", "lying", "off"} <= {ACTIVITIES[k] for k in whole.activity}
    estimator = Activity(STREAM)
    edges = [0, *sorted(cuts), len(angle)]
    parts = []
    for k, (a, b) in enumerate(itertools.pairwise(edges)):
        # Both tracks end with the same sample: two grid rows after the last angle row.
        ga, gb = (max(0, 5 * n - 2) if n < len(angle) else len(grid) for n in (a, b))
        part_grid = GridTrack(grid.t_ns[ga:gb], (), grid.acc_ms2[ga:gb], None, 0.06)
        columns = _columns(angle)
        poses = tuple(e for e in angle.events if a <= e.t_ns // ANGLE_STEP_NS < b)
        parts.append(estimator.update(part_grid, AngleTrack(angle.t_ns[a:b], poses, *(c[a:b] for c in columns))))
        if k == saved:
            estimator = pickle.loads(pickle.dumps(estimator))
    assert np.concatenate([p.activity for p in parts]).tobytes() == whole.activity.tobytes()
    assert tuple(e for p in parts for e in p.events) == whole.events


RESPECK = Path(__file__).resolve().parents[3] / "shared" / "data" / "respeck"


@pytest.mark.skipif(not RESPECK.is_dir(), reason="the recordings of real people are not here")
@pytest.mark.parametrize("person", ["s001", "s009", "s016"])
def test_real_people_are_seen_to_sit_walk_run_and_lie(person: str) -> None:
    with gzip.open(RESPECK / f"{person}.csv.gz", "rt") as file:
        rows = [r for r in csv.DictReader(file) if r["ref_respiration"] == "breathingNormal"]
    segments = {k: list(v) for k, v in itertools.groupby(rows, key=lambda r: r["ref_posture"])}
    columns = {k: np.array([[float(r[c]) for c in ("t", "ax", "ay", "az")] for r in v]) for k, v in segments.items()}
    up = columns["standing"][:, 1:].mean(axis=0)
    neutral = Neutral.from_vectors(up, (0.0, 0.0, 1.0))
    expected = {"sitting": "still", "standing": "still", "normalWalking": "walking", "running": "running"}
    expected |= {f"lying{side}": "lying" for side in ("Back", "Left", "Right", "Stomach")}
    for posture, activity in expected.items():
        table = columns[posture]
        t_ns = np.rint(table[:, 0] * NS).astype(np.int64)
        grid_t, acc = Grid(25.0).update(SampleBlock("chest", t_ns, np.ascontiguousarray(table[:, 1:])))
        angle_t = np.arange(grid_t[0] // ANGLE_STEP_NS + 1, grid_t[-1] // ANGLE_STEP_NS + 1) * ANGLE_STEP_NS
        unknown = np.full(len(angle_t), np.nan)
        pose = NeutralSet(int(angle_t[0]), "chest", neutral.up, neutral.forward, "given", True)
        angle = AngleTrack(angle_t, (pose,), *[unknown] * 8)
        seen = Activity(STREAM).update(GridTrack(grid_t, (), acc, None, 0.06), angle)
        names = [ACTIVITIES[k] for k in seen.activity[seen.t_ns > 5 * NS]]
        assert names.count(activity) >= 0.95 * len(names), (posture, Counter(names))
