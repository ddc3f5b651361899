"""The page about one recording."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

import numpy as np

from ..coach.wording import span_words
from ..events import TRUSTED
from ..history import Day, Plan, Week
from ..history.clock import local_time
from ..history.derive import FLEXION_UP_TO_DEG
from .breath_curve import clearest_stretch, draw_breath
from .gather import Recording
from .measures import LASTING_WORDS, Measure, degrees, recording_measures
from .page import Grid, Page, Section
from .plan_section import plan_section
from .scales import elapsed_words, time_step_s
from .session_section import finished_words, session_measures, session_sections
from .shares import breath_parts, counts_of, draw_shares, posture_parts, share_rows
from .timeline import Span, Timeline, draw_timeline

CLOCK_FROM_S: Final = 3 * 3600.0
"""Longer recordings are read by the clock on the wall, shorter ones by the time since their start."""
TOLD_ACTIVITY: Final = 0.15
"""Being on foot for this share of the time is told below the headline."""
TOLD_JUDGED: Final = 0.25
"""A posture score that speaks of less of the wear time is not put into the headline."""
TABLE_ROWS: Final = 60
"""Longest table behind a figure: steps are made as coarse as that asks for."""


def recording_page(recording: Recording, week: tuple[Week, Plan, Day | None] | None = None) -> Page:
    """Everything about a recording; `week` is the week around it against the plan, where the history knows it."""
    counts = counts_of(recording)
    why = _why_no_posture(recording, counts)
    measures = recording_measures(recording, counts, why)
    by_key = {measure.key: measure for measure in measures}
    sections = [
        *session_sections(recording.said),
        Section(
            "Over time",
            figure=draw_timeline(_timeline(recording), _description(recording, by_key)),
            behind=_minutes(recording),
        ),
    ]
    window = clearest_stretch(recording)
    if window is not None:
        length = "minute" if window[1] - window[0] > 30.0 else "half minute"
        lead = (
            f"The clearest {length}, from {elapsed_words(window[0])} on. The curve rises while you breathe in; tinted"
            f" is breathing in{', dashed is the pacer' if recording.paced(*window) else ''}."
        )
        figure = draw_breath(recording, window)
        sections.append(Section("Breath by breath", lead, figure, behind=_breaths_grid(recording, window)))
    rows = [("Breathing", breath_parts(counts)), ("Posture", posture_parts(counts, _unsure_word(recording)))]
    rows = [(name, parts) for name, parts in rows if parts]
    if rows:
        lead = "Only what was sure went into the numbers. Hatched was not judged or could not be known."
        grid = Grid(("", "What", "Time", "Share"), share_rows(rows))
        sections.append(Section("What was known, and what was not", lead, draw_shares(rows), behind=grid))
    if recording.slouches:
        sections.append(Section("Each slouch", grid=_slouch_grid(recording)))
    if week is not None:
        sections.append(plan_section(*week))
    if recording.marks:
        marks = [(elapsed_words(t), label) for t, label in recording.marks]
        sections.append(Section("Your marks", grid=Grid(("At", "Mark"), marks)))
    headline, more = _words(recording, counts, by_key, why)
    coached = session_measures(recording.said)
    tiles = [*coached, by_key["rate"], *(() if coached else (by_key["upright"], by_key["slouches"])), by_key["worn"]]
    measures = [*coached, *measures]
    return Page(
        title=recording.title,
        when=_when(recording),
        headline=headline,
        more=more,
        tiles=tiles,
        measures=measures,
        sections=sections,
        notes=_notes(recording),
        tables=dict(recording.tables),
    )


def _words(recording: Recording, counts: Mapping[str, int], by_key: Mapping[str, Measure], why: str) -> tuple[str, str]:
    """The headline and the sentences after it, from the same strings as the tables."""
    rate, upright, slouches = by_key["rate"], by_key["upright"], by_key["slouches"]
    worn_s = max(1, counts["worn_s"])
    judged_s = counts["upright_s"] + counts["slouched_s"]
    told = bool(upright.value) and judged_s >= TOLD_JUDGED * worn_s
    finished = finished_words(recording.said)
    if finished:
        headline = finished
    elif rate.value and told:
        headline = f"You breathed {rate.value} times a minute, and were upright for {upright.value} {upright.basis}."
    elif rate.value:
        headline = f"You breathed {rate.value} times a minute."
    elif told:
        headline = f"You were upright for {upright.value} {upright.basis}."
    else:
        headline = "Too little could be known to put a number on it."
    more = [f"You breathed {rate.value} times a minute."] if finished and rate.value else []
    if slouches.value not in ("", "0"):
        more.append(f"{slouches.value} {'slouch' if slouches.value == '1' else 'slouches'}, {slouches.basis}.")
    if not rate.value:
        more.append(f"Breathing has no number: {rate.basis}.")
    if finished:
        pass  # an exercise is no posture
    elif not upright.value:
        more.append(f"Posture has no score: {why}.")
    elif not told:
        more.append(f"Posture could be judged for only {span_words(judged_s)}: {why}.")
    walked = by_key.get("walked")
    if walked is not None and counts["walking_s"] + counts["running_s"] >= TOLD_ACTIVITY * worn_s:
        more.append(f"You were on foot for {walked.value}; breathing and posture wait until you stand still.")
    if by_key.get("paced") is not None:
        more.append(f"{by_key['paced'].value} of it with the pacer.")
    return headline, " ".join(more)


def _why_no_posture(recording: Recording, counts: Mapping[str, int]) -> str:
    resting = counts["posture_unsure_s"]
    if counts["session_s"] > counts["worn_s"] / 4:
        return "in a session a lean is an exercise"
    if recording.neutral is None:
        if counts["lying_s"] > counts["worn_s"] / 2:
            return "you were lying down, where posture is not judged"
        return "no upright pose was ever set"
    if resting and recording.neutral.source == "stored":
        return "your stored upright pose was not confirmed"
    if resting and recording.neutral.source == "first_stillness":
        return "your upright pose was only assumed, never confirmed"
    if resting and not recording.neutral.forward_known:
        return "which way is ahead was never confirmed"
    if counts["lying_s"] > counts["worn_s"] / 2:
        return "you were lying down, where posture is not judged"
    return "you were hardly ever at rest and upright enough to judge"


def _unsure_word(recording: Recording) -> str:
    if recording.neutral is not None and (
        recording.neutral.source == "first_stillness" or not recording.neutral.forward_known
    ):
        return "pose not confirmed"
    return "unsure"


def _when(recording: Recording) -> str:
    parts = []
    if recording.start is not None:
        begin = local_time(*recording.start)
        parts.append(f"{begin:%A} {begin.day} {begin:%B %Y, %H:%M}")
    parts.append(span_words(recording.duration_s))
    by = f" by {recording.wearer}" if recording.wearer else ""
    parts.append(f"worn{by} on the {' and the '.join(s.replace('-', ' ') for s in recording.sensors)}")
    return " · ".join(parts)


def _timeline(recording: Recording) -> Timeline:
    body, breath = recording.body, recording.breath
    n = min(len(body), len(breath))
    body, breath = body[:n], breath[:n]
    end_s = float(body["t_s"][-1]) if n else 1.0
    absent = (body["breath_reason"] == "no_data") & (body["activity"] == "unknown")
    seated = np.isin(body["activity"], ("still", "moving", "vehicle", "bending"))
    flexion = np.where(seated & (body["inclination_deg"] <= FLEXION_UP_TO_DEG), body["flexion_deg"], np.nan)
    clock, words = _ticks(recording, end_s)
    return Timeline(
        start_s=0.0,
        end_s=end_s,
        step_s=1.0,
        t_s=body["t_s"],
        activity=np.where(absent, "", body["activity"]),
        rate_brpm=breath["breath_rate_brpm"],
        rate_trusted=breath["breath_quality"] >= TRUSTED,
        reason=breath["breath_reason"],
        flexion_deg=flexion,
        flexion_trusted=body["posture_quality"] >= TRUSTED,
        slouches=[Span(s.start_s, s.end_s, trusted=s.trusted) for s in recording.slouches],
        paces=[Span(a, b, value=pacer.pattern.rate_brpm) for a, b, pacer in recording.paced(0.0, end_s)],
        marks=recording.marks,
        clock=clock,
        axis_words=words,
        threshold_deg=recording.slouch.threshold_deg,
    )


def _ticks(recording: Recording, end_s: float) -> tuple[list[tuple[float, str]], str]:
    step_s = time_step_s(end_s, 9)
    if recording.start is None or end_s < CLOCK_FROM_S:
        return [(t, elapsed_words(t)) for t in np.arange(0.0, end_s + 0.5, step_s).tolist()], "time since the start"
    wall_ns, offset_s = recording.start
    begin_s = wall_ns / 1e9 + offset_s
    first = -begin_s % step_s
    times = np.arange(first, end_s + 0.5, step_s).tolist()
    return [(t, f"{local_time(wall_ns + round(t * 1e9), offset_s):%H:%M}") for t in times], "time of day"


def _description(recording: Recording, by_key: Mapping[str, Measure]) -> str:
    said = [
        f"{m.name}: {m.value} {m.basis}" for m in (by_key["rate"], by_key["upright"], by_key["slouches"]) if m.value
    ]
    return f"Three bands over {span_words(recording.duration_s)}. {'; '.join(said) or 'Little was known'}."


def _minutes(recording: Recording) -> Grid:
    """What the figure shows, in steps of a minute or more."""
    body, breath = recording.body, recording.breath
    n = min(len(body), len(breath))
    step = max(60, -(-n // TABLE_ROWS // 60) * 60)
    rows = []
    for start in range(0, n, step):
        b, r = body[start : start + step], breath[start : start + step]
        words, number = np.unique(b["activity"], return_counts=True)
        sure = r["breath_rate_brpm"][np.isfinite(r["breath_rate_brpm"]) & (r["breath_quality"] >= TRUSTED)]
        lean = b["flexion_deg"][np.isfinite(b["flexion_deg"]) & (b["posture_quality"] >= TRUSTED)]
        slouched = int((b["slouching"] == 1.0).sum())
        rows.append(
            (
                elapsed_words(start),
                str(words[number.argmax()]),
                f"{sure.mean():.1f}" if len(sure) else "not known",
                degrees(lean.mean()) if len(lean) else "not known",
                span_words(slouched),
            )
        )
    return Grid(("From", "Mostly", "Breaths a minute", "Mean lean", "Slouched"), rows)


def _breaths_grid(recording: Recording, window: tuple[float, float]) -> Grid:
    breaths = recording.breaths
    inside = breaths[(breaths["t_inhale_s"] >= window[0]) & (breaths["t_end_s"] <= window[1])]
    rows = [
        (
            elapsed_words(float(b["t_inhale_s"])),
            f"{b['ti_s']:.1f} s",
            f"{b['te_s']:.1f} s",
            f"{b['hold_in_s'] + b['hold_out_s']:.1f} s",
            f"{b['rate_brpm']:.1f}",
            "not known" if np.isnan(b["depth"]) else f"{b['depth']:.1f}{', a sigh' if b['sigh'] == 1.0 else ''}",
        )
        for b in inside
    ]
    return Grid(("Begins at", "In", "Out", "Held of it", "Breaths a minute", "Depth, 1 is usual"), rows)


def _slouch_grid(recording: Recording) -> Grid:
    rows = [
        (
            str(number),
            elapsed_words(s.start_s),
            span_words(s.end_s - s.start_s),
            degrees(s.peak_deg),
            "yes"
            if s.counts
            else f"no: shorter than {LASTING_WORDS}"
            if s.trusted
            else "no: the pose was only assumed",
        )
        for number, s in enumerate(recording.slouches, 1)
    ]
    return Grid(("Slouch", "Began", "Lasted", "At most", "Counts"), rows)


def _notes(recording: Recording) -> list[str]:
    senses = "acceleration and turning" if recording.has_gyro else "acceleration only"
    out = [
        f"Sensor: {recording.device}, {senses}, {recording.sampling_rate_hz:.4g} samples a second.",
        "Breathing: the rate is followed through the spectra of the chest's movement; single breaths by an oscillator"
        " that it leads. Both say how sure they are; from 0.8 on they count.",
        "Posture: the direction up is followed through every movement, and compared with your own upright pose. One"
        " sensor cannot tell rounding the back from leaning at the hips.",
    ]
    neutral = recording.neutral
    if neutral is None:
        out.append("Upright pose: none was found, so there are no angles.")
    elif neutral.source == "given":
        out.append("Upright pose: set by you.")
    elif neutral.source == "stored":
        out.append("Upright pose: kept from an earlier calibration.")
    else:
        out.append("Upright pose: the first upright stillness was taken for it. Calibrate to make posture count.")
    out.append("Everything is what was known at that moment (nothing looks ahead), as live would have shown it.")
    if recording.problems:
        shown = "; ".join(recording.problems[:3])
        rest = len(recording.problems) - 3
        out.append(f"Passed over in the file: {shown}{f'; and {rest} more' if rest > 0 else ''}.")
    return [*out, f"Made by sensorcoach {version('sensorcoach')} on this computer."]
