"""The numbers of a page: each with what it is a share of, and what it means. Nothing else on the page has numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ..coach.wording import shows_depth, span_words
from ..events import TRUSTED
from ..history.derive import LASTING_S
from .gather import Recording
from .scales import elapsed_words
from .single_breaths import HABIT, SPREAD_AT_LEAST, hold_words, sigh_words, spread, trusted

JUDGED_AT_LEAST_S: Final = 30
"""For a recording; a day asks for more (`history.days.JUDGED_AT_LEAST_S`)."""
BREATH_AT_LEAST_S: Final = 20
LASTING_WORDS: Final = span_words(LASTING_S)
"""From here on a slouch counts."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number in words.

    Attributes
    ----------
    key : str
    name : str
    value : str
        With its unit; empty where it is not known.
    basis : str
        What it rests on, or why it is not known.
    meaning : str
        Its definition in plain words.
    """

    key: str
    name: str
    value: str
    basis: str
    meaning: str


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def degrees(angle_deg: float) -> str:
    """An angle as people read it; never a minus before a zero."""
    return f"{round(angle_deg)}°"


def sessions_done(number: int, active_s: float) -> Measure:
    """Coached sessions."""
    meaning = "Coached sessions of which at least half was done."
    return Measure("sessions", "Sessions", str(number), f"{span_words(active_s)} active", meaning)


def breathing_rate(counts: Mapping[str, int], least_s: int, why_not: str) -> Measure:
    """Mean of the trusted rates."""
    known_s = counts["breath_s"]
    value, basis = "", why_not
    if known_s >= least_s:
        value = f"{counts['breath_mbrpm'] / known_s / 1000:.1f}"
        basis = f"a minute, over the {span_words(known_s)} it was sure"
    meaning = "Mean breaths a minute over all seconds in which the rate was sure (quality 0.8 or better)."
    return Measure("rate", "Breathing", value, basis, meaning)


def breath_lengths(counts: Mapping[str, int]) -> list[Measure]:
    """Mean lengths of breathing in and out."""
    n = counts["breaths"]
    if n < SPREAD_AT_LEAST:
        return []
    inhale, exhale = counts["inhale_ms"] / n / 1000, counts["exhale_ms"] / n / 1000
    basis = f"mean of {n} whole breaths"
    return [
        Measure("inhale", "Breathing in", f"{inhale:.1f} s", basis, "From the start of an inhalation to its end."),
        Measure("exhale", "Breathing out", f"{exhale:.1f} s", basis, "From there to the next inhalation."),
        Measure(
            "ie",
            "In to out",
            f"1 : {exhale / inhale:.1f}",
            basis,
            "The two above as a ratio (I:E). A sensor on the back sometimes takes one for the other.",
        ),
    ]


def upright(counts: Mapping[str, int], least_s: int, why_not: str) -> Measure:
    """Upright share of the judged time."""
    judged_s = counts["upright_s"] + counts["slouched_s"]
    value, basis = "", why_not
    if judged_s >= least_s:
        value, basis = percent(counts["upright_s"] / judged_s), f"of the {span_words(judged_s)} that could be judged"
    elif judged_s:
        basis = f"only {span_words(judged_s)} could be judged"
    meaning = (
        "Time not slouched, as a share of the time at rest with a confirmed upright pose. Time on the move, lying, not"
        " worn or not known counts neither way."
    )
    return Measure("upright", "Upright", value, basis, meaning)


def slouches(
    counts: Mapping[str, int],
    least_s: int,
    *,
    threshold_deg: float,
    longest_s: float,
    why_not: str,
    shorter: int = 0,
) -> Measure:
    """How many, and the longest; `shorter` ones are named where there is none that counts."""
    judged_s = counts["upright_s"] + counts["slouched_s"]
    number = counts["slouches"]
    value, basis = "", why_not
    if number or judged_s >= least_s:
        value = str(number)
        basis = f"the longest {span_words(longest_s)}" if number else f"in {span_words(judged_s)} judged"
        if shorter and not number:
            basis += f", and {shorter} shorter than {LASTING_WORDS}"
    meaning = (
        f"Spells of leaning forward more than {threshold_deg:g}° from upright, at rest, that lasted {LASTING_WORDS} or"
        " longer. One continuous spell counts once, however much fidgeting is in it; shorter ones do not count."
    )
    return Measure("slouches", "Slouches", value, basis, meaning)


def worn(counts: Mapping[str, int]) -> Measure:
    """Wear time."""
    meaning = "Time in which data came and the sensor was not lying around."
    return Measure("worn", "Worn", span_words(counts["worn_s"]), "with data of a worn sensor", meaning)


def lean(counts: Mapping[str, int]) -> list[Measure]:
    """Mean lean while it can be trusted."""
    if counts["angle_s"] < JUDGED_AT_LEAST_S:
        return []
    mean_deg = counts["angle_mdeg"] / counts["angle_s"] / 1000
    where = "forward" if mean_deg >= 0 else "back"
    meaning = "Mean angle of the segment that carries the sensor against your own upright pose. No angle of the spine."
    basis = f"over {span_words(counts['angle_s'])} seated or standing"
    return [Measure("lean", "Mean lean", f"{degrees(abs(mean_deg))} {where}", basis, meaning)]


def on_foot(counts: Mapping[str, int]) -> list[Measure]:
    """Walking and running."""
    seconds = counts["walking_s"] + counts["running_s"]
    if not seconds:
        return []
    meaning = "Steps were seen. Breathing and posture are not read meanwhile."
    return [Measure("walked", "On foot", span_words(seconds), "walking or running", meaning)]


def paced(counts: Mapping[str, int]) -> list[Measure]:
    """Time with a pacer."""
    if not counts["paced_s"]:
        return []
    return [
        Measure(
            "paced", "Paced breathing", span_words(counts["paced_s"]), "with the pacer running", "Time of practice."
        )
    ]


def recording_measures(recording: Recording, counts: Mapping[str, int], why_posture: str) -> list[Measure]:
    """All numbers of a recording, those for the tiles first."""
    longest_s = max((s.end_s - s.start_s for s in recording.slouches if s.counts), default=0.0)
    return [
        breathing_rate(counts, BREATH_AT_LEAST_S, _why_no_breath(counts)),
        upright(counts, JUDGED_AT_LEAST_S, why_posture),
        slouches(
            counts,
            JUDGED_AT_LEAST_S,
            threshold_deg=recording.slouch.threshold_deg,
            longest_s=longest_s,
            why_not=why_posture,
            shorter=sum(s.trusted and not s.counts for s in recording.slouches),
        ),
        worn(counts),
        *_spread(recording),
        *breath_lengths(counts),
        *_shapes(recording),
        *lean(counts),
        *on_foot(counts),
        *paced(counts),
        *_following(recording.said),
    ]


def _why_no_breath(counts: Mapping[str, int]) -> str:
    if counts["breath_s"]:
        return f"sure for only {span_words(counts['breath_s'])}"
    return "never sure enough to be told"


def _spread(recording: Recording) -> list[Measure]:
    """Slowest and fastest, and how much single breaths differ."""
    rows, breaths = recording.breath, recording.breaths
    sure = rows[np.isfinite(rows["breath_rate_brpm"]) & (rows["breath_quality"] >= TRUSTED)]
    out = []
    if len(sure) >= 2 * BREATH_AT_LEAST_S:
        low, high = float(sure["breath_rate_brpm"].min()), float(sure["breath_rate_brpm"].max())
        basis = f"slowest at {elapsed_words(float(sure['t_s'][sure['breath_rate_brpm'].argmin()]))}"
        meaning = "Lowest and highest sure rate; each is a mean over half a minute."
        out.append(Measure("range", "Slowest and fastest", f"{low:.1f} to {high:.1f}", basis, meaning))
    whole = trusted(breaths)
    if len(whole) >= SPREAD_AT_LEAST:
        share = percent(spread(whole["ti_s"] + whole["te_s"]))
        meaning = "How much the length of single breaths differs from its median (robust coefficient of variation)."
        out.append(Measure("variation", "Unevenness", share, f"of {len(whole)} whole breaths", meaning))
    return out


def _shapes(recording: Recording) -> list[Measure]:
    """Depth, sighs and holds."""
    whole = trusted(recording.breaths)
    known = whole[np.isfinite(whole["depth"])]
    free = known[~recording.is_paced(known["t_inhale_s"])]
    depth = sighs = holds = ("", "")
    if len(known) >= SPREAD_AT_LEAST:
        depth = percent(spread(known["depth"])), f"of {len(known)} whole breaths"
    if not shows_depth(recording.breath_sensor):
        sighs = "", "the back shows too little of them"
    elif len(free) >= SPREAD_AT_LEAST:
        sighs = sigh_words(free)
    if len(whole) >= SPREAD_AT_LEAST:
        holds = hold_words(whole)
    too_few = "too few whole breaths that were sure"
    return [
        Measure(
            "depth",
            "Unevenness in depth",
            depth[0],
            depth[1] or too_few,
            "How much the depth of single breaths differs from its median (robust coefficient of variation).",
        ),
        Measure(
            "sighs",
            "Sighs",
            sighs[0],
            sighs[1] or (f"{too_few}, without a pacer" if len(known) > len(free) else too_few),
            "Single breaths about twice as deep as usual, after an ordinary one. Everybody sighs now and then.",
        ),
        Measure(
            "holds",
            "Held breaths",
            holds[0],
            holds[1] or too_few,
            f"Breaths held after breathing in or out; a habit from {percent(HABIT)} of them on. A single short hold"
            " is seldom seen.",
        ),
    ]


def _following(said: Sequence[Mapping[str, Any]]) -> list[Measure]:
    """Mean of what the follower said about each breath with the pacer."""
    values = [e["adherence"] for e in said if e["event"] == "followed" and isinstance(e.get("adherence"), int | float)]
    if len(values) < SPREAD_AT_LEAST:
        return []
    meaning = "How well the last breaths kept to the pacer, told with each breath; 100 % is exactly with it."
    return [Measure("adherence", "With the pacer", percent(float(np.mean(values))), f"{len(values)} breaths", meaning)]
