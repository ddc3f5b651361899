import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sensorcoach.errors import InputError
from sensorcoach.recording import from_arrays
from sensorcoach.samples import NS

from .journals import REPEATABLE


def worn(n: int = 600, rate_hz: float = 50.0, *, gyro: bool = False, seed: int = 1) -> dict:
    """A sensor that sways a little."""
    noise = np.random.default_rng(seed).normal(0, 0.05, (n, 3))
    source = {"t": np.arange(n) / rate_hz, "acc": noise + [0.5, 0.3, 9.75]}
    return source | {"gyr": noise[::-1] * 0.1} if gyro else source


def refused(source: dict) -> str:
    with pytest.raises(InputError) as caught:
        from_arrays(source)
    assert caught.value.message.endswith(".")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def swaying(n: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, gravity and angular rate of a sensor that tilts by ±0.4 rad every 4 s."""
    t = np.arange(n) / 50.0
    angle = 0.4 * np.sin(2 * np.pi * t / 4)
    acc = 9.81 * np.column_stack([np.zeros(n), np.sin(angle), np.cos(angle)])
    rate = np.column_stack([np.gradient(angle, t), np.zeros(n), np.zeros(n)])
    return t, acc + np.random.default_rng(0).normal(0, 0.1, (n, 3)), rate


def test_sound_arrays_pass_as_they_are():
    source = worn(gyro=True)
    recording = from_arrays(source)
    assert recording.problems == ()
    assert recording.kept.all()
    assert recording.sampling_rate_hz == pytest.approx(50.0)
    assert np.array_equal(recording.t_ns, np.arange(600) * 20_000_000)
    assert np.array_equal(recording.acc_ms2, source["acc"])
    assert np.array_equal(recording.gyr_rads, source["gyr"])
    assert recording.stream.has_gyro


def test_lists_and_whole_numbers_are_welcome():
    recording = from_arrays(
        {"t": [0, 0.1, 0.2, 0.3], "acc": [[0, 0, 10], [0, 1, 10], [0, 0, 9], [0, 0, 10]], "gyr": None}
    )
    assert recording.t_ns.tolist() == [0, NS // 10, 2 * NS // 10, 3 * NS // 10]
    assert recording.gyr_rads is None


def test_blocks_cover_everything_once():
    recording = from_arrays(worn(gyro=True))
    blocks = list(recording.blocks(block_s=5.0))
    assert [len(b) for b in blocks] == [250, 250, 100]
    assert np.array_equal(np.concatenate([b.t_ns for b in blocks]), recording.t_ns)
    assert np.array_equal(np.concatenate([b.gyr_rads for b in blocks]), recording.gyr_rads)


def test_the_origin_of_time_stays():
    source = worn()
    source["t"] += 1_700_000_000.0
    recording = from_arrays(source)
    assert recording.t_ns[0] == 1_700_000_000 * NS
    source["t"] -= 3_400_000_000.0
    assert from_arrays(source).t_ns[0] == -1_700_000_000 * NS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"acc": None}, "has no acc"),
        ({"t": None, "acc": None}, "has no t and no acc"),
        ({"t": ["a", "b"]}, "t does not hold plain numbers"),
        ({"t": [1j, 2j]}, "t does not hold plain numbers"),
        ({"t": 5.0}, r"t has the shape ()"),
        ({"t": np.zeros((5, 1))}, "t has the shape (5, 1)"),
        ({"acc": np.zeros((600, 2))}, "acc has the shape (600, 2) where (600, 3) is needed"),
        ({"acc": np.zeros((599, 3))}, "acc has the shape (599, 3)"),
        ({"gyr": np.zeros(600)}, "gyr has the shape (600,)"),
        ({"acc": [[1, 2, 3], [1, 2]]}, "acc does not hold plain numbers"),
    ],
)
def test_what_is_no_recording_is_refused(change, message):
    assert message in refused(worn() | change)


def test_unknown_keys_are_mentioned():
    (problem,) = from_arrays(worn() | {"gyro": np.zeros((600, 3))}).problems
    assert str(problem) == "'gyro' is not used; known are t, acc and gyr"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_samples(n):
    source = worn(n)
    assert ("no usable sample" if n == 0 else f"only {n} usable sample") in refused(source)


def test_rows_with_missing_or_impossible_numbers_are_left_out_and_counted():
    source = worn(gyro=True)
    source["t"][10] = np.nan
    source["acc"][20, 1] = np.inf
    source["acc"][30, 0] = 1e30
    source["gyr"][40, 2] = np.nan
    recording = from_arrays(source)
    assert np.flatnonzero(~recording.kept).tolist() == [10, 20, 30, 40]
    assert len(recording.t_ns) == len(recording.acc_ms2) == len(recording.gyr_rads) == 596
    assert [str(p) for p in recording.problems] == ["row 10: left out: 4 rows with missing or impossible numbers"]
    rows = recording.at_rows(recording.acc_ms2)
    assert rows.shape == (600, 3)
    assert np.flatnonzero(np.isnan(rows[:, 0])).tolist() == [10, 20, 30, 40]
    assert np.array_equal(rows[recording.kept], recording.acc_ms2)


def test_hardly_anything_usable():
    source = worn()
    source["acc"][2:] = np.nan
    assert "only 2 usable samples in 600 rows" in refused(source)


def test_time_that_runs_backwards():
    source = worn()
    source["t"][300] = 2.0
    assert "t runs backwards at row 300 (from 5.98 to 2 s)" in refused(source)
    source = worn()
    source["t"] = source["t"][::-1]
    assert "t runs backwards at row 1 " in refused(source)


def test_time_that_starts_anew():
    source = worn()
    source["t"] %= 3.0
    assert "holds 4 recordings one after another: t starts anew at row 150" in refused(source)


def test_repeated_times_are_left_out():
    source = worn()
    source["t"][[100, 101, 400]] = source["t"][[99, 99, 399]]
    recording = from_arrays(source)
    assert np.flatnonzero(~recording.kept).tolist() == [100, 101, 400]
    assert [str(p) for p in recording.problems] == ["row 100: left out: 3 rows with the time of the row before"]
    assert (np.diff(recording.t_ns) > 0).all()


@pytest.mark.parametrize("size", [2, 10, 36])
def test_samples_that_arrived_together_are_spread_into_the_past(size):
    source = worn(36 * 20, 200.0)
    true_s = source["t"]
    arrival = true_s[np.minimum(np.arange(len(true_s)) // size * size + size - 1, len(true_s) - 1)]
    recording = from_arrays(source | {"t": arrival})
    assert recording.kept.all()
    assert recording.sampling_rate_hz == pytest.approx(200.0)
    assert np.abs(recording.t_ns / NS - true_s).max() < 1e-6
    assert (recording.t_ns <= np.rint(arrival * NS)).all()
    assert "spread evenly" in recording.problems[0].what


@given(hnp.arrays(np.int64, st.integers(3, 60), elements=st.integers(0, 3)))
@REPEATABLE
def test_times_are_strictly_increasing_whatever_repeats(steps):
    t = np.cumsum(steps) / 100.0
    source = {"t": t, "acc": np.random.default_rng(0).normal([0, 0, 9.8], 0.1, (len(t), 3))}
    try:
        recording = from_arrays(source)
    except InputError:
        return
    assert (np.diff(recording.t_ns) > 0).all()
    assert recording.kept.sum() == len(recording.t_ns) == len(recording.acc_ms2)
    assert (recording.t_ns <= np.rint(t[recording.kept] * NS)).all()


def test_all_times_the_same():
    assert "all 600 samples have the same time" in refused(worn() | {"t": np.full(600, 3.0)})


@pytest.mark.parametrize(("unit", "factor"), [("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)])
@pytest.mark.parametrize("rate_hz", [10.0, 25.0, 100.0, 400.0])
@pytest.mark.parametrize("origin_s", [0.0, 1.7e9])
def test_times_in_other_units(unit, factor, rate_hz, origin_s):
    source = worn(rate_hz=rate_hz)
    said = refused(source | {"t": np.rint((source["t"] + origin_s) * factor)})
    assert f"times look like {unit}" in said
    assert f"divide it by {factor:,.0f}" in said


@pytest.mark.parametrize("rate_hz", [0.5001, 1.0, 5.0, 7.0])
def test_too_slow(rate_hz):
    assert f"was sampled at {rate_hz:.3g} Hz; at least 8 Hz are needed" in refused(worn(rate_hz=rate_hz))


@pytest.mark.parametrize("rate_hz", [8.5, 10.4, 52.0, 104.17, 200.0, 2000.0, 6664.0])
def test_the_rate_is_found_in_spite_of_jitter_loss_gaps_and_rounding(rate_hz):
    rng = np.random.default_rng(3)
    source = worn(5000, rate_hz)
    t = source["t"] + rng.uniform(-0.1, 0.1, 5000) / rate_hz
    t[2500:] += 100.0
    kept = rng.random(5000) > 0.05
    recording = from_arrays({"t": np.round(t, 5)[kept], "acc": source["acc"][kept]})
    assert recording.sampling_rate_hz == pytest.approx(rate_hz, rel=0.01)


def test_wide_jitter_leaves_only_the_mean():
    steps = np.random.default_rng(0).uniform(0.002, 0.078, 5000)
    recording = from_arrays({"t": np.cumsum(steps), "acc": worn(5000)["acc"]})
    assert recording.sampling_rate_hz == pytest.approx(25.0, rel=0.02)


def test_a_leap_of_days():
    source = worn()
    source["t"][200:] += 3 * 86_400
    assert "t leaps by 3.0 days at row 200" in refused(source)
    source["t"][200:] -= 2.5 * 86_400
    assert from_arrays(source).problems == ()


def test_times_beyond_the_clock():
    source = worn()
    source["t"] = source["t"] * 10 + 1e11
    assert "cannot be" in refused(source)


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (1 / 9.80665, "values look like g; multiply by 9.80665"),
        (1000 / 9.80665, "values look like mg; multiply by 0.00980665"),
        (0.0, "all acceleration values are zero"),
        (0.01, "gravity seems to be removed"),
        (16384 / 9.80665, "gravity alone gives 9.8 m/s²"),
    ],
)
def test_acceleration_that_is_not_in_si_units(factor, message):
    source = worn()
    assert message in refused(source | {"acc": source["acc"] * factor})


def test_an_odd_scale_is_only_reported():
    source = worn()
    recording = from_arrays(source | {"acc": source["acc"] * 0.4})
    assert ["check the unit and scale" in p.what for p in recording.problems] == [True]
    assert from_arrays(source | {"acc": source["acc"] * 0.88}).problems == ()


def test_constant_samples_are_reported():
    source = worn()
    source["acc"][:] = [0.0, 0.0, 9.81]
    recording = from_arrays(source)
    assert len(recording.t_ns) == 600
    assert ["all samples are the same" in p.what for p in recording.problems] == [True]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_gyro_in_degrees_is_recognised_by_physics(axis):
    t, acc, rate = (np.roll(a, axis, axis=1) if a.ndim > 1 else a for a in swaying())
    assert from_arrays({"t": t, "acc": acc, "gyr": rate}).problems == ()
    recording = from_arrays({"t": t, "acc": acc, "gyr": np.rad2deg(rate)})
    assert recording.gyr_rads is None
    assert ["look like °/s" in p.what for p in recording.problems] == [True]


def test_a_gyro_in_degrees_is_recognised_where_hardly_anything_turns():
    """Nothing but the noise of both sensors, and an offset of the gyro."""
    rng = np.random.default_rng(5)
    t = np.arange(3000) / 50
    acc = [0.0, 9.81, 0.0] + rng.normal(0, 0.01, (3000, 3))
    rate = [0.01, -0.02, 0.005] + rng.normal(0, 0.0012, (3000, 3))
    assert from_arrays({"t": t, "acc": acc, "gyr": rate}).problems == ()
    recording = from_arrays({"t": t, "acc": acc, "gyr": np.rad2deg(rate)})
    assert recording.gyr_rads is None
    assert ["look like °/s" in p.what for p in recording.problems] == [True]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_gyro_that_was_converted_twice_is_recognised_by_physics(sign):
    t, acc, rate = swaying()
    assert from_arrays({"t": t, "acc": acc, "gyr": sign * rate}).problems == ()
    recording = from_arrays({"t": t, "acc": acc, "gyr": np.deg2rad(sign * rate)})
    assert recording.gyr_rads is None
    assert ["57 times too small" in p.what for p in recording.problems] == [True]


@pytest.mark.parametrize("factor", [1.0 / 8.0, 8.0])
def test_an_odd_scale_of_the_gyro_is_no_unit(factor):
    t, acc, rate = swaying()
    assert from_arrays({"t": t, "acc": acc, "gyr": factor * rate}).problems == ()


def test_where_too_little_turns_a_quiet_gyro_is_left_alone():
    """A body that leans by two degrees, and one that is shaken without turning."""
    t, acc, rate = swaying()
    still = acc * [1.0, 0.05, 1.0]
    assert from_arrays({"t": t, "acc": still, "gyr": np.deg2rad(0.05 * rate)}).problems == ()
    rng = np.random.default_rng(3)
    shaken = [0.0, 0.0, 9.81] + np.repeat(rng.normal(0, 4.0, (60, 3)), 50, axis=0)
    assert from_arrays({"t": t, "acc": shaken, "gyr": rng.normal(0, 0.01, (3000, 3))}).problems == ()


def test_a_gyro_of_someone_sitting_still_is_left_alone():
    recording = from_arrays(worn(gyro=True))
    assert recording.problems == ()
    assert recording.gyr_rads is not None


@pytest.mark.parametrize(
    ("rows", "value", "what"),
    [
        (slice(None), np.nan, "100 % of its readings are missing"),
        (slice(None, None, 2), np.nan, "50 % of its readings are missing"),
        (slice(None, None, 3), 79.57, "33 % of its readings are beyond 4,000 °/s"),
        (slice(None), 0.0, "never change"),
    ],
)
def test_a_useless_gyro_is_left_out_instead_of_the_rows(rows, value, what):
    source = worn(gyro=True)
    source["gyr"][rows] = value
    recording = from_arrays(source)
    assert recording.kept.all()
    assert recording.gyr_rads is None
    assert not recording.stream.has_gyro
    (problem,) = recording.problems
    assert what in problem.what


def test_the_input_is_not_changed():
    source = worn(gyro=True)
    source["t"][[5, 6]] = [np.nan, source["t"][4]]
    before = {key: value.copy() for key, value in source.items()}
    from_arrays(source)
    for key, value in before.items():
        assert np.array_equal(source[key], value, equal_nan=True)
