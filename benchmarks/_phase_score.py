"""Scores of turns, holds, single breaths and the sign, against breaths that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sensorcoach.events import PHASES

EARLY, LATE = 0.25, 0.30
"""A turn belongs to a true one when it is known within this share of the breath around it."""
SOON_S = 0.5
LEAST_HOLD_S = 0.8
HELD = 0.33
"""A hold is recognised when this share of it is called one; what is called a hold must be this much of one."""
SIGH_TRUE, SIGH_TOLD = 1.8, 1.7
"""Relative depth of a sigh, as it was and as told."""
OPPOSITE = {"inhale": "exhale", "exhale": "inhale", "hold_in": "hold_out", "hold_out": "hold_in"}
TURNS = {"inhale": "t_inhale_s", "exhale": "t_exhale_s"}
HEAD = (
    "    F1 anysign | known: median  p90 <.5s | dated: in    ex   <.5s 1sig | Ti    Te    |  hold F1 false sigh F1"
    " |  right from first | peers"
)


@dataclass(frozen=True)
class Told:
    """What a method said: turns with the times they were known and dated at, whole breaths, and the phase by row."""

    phase: np.ndarray
    known_s: np.ndarray
    dated_s: np.ndarray
    sigma_s: np.ndarray
    breaths: np.ndarray
    t_s: np.ndarray
    state: np.ndarray


def flipped(told: Told) -> Told:
    """The same with in and out exchanged."""
    return replace(told, phase=np.array([OPPOSITE[p] for p in told.phase.tolist()], dtype="U8"))


def best_sign(told: Told, breaths: np.ndarray, first_s: float) -> Told:
    """Whichever sign fits better."""
    return max((told, flipped(told)), key=lambda one: len(matched(one, breaths, first_s)[0]))


def matched(told: Told, breaths: np.ndarray, first_s: float) -> tuple[list[tuple[str, float, int]], int, int]:
    """(phase, true time, index into `told`) of every turn that was found; how many there were; how many were told."""
    last_s = breaths["t_end_s"][-1] - 1.0
    period_s = breaths["t_end_s"] - breaths["t_inhale_s"]
    pairs: list[tuple[str, float, int]] = []
    true = said = 0
    for phase, column in TURNS.items():
        mine = np.flatnonzero(told.phase == phase)
        at = told.known_s[mine]
        said += int(np.sum((at > first_s) & (at < last_s)))
        free = np.ones(len(mine), bool)
        for t_s, long_s in zip(breaths[column], period_s, strict=True):
            if not first_s < t_s < last_s:
                continue
            true += 1
            late = at - t_s
            near = free & (late > -EARLY * long_s) & (late < LATE * long_s)
            if near.any():
                i = int(np.where(near, np.abs(late), np.inf).argmin())
                free[i] = False
                pairs.append((phase, float(t_s), int(mine[i])))
    return pairs, true, max(said, len(pairs))


def scores(pairs: Sequence[tuple[Told, np.ndarray]], first_s: float, end_s: float) -> dict[str, float]:
    """All scores, pooled over wearers."""
    hits, true, said, hits_any, said_any = 0, 0, 0, 0, 0
    known, dated, sigma, way, ti, te = [], [], [], [], [], []
    right, first = [], []
    holds, sighs = np.zeros(3), np.zeros(3)  # found, true, told
    for told, breaths in pairs:
        found, n_true, n_said = matched(told, breaths, first_s)
        hits, true, said = hits + len(found), true + n_true, said + n_said
        other = matched(flipped(told), breaths, first_s)[0]
        hits_any, said_any = hits_any + max(len(found), len(other)), said_any + n_said
        for phase, t_s, i in found:
            known.append(told.known_s[i] - t_s)
            dated.append(told.dated_s[i] - t_s)
            sigma.append(told.sigma_s[i])
            way.append(phase == "inhale")
        for b in told.breaths:
            late = np.abs(breaths["t_inhale_s"] - b["t_s"])
            i = int(late.argmin())
            if b["t_s"] > first_s and late[i] < EARLY * (breaths["t_end_s"][i] - breaths["t_inhale_s"][i]):
                ti.append(b["ti_s"] - (breaths["t_exhale_s"][i] - breaths["t_inhale_s"][i]))
                te.append(b["te_s"] - (breaths["t_end_s"][i] - breaths["t_exhale_s"][i]))
        right.append(right_from(told, breaths, end_s))
        first.append(float(told.known_s[0]) if len(told.known_s) else end_s)
        holds += hold_counts(told, breaths, first_s)
        sighs += sigh_counts(told, breaths, first_s)
    k, d, w, s = np.array(known), np.array(dated), np.array(way, bool), np.array(sigma)
    return {
        "f1": 2 * hits / max(1, true + said),
        "f1_any_sign": 2 * hits_any / max(1, true + said_any),
        "known_median_s": middle(k),
        "known_p90_s": float(np.percentile(np.abs(k), 90)) if len(k) else np.nan,
        "known_soon": float(np.sum(np.abs(k) < SOON_S)) / max(1, true),
        "dated_in_s": middle(d[w]),
        "dated_ex_s": middle(d[~w]),
        "dated_soon": float(np.sum(np.abs(d) < SOON_S)) / max(1, true),
        "within_sigma": float(np.mean(np.abs(d) < s)) if len(d) else np.nan,
        "ti_s": middle(np.array(ti)),
        "te_s": middle(np.array(te)),
        "hold_f1": f1(holds),
        "false_holds": float(holds[2] - holds[0]) / max(1, true / 2),
        "sigh_f1": f1(sighs),
        "right_from_s": float(np.mean(right)),
        "first_turn_s": float(np.mean(first)),
    }


def line(s: dict[str, float]) -> str:
    """One row of the table."""
    return (
        f"  {s['f1']:.2f}  {s['f1_any_sign']:.2f}   |   {s['known_median_s']:+.2f}      {s['known_p90_s']:.2f} "
        f"{s['known_soon']:.2f} | {s['dated_in_s']:+.2f} {s['dated_ex_s']:+.2f} {s['dated_soon']:.2f} "
        f"{s['within_sigma']:.2f} | {s['ti_s']:+.2f} {s['te_s']:+.2f} |  {s['hold_f1']:.2f}  {s['false_holds']:.2f}  "
        f"{s['sigh_f1']:.2f}  | {s['right_from_s']:5.0f} {s['first_turn_s']:5.0f} |"
    )


def right_from(told: Told, breaths: np.ndarray, end_s: float) -> float:
    """From when on the sign is right to the end, s: after the last turn that stands nearer to one of the other kind."""
    wrong_s, last_s = 0.0, float(breaths["t_end_s"][-1]) - 2.0
    for phase, t_s in zip(told.phase.tolist(), told.known_s.tolist(), strict=True):
        if phase in TURNS and t_s < last_s:
            mine, other = (np.abs(breaths[TURNS[p]] - t_s).min() for p in (phase, OPPOSITE[phase]))
            if other < mine:
                wrong_s = t_s
    return wrong_s if len(told.phase) else end_s


def hold_counts(told: Told, breaths: np.ndarray, first_s: float) -> np.ndarray:
    """Holds found, that were, and that were told: those found and the false ones."""
    found = true = false = 0
    for phase, (a, b) in {"hold_in": ("t_hold_in_s", "t_exhale_s"), "hold_out": ("t_hold_out_s", "t_end_s")}.items():
        called = (told.state == PHASES.index(phase)) & (told.t_s > first_s)
        held = np.zeros(len(told.t_s), bool)
        for begin, end in zip(breaths[a], breaths[b], strict=True):
            if end - begin > LEAST_HOLD_S and begin > first_s:
                inside = (told.t_s >= begin) & (told.t_s < end)
                held |= inside
                true += 1
                found += bool(inside.any() and called[inside].mean() > HELD)
        edges = np.flatnonzero(np.diff(np.r_[False, called, False]))
        false += sum(bool(held[begin:end].mean() < HELD) for begin, end in zip(edges[::2], edges[1::2], strict=True))
    return np.array([found, true, found + false], float)


def sigh_counts(told: Told, breaths: np.ndarray, first_s: float) -> np.ndarray:
    """Sighs found, that were, and that were told."""
    usual = np.median(breaths["depth"])
    true_s = breaths["t_inhale_s"][(breaths["depth"] > SIGH_TRUE * usual) & (breaths["t_inhale_s"] > first_s)]
    said_s = told.breaths["t_s"][(told.breaths["depth"] > SIGH_TOLD) & (told.breaths["t_s"] > first_s)]
    found = sum(bool(np.any(np.abs(said_s - t_s) < 2.0)) for t_s in true_s)
    return np.array([found, len(true_s), len(said_s)], float)


def f1(counts: np.ndarray) -> float:
    """Of found, true and told; nan where there was nothing to find."""
    found, true, said = counts.tolist()
    return 2 * found / (true + said) if true else float("nan")


def middle(x: np.ndarray) -> float:
    """Median, nan of nothing."""
    return float(np.median(x)) if len(x) else float("nan")
