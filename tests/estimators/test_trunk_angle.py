"""Trunk angles: signs, neutral poses, gaps, and the same bits for any cut."""

from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensorcoach.errors import UsageError
from sensorcoach.estimators.neutral import Neutral, guess_forward
from sensorcoach.estimators.tracks import AngleTrack, OrientationTrack
from sensorcoach.estimators.trunk_angle import FACE_FORWARD_QUALITY, UNCONFIRMED_QUALITY, TrunkAngle
from sensorcoach.events import TRUSTED, Calibrate, NeutralSet, Notice
from sensorcoach.samples import NS, StreamInfo

RATE_HZ = 50.0
STREAM = StreamInfo("chest", "chest", RATE_HZ, True)
UP, FORWARD = (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)  # a patch worn upside down, its face away from the chest


def leaning(neutral: Neutral, flexion_deg: np.ndarray, lateral_deg: np.ndarray | float = 0.0) -> np.ndarray:
    """True up in the sensor frame for a trunk that leans forward, then left."""
    forward, left, up = (np.array(v) for v in (neutral.forward, neutral.left, neutral.up))
    f = np.radians(flexion_deg)[:, None]
    s = np.radians(np.broadcast_to(lateral_deg, np.shape(flexion_deg)))[:, None]
    return np.cos(s) * (np.cos(f) * up - np.sin(f) * forward) - np.sin(s) * left


def track(up: np.ndarray, sigma_deg: float = 1.0, start_s: float = 0.02, rate_hz: float = RATE_HZ) -> OrientationTrack:
    t_ns = np.rint((start_s + np.arange(len(up)) / rate_hz) * NS).astype(np.int64)
    return OrientationTrack(t_ns, (), up, np.full(len(up), sigma_deg))


def rows(t: OrientationTrack, a: int, b: int | None) -> OrientationTrack:
    return OrientationTrack(t.t_ns[a:b], (), t.up[a:b], t.sigma_deg[a:b])


def without(t: OrientationTrack, a_s: float, b_s: float) -> OrientationTrack:
    keep = (t.t_ns < a_s * NS) | (t.t_ns >= b_s * NS)
    return OrientationTrack(t.t_ns[keep], (), t.up[keep], t.sigma_deg[keep])


@pytest.mark.parametrize(("flexion", "lateral"), [(0, 0), (25, 0), (-40, 0), (0, 30), (0, -30), (35, 12)])
def test_angles_are_forward_and_left_positive_for_any_mounting(flexion: float, lateral: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        neutral = Neutral.from_vectors(rng.normal(size=3), rng.normal(size=3))
        estimator = TrunkAngle(STREAM, (neutral.up, neutral.forward))
        angle = estimator.update(track(leaning(neutral, np.full(300, flexion), lateral)))
        np.testing.assert_allclose(angle.flexion_deg, flexion, atol=1e-9)
        np.testing.assert_allclose(angle.lateral_deg, lateral, atol=1e-9)
        total = np.degrees(np.arccos(np.cos(np.radians(flexion)) * np.cos(np.radians(lateral))))
        np.testing.assert_allclose(angle.inclination_deg, total, atol=1e-9)


def test_leaning_forward_dips_the_face_and_leaning_left_lifts_the_right_side() -> None:
    """Signs told by gravity alone: x forward, y left, z up, sensor fixed to the trunk."""
    neutral = Neutral.from_vectors((0, 0, 1), (1, 0, 0))
    assert neutral.left == pytest.approx((0, 1, 0))
    # Bowing turns the forward axis below the horizon: true up has a backward part in the sensor frame.
    flexion, _, _ = neutral.angles(np.array([[-0.5, 0.0, np.sqrt(0.75)]]))
    assert flexion[0] == pytest.approx(30)
    # Leaning left turns the left axis below the horizon: true up points to the right, -y.
    _, lateral, _ = neutral.angles(np.array([[0.0, -0.5, np.sqrt(0.75)]]))
    assert lateral[0] == pytest.approx(30)


@pytest.mark.parametrize(
    ("up", "forward"),
    [
        ((0, 0, 0), (0, 0, 1)),
        ((0, 0, 1), (0, 0, 0)),
        ((0, 0, 1), (0, 0, -2)),
        ((0, 0, 1), (0.05, 0, 1)),
        ((0, float("nan"), 1), (1, 0, 0)),
        ((0, 0, 1), (float("inf"), 0, 0)),
        ((0, 0), (1, 0, 0)),
        ("up", (1, 0, 0)),
    ],
)
def test_a_calibration_that_is_no_two_directions_is_refused(up: object, forward: object) -> None:
    with pytest.raises(UsageError, match="Calibration"):
        TrunkAngle(STREAM, (up, forward))  # type: ignore[arg-type]


def test_forward_is_made_perpendicular_and_lengths_do_not_matter() -> None:
    a = Neutral.from_vectors((0, -9.81, 0), (0, -3.0, 7.0))
    assert a.up == pytest.approx(UP)
    assert a.forward == pytest.approx(FORWARD)


def test_rows_stand_at_every_fifth_of_a_second_and_use_no_later_sample() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    flexion = np.arange(400) * 0.1  # tells which sample a row was made of
    source = track(leaning(neutral, flexion))
    angle = TrunkAngle(STREAM, (UP, FORWARD)).update(source)
    assert angle.t_ns[0] == NS // 5
    assert set(np.diff(angle.t_ns)) == {NS // 5}
    newest = np.searchsorted(source.t_ns, angle.t_ns, side="right") - 1
    np.testing.assert_allclose(angle.flexion_deg, flexion[newest], atol=1e-9)


def test_quality_falls_with_the_predicted_error_and_is_absent_where_the_angle_is() -> None:
    up = leaning(Neutral.from_vectors(UP, FORWARD), np.zeros(200))
    up[100:150] = np.nan
    for sigma_deg, least, most in ((0.5, 0.95, 1.0), (3.9, TRUSTED, 0.85), (6.0, 0.6, TRUSTED - 0.05)):
        angle = TrunkAngle(STREAM, (UP, FORWARD)).update(track(up, sigma_deg))
        known = np.isfinite(angle.inclination_deg)
        assert 0 < known.sum() < len(angle)
        assert (np.isfinite(angle.quality) == known).all()
        assert (angle.quality[known] >= least).all()
        assert (angle.quality[known] <= most).all()


def test_nothing_is_said_in_a_gap() -> None:
    source = without(track(leaning(Neutral.from_vectors(UP, FORWARD), np.full(1000, 5.0))), 6.0, 9.0)
    angle = TrunkAngle(STREAM, (UP, FORWARD)).update(source)
    t_s = angle.t_ns / NS
    gap = (t_s > 6.2) & (t_s < 9.0)
    assert gap.sum() == 13
    assert np.isnan(angle.flexion_deg[gap]).all()
    assert np.isfinite(angle.flexion_deg[(t_s <= 6.0) | (t_s > 9.0)]).all()
    assert np.isnan(angle.held_flexion_deg[(t_s > 8.2) & (t_s < 9.0)]).all()


def test_a_jump_of_days_is_not_filled() -> None:
    source = track(leaning(Neutral.from_vectors(UP, FORWARD), np.full(500, 5.0)))
    later = OrientationTrack(source.t_ns + 3 * 86_400 * NS, (), source.up, source.sigma_deg)
    estimator = TrunkAngle(STREAM, (UP, FORWARD))
    first, second = estimator.update(source), estimator.update(later)
    assert len(second) == len(first)
    assert np.isfinite(second.flexion_deg).all()


def test_held_flexion_is_the_median_of_four_seconds() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    t_s = np.arange(2000) / RATE_HZ
    flexion = 20.0 * (t_s > 20) + 2.0 * np.sin(2 * np.pi * 0.25 * t_s)  # a slouch under the movement of the breath
    angle = TrunkAngle(STREAM, (UP, FORWARD)).update(track(leaning(neutral, flexion)))
    assert np.isnan(angle.held_flexion_deg[:9]).all()  # half of the window must be known
    held = {int(t / NS): h for t, h in zip(angle.t_ns, angle.held_flexion_deg, strict=True) if t % NS == 0}
    assert abs(held[19]) < 0.5
    assert abs(held[25] - 20) < 0.5
    crossed_s = angle.t_ns[np.flatnonzero(angle.held_flexion_deg > 12)[0]] / NS
    assert crossed_s == pytest.approx(22, abs=0.5)


def test_an_angle_that_is_hardly_known_is_shown_but_not_held() -> None:
    up = leaning(Neutral.from_vectors(UP, FORWARD), np.full(500, 20.0))
    angle = TrunkAngle(STREAM, (UP, FORWARD)).update(track(up, sigma_deg=7.0))
    assert np.allclose(angle.flexion_deg, 20.0)
    assert np.isnan(angle.held_flexion_deg).all()


def test_what_people_see_shows_no_breath_at_rest_and_no_delay_in_motion() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    t_s = np.arange(2000) / RATE_HZ
    flexion = 8.0 + 25.0 * np.clip((t_s - 25) / 2, 0, 1) + 0.9 * np.sin(2 * np.pi * 0.25 * t_s)
    angle = TrunkAngle(STREAM, (UP, FORWARD)).update(track(leaning(neutral, flexion)))
    s = angle.t_ns / NS
    assert np.abs(angle.resting_flexion_deg[(s > 5) & (s < 25)] - 8.0).max() < 0.15
    assert np.abs(angle.flexion_deg[(s > 5) & (s < 25)] - 8.0).max() > 0.8
    moving = (s > 26) & (s < 29)
    assert np.array_equal(angle.resting_flexion_deg[moving], angle.flexion_deg[moving])
    assert np.abs(angle.resting_flexion_deg[s > 33] - 33.0).max() < 0.15
    assert np.abs(angle.resting_inclination_deg[s > 33] - 33.0).max() < 0.15


def test_what_is_held_counts_the_sideways_part_of_a_forward_lean_only() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    for flexion, lateral, held in ((15, 0, 15), (-15, 10, -15), (0, 25, 0), (10, 10, 14.1), (10, -30, 14.1)):
        up = leaning(neutral, np.full(400, float(flexion)), float(lateral))
        angle = TrunkAngle(STREAM, (UP, FORWARD)).update(track(up))
        assert angle.held_flexion_deg[-1] == pytest.approx(held, abs=0.1), (flexion, lateral)


def test_the_first_upright_stillness_is_neutral_when_nothing_was_given() -> None:
    tilted = Neutral.from_vectors((0.2, -0.95, 0.25), FORWARD)
    rng = np.random.default_rng(1)
    restless = leaning(tilted, 15.0 * np.sin(np.arange(500) / 20))
    still = leaning(tilted, 0.3 * rng.normal(size=600))
    slouch = leaning(tilted, np.full(400, 20.0))
    angle = TrunkAngle(STREAM).update(track(np.concatenate([restless, still, slouch])))
    (pose,) = [e for e in angle.events if isinstance(e, NeutralSet)]
    assert pose.source == "first_stillness"
    assert not pose.forward_known
    assert 14.5 < pose.t_ns / NS < 16
    assert np.isnan(angle.flexion_deg[angle.t_ns < pose.t_ns]).all()
    assert np.degrees(np.arccos(np.dot(pose.up, tilted.up))) < 0.5
    assert angle.inclination_deg[-1] == pytest.approx(20, abs=0.5)
    assert np.nanmax(angle.quality) <= UNCONFIRMED_QUALITY < TRUSTED


def test_stillness_on_the_back_is_not_taken_for_upright() -> None:
    lying = np.tile([0.1, -0.2, 0.97], (3000, 1))
    angle = TrunkAngle(STREAM).update(track(lying / np.linalg.norm(lying[0])))
    assert angle.events == ()
    assert np.isnan(angle.inclination_deg).all()


@pytest.mark.parametrize("site", ["chest", "upper-back", "lower-back"])
def test_guessed_forward_is_the_face_of_the_device_away_from_the_body(site: str) -> None:
    sign = 1.0 if site == "chest" else -1.0
    assert guess_forward((0.0, -0.9, 0.43), site) == (0.0, 0.0, sign)  # type: ignore[arg-type]
    assert guess_forward((0.1, 0.2, 0.97), site) == (sign, 0.0, 0.0)  # type: ignore[arg-type]


def test_a_given_calibration_is_announced_with_the_first_row() -> None:
    angle = TrunkAngle(STREAM, (UP, FORWARD)).update(track(leaning(Neutral.from_vectors(UP, FORWARD), np.zeros(50))))
    (pose,) = angle.events
    assert isinstance(pose, NeutralSet)
    assert (pose.source, pose.forward_known, pose.t_ns) == ("given", True, angle.t_ns[0])


def test_calibrate_takes_the_last_stillness_and_keeps_a_known_forward() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    source = track(leaning(neutral, np.full(1000, 10.0)))
    estimator = TrunkAngle(STREAM, (UP, FORWARD))
    before = estimator.update(rows(source, 0, 500))
    command = Calibrate(int(source.t_ns[499]), "chest")
    assert estimator.on_command(command) == ()
    after = estimator.update(rows(source, 500, None))
    assert before.flexion_deg[-1] == pytest.approx(10)
    np.testing.assert_allclose(after.flexion_deg, 0, atol=1e-6)
    (pose,) = after.events
    assert isinstance(pose, NeutralSet)
    assert (pose.source, pose.forward_known) == ("given", True)
    assert after.quality.min() > TRUSTED


def test_calibrate_with_vectors_takes_them_from_its_own_time_on() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    source = track(leaning(neutral, np.full(1000, 10.0)))
    estimator = TrunkAngle(STREAM)
    estimator.on_command(Calibrate(7 * NS, "chest", UP, FORWARD))
    angle = estimator.update(source)
    changed = angle.t_ns > 7 * NS
    np.testing.assert_allclose(angle.flexion_deg[changed], 10, atol=1e-6)
    assert (angle.quality[changed] > TRUSTED).all()
    assert not (angle.quality[~changed] > UNCONFIRMED_QUALITY).any()


@pytest.mark.parametrize("up", [(0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)])
def test_upright_in_another_mounting_forgets_forward(up: tuple[float, float, float]) -> None:
    estimator = TrunkAngle(STREAM, (UP, FORWARD))
    estimator.on_command(Calibrate(0, "chest", up))
    angle = estimator.update(track(np.tile(up, (200, 1))))
    pose = angle.events[-1]
    assert isinstance(pose, NeutralSet)
    assert not pose.forward_known
    np.testing.assert_allclose(angle.inclination_deg, 0, atol=1e-6)
    assert angle.quality.max() <= FACE_FORWARD_QUALITY


def test_calibrate_while_moving_changes_nothing_and_says_why() -> None:
    neutral = Neutral.from_vectors(UP, FORWARD)
    source = track(leaning(neutral, 20.0 * np.sin(np.arange(1000) / 15)))
    estimator = TrunkAngle(STREAM, (UP, FORWARD))
    estimator.update(source)
    (said,) = estimator.on_command(Calibrate(int(source.t_ns[-1]), "chest"))
    assert isinstance(said, Notice)
    assert said.code == "not_still"
    assert said.advice
    more = estimator.update(track(leaning(neutral, np.full(100, 7.0)), start_s=20.02))
    assert more.events == ()
    assert more.flexion_deg[-1] == pytest.approx(7)


def test_calibrate_for_another_sensor_is_ignored() -> None:
    estimator = TrunkAngle(STREAM, (UP, FORWARD))
    assert estimator.on_command(Calibrate(0, "lower-back", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))) == ()
    angle = estimator.update(track(leaning(Neutral.from_vectors(UP, FORWARD), np.full(100, 7.0))))
    assert angle.flexion_deg[-1] == pytest.approx(7)


def a_day(seed: int) -> OrientationTrack:
    """Restless, still, leaning; with unknown rows and a gap."""
    rng = np.random.default_rng(seed)
    neutral = Neutral.from_vectors((0.2, -0.95, 0.25), FORWARD)
    parts = [20 * np.sin(np.arange(300) / 20), np.zeros(400), np.full(300, 20.0), 5 * rng.normal(size=300)]
    up = leaning(neutral, np.concatenate(parts), 2 * rng.normal(size=1300))
    up[700:730] = np.nan
    return without(track(up / np.linalg.norm(up, axis=1, keepdims=True)), 21.3, 23.1)


def run(estimator: TrunkAngle, source: OrientationTrack, edges: list[int]) -> tuple[list[AngleTrack], TrunkAngle]:
    out = []
    for k, (a, b) in enumerate(zip([0, *edges], [*edges, len(source)], strict=True)):
        out.append(estimator.update(rows(source, a, b)))
        if k == len(edges) // 2:
            estimator = pickle.loads(pickle.dumps(estimator))
    return out, estimator


@pytest.mark.parametrize("calibration", [None, (UP, FORWARD)])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(cuts=st.lists(st.integers(0, 1200), max_size=30), command=st.booleans())
def test_any_cut_gives_the_same_bits(calibration: tuple | None, cuts: list[int], command: bool) -> None:
    source = a_day(5)
    estimators = TrunkAngle(STREAM, calibration), TrunkAngle(STREAM, calibration)
    if command:
        for e in estimators:
            e.on_command(Calibrate(11 * NS + 1, "chest", (0.3, -0.9, 0.1), FORWARD))
    whole = estimators[0].update(source)
    parts, _ = run(estimators[1], source, sorted(cuts))
    for field in fields(whole):
        if field.name == "events":
            assert whole.events == tuple(e for p in parts for e in p.events)
        else:
            joined = np.concatenate([getattr(p, field.name) for p in parts])
            assert joined.tobytes() == getattr(whole, field.name).tobytes(), field.name


def test_an_hour_of_silence_needs_no_more_state() -> None:
    source = a_day(2)
    estimator = TrunkAngle(STREAM)
    estimator.update(source)
    before = len(pickle.dumps(estimator))
    later = OrientationTrack(source.t_ns + 3600 * NS, (), source.up, source.sigma_deg)
    assert len(estimator.update(later)) > 5 * 3570
    assert len(pickle.dumps(estimator)) <= before + 64


def test_a_confirmed_pose_with_the_face_ahead_is_trusted() -> None:
    """Upright said by the wearer, forward from the device's face: good enough for an alarm."""
    upright = np.tile([0.0, 1.0, 0.1], (int(20 * RATE_HZ), 1))
    source = track(upright / np.linalg.norm(upright, axis=1, keepdims=True))
    estimator = TrunkAngle(STREAM)
    estimator.on_command(Calibrate(2 * NS, "chest", (0.0, 1.0, 0.1)))
    angle = estimator.update(source)
    later = angle.t_ns > 3 * NS
    assert (angle.quality[later] >= TRUSTED).all()
    assert later.sum() > 50
    assert np.nanmax(angle.quality) <= FACE_FORWARD_QUALITY
