"""How the time divides into known, unsure and not known, with the reason: for a recording as for a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..coach.wording import span_words
from ..events import ACTIVITIES, REASONS, TRUSTED
from ..history.chapter import COUNTS
from ..history.derive import FLEXION_UP_TO_DEG
from .gather import Recording
from .measures import percent
from .svg import Figure, fits
from .timeline import RIGHT, WIDTH


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the time. `style` is what it is painted with; empty is hatched."""

    word: str
    seconds: int
    style: str = ""


_REASON_PARTS: Final = (
    ("settling in", ("settling",)),
    ("walking", ("walking",)),
    ("moving", ("moving", "posture_change")),
    ("not clear enough", ("weak_signal",)),
    ("no upright pose yet", ("not_calibrated",)),
    ("not worn", ("not_worn",)),
    ("no data", ("no_data",)),
)


def breath_parts(counts: Mapping[str, int]) -> list[Part]:
    """All seconds by what was known of the breath; parts of no time are left out."""
    parts = [Part("sure", counts["breath_s"], "f-breath"), Part("unsure", counts["breath_unsure_s"], "f-unsure")]
    for word, reasons in _REASON_PARTS:
        parts.append(Part(word, sum(counts[f"no_breath_{reason}_s"] for reason in reasons)))
    return [part for part in parts if part.seconds]


def posture_parts(counts: Mapping[str, int], unsure_word: str = "unsure") -> list[Part]:
    """All seconds by how posture was judged; parts of no time are left out."""
    parts = [
        Part("upright", counts["upright_s"], "f-ok"),
        Part("slouched", counts["slouched_s"], "f-slouch"),
        Part(unsure_word, counts["posture_unsure_s"], "f-unsure"),
        Part("in a session", counts["session_s"]),
        Part("walking", counts["walking_s"] + counts["running_s"]),
        Part("moving", counts["moving_s"] + counts["bending_s"]),
        Part("lying", counts["lying_s"]),
        Part("not worn", counts["off_s"]),
        Part("not known", counts["unknown_s"]),
        Part("no data", counts["absent_s"]),
    ]
    return [part for part in parts if part.seconds]


def share_words(part: Part, parts: Sequence[Part]) -> str:
    """A part's share of all the time, in per cent; a sliver is `under 1 %`."""
    share = part.seconds / sum(p.seconds for p in parts)
    return f"under {percent(0.01)}" if share < 0.01 else percent(share)


def draw_shares(rows: Sequence[tuple[str, Sequence[Part]]]) -> Figure:
    """One bar for each row: filled where known, grey where unsure, hatched where not judged."""
    told = "; ".join(
        f"{name}: " + ", ".join(f"{part.word} {share_words(part, parts)}" for part in parts) for name, parts in rows
    )
    figure = Figure("known", "What was known, and what was not", f"{told}.", WIDTH, 0.0)
    y = 0.0
    for name, parts in rows:
        figure.text(0.0, y + 12.0, name, "name")
        total = sum(part.seconds for part in parts)
        left, span = 0.0, WIDTH - RIGHT
        small: list[tuple[Part, str]] = []
        for part in parts:
            width = span * part.seconds / total
            if part.style:
                figure.rect(left, y + 19.0, width - 1.0, 22.0, part.style)
            else:
                figure.hatch(left, y + 19.0, width - 1.0, 22.0)
            label = f"{part.word} {share_words(part, parts)}"
            if fits(label, width):
                style = "on-dark" if part.style not in ("", "f-unsure") else "strong"
                if not part.style:
                    figure.rect(left + 4.0, y + 22.0, len(label) * 6.2 + 8.0, 16.0, "f-surface", radius=3.0)
                figure.text(left + 8.0, y + 34.0, label, style)
            else:
                small.append((part, label))
            left += width
        y += 46.0
        if small:
            _name_small(figure, y, small)
            y += 18.0
        y += 8.0
    figure.height = y
    return figure


def _name_small(figure: Figure, y: float, small: Sequence[tuple[Part, str]]) -> None:
    """The parts that were too narrow for their words, in a line below the bar."""
    left = 0.0
    for part, label in small:
        if part.style:
            figure.rect(left, y + 2.0, 10.0, 10.0, part.style, radius=2.0)
        else:
            figure.hatch(left, y + 2.0, 10.0, 10.0)
        figure.text(left + 14.0, y + 11.0, label)
        left += 14.0 + len(label) * 6.0 + 16.0


def share_rows(rows: Sequence[tuple[str, Sequence[Part]]]) -> list[tuple[str, str, str, str]]:
    """The same as a table: what, part, time, share."""
    return [
        (name if i == 0 else "", part.word, span_words(part.seconds), share_words(part, parts))
        for name, parts in rows
        for i, part in enumerate(parts)
    ]


def counts_of(recording: Recording) -> dict[str, int]:
    """A recording in the counts that the history keeps of a day (`history.chapter.COUNTS`), by the same rules."""
    counts = dict.fromkeys(COUNTS, 0)
    body, breath = recording.body, recording.breath
    activity, quality = body["activity"], body["posture_quality"]
    absent = (body["breath_reason"] == "no_data") & (activity == "unknown")
    counts["absent_s"] = int(absent.sum())
    for name in ACTIVITIES:
        counts[f"{name}_s"] = int(((activity == name) & ~absent).sum())
    worn = ~absent & (activity != "off") & (activity != "unknown")
    resting = worn & np.isin(activity, ("still", "vehicle"))
    exercising = np.zeros(len(body), np.bool_)
    for start_s, end_s in recording.sessions:
        exercising |= (body["t_s"] - 1.0 >= start_s) & (body["t_s"] - 1.0 < end_s)
    counts["session_s"] = int((resting & exercising).sum())
    resting &= ~exercising
    judged = resting & (quality >= TRUSTED) & np.isfinite(body["slouching"])
    counts["worn_s"] = int(worn.sum())
    counts["slouched_s"] = int((judged & (body["slouching"] == 1.0)).sum())
    counts["upright_s"] = int(judged.sum()) - counts["slouched_s"]
    counts["posture_unsure_s"] = int((resting & ~judged).sum())
    seated = worn & np.isin(activity, ("still", "vehicle", "moving")) & (body["inclination_deg"] <= FLEXION_UP_TO_DEG)
    lean = body["flexion_deg"][seated & (quality >= TRUSTED)]
    counts["angle_s"], counts["angle_mdeg"] = len(lean), int(np.round(lean * 1000).sum())
    shown = np.isfinite(breath["breath_rate_brpm"])
    sure = shown & (breath["breath_quality"] >= TRUSTED)
    counts["breath_s"] = int(sure.sum())
    counts["breath_mbrpm"] = int(np.round(breath["breath_rate_brpm"][sure] * 1000).sum())
    counts["breath_unsure_s"] = int((shown & ~sure).sum())
    for name in REASONS:
        if name:
            counts[f"no_breath_{name}_s"] = int((~shown & (breath["breath_reason"] == name)).sum())
    counts["paced_s"] = int(recording.is_paced(body["t_s"] - 1.0).sum())
    whole = recording.breaths[recording.breaths["quality"] >= TRUSTED]
    counts["breaths"] = len(whole)
    counts["inhale_ms"] = int(np.round(whole["ti_s"] * 1000).sum())
    counts["exhale_ms"] = int(np.round(whole["te_s"] * 1000).sum())
    counts["slouches"] = sum(spell.counts for spell in recording.slouches)
    return counts
