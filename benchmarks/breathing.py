"""Breathing rate and phase against other methods: simulated wearers, and real people where their files are present.

    python benchmarks/breathing.py [--quick] [--data DIR] [--wearers N] [--figure FILE.svg]

Every method gets the same trailing 30 s. Real recordings (DIR, by default `../shared/data` beside the repository) are
optional. Prints tables to stderr, one JSON line to stdout, and draws a figure as SVG. Other libraries: extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from _breathing_figure import draw
from _breathing_grid import SWAY_ONLY, cases
from _breathing_peers import Method, available
from _breathing_score import OURS, OURS_TRUSTED, Answers, answer, curve, phase_score, score, shown_share
from _breathing_sets import Recording, real, simulated

HERE = Path(__file__).resolve().parents[1]
STILL, WALKING = "still chest", "walking bouts"
BACKS = ("upper back", "lower back", "no gyro: upper back")

Rows = dict[str, list[Answers]]


def main() -> None:
    """Run everything asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one wearer a case, a window every 10 s instead of 3 s")
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data", help="folder of real recordings")
    parser.add_argument("--wearers", type=int, default=4, help="simulated wearers a case")
    parser.add_argument("--figure", type=Path, default=Path("breathing.svg"), help="where to draw the figure")
    args = parser.parse_args()
    begun = time.perf_counter()
    methods, missing = available()
    for words in missing:
        say(words)
    step_s = 10 if args.quick else 3
    simulation: Rows = {}
    if wearers := (min(args.wearers, 1) if args.quick else args.wearers):
        simulation = ask_everybody(grid(wearers, step_s), methods)
        table("Simulated wearers", simulation, methods)
        phase_table(simulation)
    people = ask_everybody(recordings(args.data, step_s), methods)
    if people:
        table("Real people", people, methods)
    curves = {name: curve(answers) for name, answers in pools(simulation, people).items() if answers}
    curve_table(curves)
    args.figure.write_text(draw(by_rate(simulation, methods), curves), encoding="utf-8")
    say(f"\nDrawn in {args.figure}. {time.perf_counter() - begun:.0f} s in all.")
    out = {
        "benchmark": "breathing",
        "simulated": plain(simulation, methods),
        "real": plain(people, methods),
        "curves": {name: {str(q): rounded(asdict(s)) for q, s in steps} for name, steps in curves.items()},
    }
    print(json.dumps(out))


def grid(wearers: int, step_s: int) -> Iterator[Recording]:
    """Every case with as many wearers, no two alike."""
    for i, case in enumerate(cases()):
        for wearer in range(wearers):
            yield simulated(case.kind, case.rate_brpm, case.toml, 1000 * (wearer + 1) + i, step_s)


def recordings(data: Path, step_s: int) -> Iterator[Recording]:
    """Every real recording there is."""
    for name, found in real(data, step_s):
        if not (data / name).is_dir():
            say(f"{name} is left out: there is no {data / name}.")
        yield from found


def ask_everybody(recordings: Iterator[Recording], methods: Mapping[str, Method]) -> Rows:
    """Answers by kind of recording, in the order of their first appearance."""
    rows: Rows = {}
    for recording in recordings:
        if not len(recording.ends_s):
            continue
        if recording.kind not in rows:
            say(f"{recording.kind} …")
        rows.setdefault(recording.kind, []).append(answer(recording, methods))
    return rows


def table(title: str, rows: Rows, methods: Mapping[str, Method]) -> None:
    """All methods on everything they answer; then on the windows in which this project shows a rate."""
    for where, words in (
        (None, "MAE, brpm / share of windows within 2 brpm (share answered)"),
        (OURS, f"MAE / within 2 brpm, only windows in which {OURS} shows a rate"),
    ):
        names = [OURS, OURS_TRUSTED, *methods] if where is None else [OURS, *methods]
        say(f"\n{title}: {words}\n{'':28}" + "".join(f"{name:>22}" for name in names))
        for kind, answers in rows.items():
            if kind != SWAY_ONLY:
                say(f"{kind:28}" + "".join(f"{cell(answers, name, where):>22}" for name in names))
    for kind, walking, condition in ((WALKING, True, "while walking"), (SWAY_ONLY, False, "without breath")):
        if kind in rows:
            shares = {name: shown_share(rows[kind], name, walking) for name in (OURS, OURS_TRUSTED, *methods)}
            say(f"shown {condition}: " + ", ".join(f"{name} {share:.3f}" for name, share in shares.items()))


def cell(answers: list[Answers], name: str, where: str | None) -> str:
    """One score, short."""
    s = score(answers, name, where=where)
    if math.isnan(s.mae_brpm):
        return "–" if where else f"– ({s.coverage:.2f})"
    return f"{s.mae_brpm:.2f} / {s.within2:.2f}" + ("" if where else f" ({s.coverage:.2f})")


def phase_table(rows: Rows) -> None:
    """Inhalations and exhalations, against the wearer's own."""
    say("\nPhase onsets: F1; delay when known, s: median, share within 0.5 s; the same of the date given afterwards")
    for kind, answers in phase_rows(rows).items():
        if found := phase_score(answers):
            known, dated = ((found[f"{k}_median_s"], found[f"{k}_soon"]) for k in ("known", "dated"))
            say(f"{kind:28} {found['f1']:.2f}   {known[0]:+.2f} {known[1]:.2f}   {dated[0]:+.2f} {dated[1]:.2f}")


def phase_rows(rows: Rows) -> Rows:
    """The still chest by rate, everything else as it is."""
    out: Rows = {}
    for kind, answers in rows.items():
        for a in answers:
            by_rate = f"{STILL}, {a.recording.rate_brpm:g} brpm"
            out.setdefault(by_rate if kind.startswith(STILL) else kind, []).append(a)
    return out


def pools(simulation: Rows, people: Rows) -> dict[str, list[Answers]]:
    """What the curves of error against coverage are drawn for."""

    def joined(rows: Rows, *starts: str) -> list[Answers]:
        return [a for kind, answers in rows.items() if kind.startswith(starts) for a in answers]

    chests = tuple(kind for kind in simulation if kind not in (*BACKS, SWAY_ONLY, WALKING))
    return {
        "virtual chest": joined(simulation, *chests),
        "virtual back": joined(simulation, *BACKS),
        "people, chest": joined(people, "paced", "sternum", "belt sit, abdomen", "belt stand, abdomen"),
        "people, back": joined(people, "belt sit, back", "belt stand, back"),
    }


def curve_table(curves: Mapping[str, Any]) -> None:
    """Error against coverage."""
    say(f"\n{OURS}, best guess by least quality: MAE / within 2 brpm (coverage)")
    say(f"{'':8}" + "".join(f"{name:>21}" for name in curves))
    for row in zip(*curves.values(), strict=True):
        cells = "".join(f"{f'{s.mae_brpm:.2f} / {s.within2:.3f} ({s.coverage:.2f})':>21}" for _, s in row)
        say(f"q ≥ {row[0][0]:<4g}{cells}")


def by_rate(simulation: Rows, methods: Mapping[str, Method]) -> dict[str, list[tuple[float, float]]]:
    """Mean absolute error of every method at every rate of the still chest."""
    still = {k: v for k, v in phase_rows(simulation).items() if k.startswith(STILL)}
    return {
        name: [(v[0].recording.rate_brpm, score(v, name).mae_brpm) for v in still.values()] for name in (OURS, *methods)
    }


def plain(rows: Rows, methods: Mapping[str, Method]) -> dict[str, Any]:
    """Every number of the tables, for the JSON line."""
    out: dict[str, Any] = {}
    for kind, answers in phase_rows(rows).items():
        names = (OURS, OURS_TRUSTED, *methods)
        out[kind] = {name: rounded(asdict(score(answers, name))) for name in names}
        if kind in (WALKING, SWAY_ONLY):
            walking = kind == WALKING
            out[kind]["shown_share"] = rounded({name: shown_share(answers, name, walking) for name in names})
        if found := phase_score(answers):
            out[kind]["phase"] = rounded(found)
    return out


def rounded(values: Mapping[str, float]) -> dict[str, float | None]:
    """Three decimals; None for what is not known, as JSON has no nan."""
    return {key: round(value, 3) if math.isfinite(value) else None for key, value in values.items()}


def say(words: str) -> None:
    """For people; stdout is for the JSON line."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
