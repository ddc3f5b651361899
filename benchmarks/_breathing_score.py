"""Scores: accuracy and coverage of rates, delay of phases, error against coverage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from _breathing_peers import Method, ask, even
from _breathing_sets import WINDOW_S, BoolArray, Recording

from sensorcoach.analysis import Analysis, analyze
from sensorcoach.engine import SensorChain
from sensorcoach.estimators.tracks import RateTrack
from sensorcoach.events import TRUSTED
from sensorcoach.samples import NS, FloatArray, SampleBlock, StreamInfo

OURS = "sensorcoach"
OURS_TRUSTED = "trusted"
NEAR_BRPM = 2.0
QUALITIES = (0.0, 0.2, 0.35, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
SETTLED_S = 30.0
"""Onsets before are not scored: nothing causal can know the rate at once."""
MATCH_BREATHS = 0.3
"""An event further than this from every true onset is a false one."""
SOON_S = 0.5


@dataclass(frozen=True)
class Answers:
    """What every method said about the windows of one recording.

    Attributes
    ----------
    rates : mapping of method to float array, shape (k,)
        nan: no answer. `sensorcoach` is what is shown, `trusted` the part with a quality of 0.8.
    guess, quality : float arrays, shape (k,)
        Best guess also where nothing is shown (nan while gated), and its quality.
    """

    recording: Recording
    rates: dict[str, FloatArray]
    guess: FloatArray
    quality: FloatArray
    phase: Phase | None


@dataclass(frozen=True)
class Phase:
    """Delays of all true onsets (inf where none was told), s, and how many were told."""

    known_s: FloatArray
    dated_s: FloatArray
    told: int


@dataclass(frozen=True)
class Score:
    """Of the windows answered: mean absolute error, share within 2 brpm; of all windows: the share answered."""

    mae_brpm: float
    within2: float
    coverage: float


def answer(recording: Recording, methods: Mapping[str, Method]) -> Answers:
    """Ask everybody about one recording."""
    r = recording
    found = analyze({"t": r.t_s, "acc": r.acc, "gyr": r.gyr})
    at = np.rint(r.ends_s).astype(np.int64)
    shown, quality = _at(at, found.seconds["t_s"], found.seconds["breath_rate_brpm"], found.seconds["breath_quality"])
    rates = {OURS: shown, OURS_TRUSTED: np.where(quality >= TRUSTED, shown, np.nan)}
    windows = [even(r.t_s, r.acc, end_s - min(WINDOW_S, end_s), end_s) for end_s in r.ends_s]
    for name, method in methods.items():
        rates[name] = np.array([ask(method, window) for window in windows])
    phase = None if r.onsets_s is None or not len(r.onsets_s["inhale"]) else _phase(r, found)
    return Answers(r, rates, np.where(np.isfinite(shown), shown, _guess(r, at)), np.nan_to_num(quality), phase)


def score(answers: Sequence[Answers], method: str, *, where: str | None = None) -> Score:
    """One method over several recordings; only windows that method `where` answered, if that is given."""
    rate, truth = _pooled(answers, method), np.concatenate([a.recording.truth_brpm for a in answers])
    if where is not None:
        inside = np.isfinite(_pooled(answers, where))
        rate, truth = rate[inside], truth[inside]
    return _score(rate, truth)


def shown_share(answers: Sequence[Answers], method: str, walking: bool) -> float:
    """Share of windows with an answer: those that end walking, or all."""
    rate = _pooled(answers, method)
    if walking:
        rate = rate[np.concatenate([a.recording.walking for a in answers])]
    return float(np.isfinite(rate).mean()) if len(rate) else float("nan")


def curve(answers: Sequence[Answers]) -> list[tuple[float, Score]]:
    """Score of this project's best guess by the least quality asked for."""
    guess, quality = (np.concatenate([getattr(a, name) for a in answers]) for name in ("guess", "quality"))
    truth = np.concatenate([a.recording.truth_brpm for a in answers])
    return [(q, _score(np.where(quality >= q, guess, np.nan), truth)) for q in QUALITIES]


def phase_score(answers: Sequence[Answers]) -> dict[str, float] | None:
    """F1 and delays of inhalation and exhalation onsets; a missed onset is not soon."""
    phases = [a.phase for a in answers if a.phase is not None]
    if not phases:
        return None
    known, dated = np.concatenate([p.known_s for p in phases]), np.concatenate([p.dated_s for p in phases])
    hit = np.isfinite(known)
    return {
        "f1": float(2.0 * hit.sum() / (len(known) + sum(p.told for p in phases))),
        "known_median_s": float(np.median(known[hit])) if hit.any() else float("nan"),
        "known_soon": float(np.mean(np.abs(known) <= SOON_S)),
        "dated_median_s": float(np.median(dated[hit])) if hit.any() else float("nan"),
        "dated_soon": float(np.mean(np.abs(dated) <= SOON_S)),
    }


def _score(rate: FloatArray, truth: FloatArray) -> Score:
    judged: BoolArray = np.isfinite(truth)
    error = np.abs(rate - truth)[judged]
    error, count = error[np.isfinite(error)], int(judged.sum())
    if not len(error):
        return Score(float("nan"), float("nan"), 0.0 if count else float("nan"))
    return Score(float(error.mean()), float((error <= NEAR_BRPM).mean()), len(error) / count)


def _pooled(answers: Sequence[Answers], method: str) -> FloatArray:
    return np.concatenate([a.rates[method] for a in answers])


def _at(at: np.ndarray[tuple[int], np.dtype[np.int64]], t_s: FloatArray, *columns: FloatArray) -> list[FloatArray]:
    """Columns of a table of seconds at these seconds; nan where it has no such row."""
    second = np.rint(t_s).astype(np.int64)
    row = np.minimum(np.searchsorted(second, at), max(len(second) - 1, 0))
    return [np.where(second[row] == at, column[row], np.nan) for column in columns]


def _guess(r: Recording, at: np.ndarray[tuple[int], np.dtype[np.int64]]) -> FloatArray:
    """The tracker's best guess, which no table shows."""
    rate_hz = (len(r.t_s) - 1) / (r.t_s[-1] - r.t_s[0])
    chain = SensorChain(
        StreamInfo(sampling_rate_hz=rate_hz, has_gyro=r.gyr is not None), only=frozenset({"breath_rate"})
    )
    track = chain.tracks(SampleBlock("chest", np.rint(r.t_s * NS).astype(np.int64), r.acc, r.gyr))["breath_rate"]
    assert isinstance(track, RateTrack)
    return 60.0 * _at(at, track.t_ns / NS, track.tracked_hz)[0]


def _phase(r: Recording, found: Analysis) -> Phase:
    """Delay of every true onset's nearest event of its kind."""
    assert r.onsets_s is not None
    told: dict[str, list[tuple[float, float]]] = {phase: [] for phase in r.onsets_s}
    for row in found.events[found.events["event"] == "breath_phase"]:
        detail = json.loads(row["detail"])
        if detail["phase"] in told and row["t_s"] > SETTLED_S:
            told[detail["phase"]].append((float(row["t_s"]), float(detail["onset_s"])))
    known, dated = [], []
    breath_s = float(np.median(np.diff(r.onsets_s["inhale"])))
    for phase, onsets_s in r.onsets_s.items():
        events = np.array(told[phase]).reshape(-1, 2)
        for onset_s in onsets_s[(onsets_s > SETTLED_S) & (onsets_s < r.onsets_s["inhale"][-1])]:
            late = events - onset_s
            late = late[np.abs(late[:, 0]) < MATCH_BREATHS * breath_s]
            nearest = late[np.abs(late[:, 0]).argmin()] if len(late) else np.full(2, np.inf)
            known.append(nearest[0])
            dated.append(nearest[1])
    return Phase(np.array(known), np.array(dated), sum(map(len, told.values())))
