"""The pieces: scales, shapes, colours, subjects, and the command."""

from __future__ import annotations

import datetime as dt
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from sensorcoach.cli import main
from sensorcoach.errors import UsageError
from sensorcoach.history import History, Identity, history_path
from sensorcoach.report.palette import DARK, FIGURE_STYLE, LIGHT, page_style, picture_style
from sensorcoach.report.scales import Scale, elapsed_words, nice_bounds, ticks, time_step_s
from sensorcoach.report.subject import days_of
from sensorcoach.report.svg import Figure
from sensorcoach.report.timeline import pieces, runs

from ..history.chapters import chapter

TODAY = dt.date(2026, 5, 4)


def test_scales_and_ticks() -> None:
    scale = Scale(0.0, 10.0, 100.0, 0.0)
    assert [scale(v) for v in (0.0, 5.0, 10.0, 20.0)] == [100.0, 50.0, 0.0, 0.0]
    assert ticks(0.0, 20.0, 5) == [0.0, 5.0, 10.0, 15.0, 20.0]
    assert ticks(-10.0, 30.0, 6) == [-10.0, 0.0, 10.0, 20.0, 30.0]
    assert nice_bounds(11.0, 13.0, 4.0, 12.0) == (8.0, 20.0)
    assert [time_step_s(s, 9) for s in (60, 480, 86400)] == [10, 60, 10800]
    assert [elapsed_words(s) for s in (0, 59.6, 3600, 3723)] == ["0:00", "1:00", "1:00:00", "1:02:03"]


def test_text_is_escaped_and_hatching_stays_inside() -> None:
    figure = Figure("f", "a < b", 'said "so" & done', 100.0, 50.0)
    figure.text(1.0, 2.0, "<script>")
    figure.hatch(10.0, 5.0, 40.0, 20.0)
    svg = ET.fromstring(figure.svg())
    assert "<script>" in "".join(svg.itertext())
    path = next(e for e in svg.iter() if e.tag.endswith("path")).get("d", "")
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
    xs, ys = numbers[::2], numbers[1::2]
    assert min(xs) >= 10.0
    assert max(xs) <= 50.0
    assert min(ys) >= 5.0
    assert max(ys) <= 25.0


def test_lines_break_where_nothing_is_known() -> None:
    t_s = np.array([1.0, 2.0, 3.0, 4.0, 9.0])
    values = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
    scale = Scale(0.0, 10.0, 0.0, 10.0)
    assert [len(piece) for piece in pieces(t_s, values, scale, scale, gap_s=1.5)] == [2, 1, 1]
    assert pieces(t_s, np.full(5, np.nan), scale, scale, gap_s=1.5) == []
    assert runs(np.array(["a", "a", "b"])) == [(0, 2, "a"), (2, 3, "b")]
    assert runs(np.array([], str)) == []


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_can_be_read_and_told_apart(colours: dict[str, str]) -> None:
    for role in ("foreground", "muted", "ok", "breath"):
        assert contrast(colours[role], colours["surface"]) >= 4.5, role
    for role in ("slouch", "pacer"):
        assert contrast(colours[role], colours["surface"]) >= 3.0, role
    for fill in ("still", "moving", "walking", "running", "bending", "lying", "vehicle"):  # words stand on these
        assert contrast(colours["foreground"], colours[fill]) >= 3.0, fill
    for role in ("ok", "breath", "slouch"):  # words in the surface's colour stand on these
        assert contrast(colours["surface"], colours[role]) >= 3.0, role


def test_colours_are_those_of_the_dashboard() -> None:
    from sensorcoach.tui.themes import DARK as TUI_DARK
    from sensorcoach.tui.themes import LIGHT as TUI_LIGHT

    for ours, theirs in ((LIGHT, TUI_LIGHT), (DARK, TUI_DARK)):
        for role in ("background", "foreground", "muted", "ok", "slouch", "breath", "pacer", "lean"):
            assert ours[role] == theirs.variables[role]


def test_every_colour_that_is_named_exists() -> None:
    assert set(LIGHT) == set(DARK)
    assert set(re.findall(r"var\(--([a-z]+)\)", page_style())) <= set(LIGHT)
    assert "var(" not in picture_style()
    assert picture_style().count("{") == FIGURE_STYLE.count("{")


def test_what_a_report_is_about() -> None:
    assert days_of("desk", TODAY) is None
    assert days_of("2026-05-04.journal", TODAY) is None
    assert days_of("today", TODAY) == (TODAY, TODAY)
    assert days_of("yesterday..today", TODAY) == (dt.date(2026, 5, 3), TODAY)
    assert days_of("2026-04-27..2026-05-03", TODAY) == (dt.date(2026, 4, 27), dt.date(2026, 5, 3))
    assert days_of("2026-04-27..", TODAY) == (dt.date(2026, 4, 27), TODAY)
    assert days_of("..2026-04-27", TODAY) is None
    for wrong in ("2026-02-30", "2026-06-01..", "2026-05-04..2026-05-01", "2020-01-01..2026-01-01"):
        with pytest.raises(UsageError):
            days_of(wrong, TODAY)


def test_the_command_writes_page_pictures_and_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("resvg_py", reason="pictures need the report extra")
    monkeypatch.chdir(tmp_path)
    assert main(["report", "desk", "--png", "--csv"]) == 0
    said = capsys.readouterr()
    written = said.out.split()
    assert written[0] == "desk-report.html"
    assert "You breathed" in said.err
    assert {Path(name).suffix for name in written} == {".html", ".png", ".csv"}
    for name in written:
        path = tmp_path / name
        assert path.stat().st_size > 1000 or path.suffix == ".csv"
        assert sys.platform == "win32" or path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "desk-report-over-time.png").read_bytes().startswith(b"\x89PNG")
    assert "# about: desk" in (tmp_path / "desk-report-seconds.csv").read_text(encoding="utf-8")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert main(["report", "walk", "--png", "-o", str(tmp_path / "walk.html")]) == 2
    assert "sensorcoach[report]" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())  # all or nothing


def test_days_from_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with History(history_path()) as history:
        history.put(Identity("a", "h"), "a.journal", chapter(TODAY, upright=20, slouched=10))
    out = tmp_path / "day.html"
    assert main(["report", "2026-05-04", "-o", str(out), "--csv"]) == 0
    assert "67\N{NO-BREAK SPACE}%" in capsys.readouterr().err
    assert "Monday 4 May 2026" in out.read_text(encoding="utf-8")
    assert (tmp_path / "day-minutes.csv").read_text(encoding="utf-8").count("\n") == 33
    assert main(["report", "2026-05-01..2026-05-07", "-o", str(out)]) == 0
    assert main(["report", "2025-01-01", "-o", str(out)]) == 3
    assert "knows nothing of 2025-01-01. To see" in capsys.readouterr().err
    assert main(["report", "2025-01-01..2025-01-03", "-o", str(out)]) == 3
    assert "knows nothing of the days from 2025-01-01 to 2025-01-03. To see" in capsys.readouterr().err
    assert main(["report", "/no/such/recording", "-o", str(out)]) == 3
    assert main(["report", "walk", "-o", str(tmp_path)]) == 6
