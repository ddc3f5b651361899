"""Pages as a whole: well-formed, self-contained, accessible, and honest about every number."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sensorcoach.events import ExerciseDone, Score, SessionSummary, to_dict
from sensorcoach.history import History, Identity, Plan, derive, identify
from sensorcoach.history.chapter import COUNTS
from sensorcoach.recording import JournalReader
from sensorcoach.report.chronicle import day_timeline, read_day, read_range
from sensorcoach.report.day_page import day_page, range_page
from sensorcoach.report.gather import Recording, gather
from sensorcoach.report.page import Page, to_html
from sensorcoach.report.recording_page import recording_page
from sensorcoach.report.shares import counts_of
from sensorcoach.samples import NS
from sensorcoach.simulate.builtin import builtin_scenarios
from sensorcoach.simulate.scenario import Scenario
from sensorcoach.simulate.simulated import simulate
from sensorcoach.transport.replay import samples
from sensorcoach.transport.setup import setup_from_header

from ..history.chapters import chapter, record, steady, utc_ns

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """One of every kind."""
    folder = tmp_path_factory.mktemp("reports")
    desk = simulate(Scenario.from_toml(builtin_scenarios()["desk"]))
    assert desk.gyr_rads is not None
    rows = np.column_stack([desk.t_ns / NS, desk.acc_ms2, desk.gyr_rads])
    t_s = rows[:, 0]
    cuts = {
        "no_calibration": t_s < 150,
        "gaps": (t_s < 60) | ((t_s > 80) & (t_s < 120)) | (t_s > 200),
        "short": t_s < 4,
    }
    for name, keep in cuts.items():
        head = "t,ax,ay,az,gx,gy,gz"
        np.savetxt(folder / f"{name}.csv", rows[keep], delimiter=",", header=head, comments="", fmt="%.6f")
    out = {name: recording_page(gather(folder / f"{name}.csv")) for name in cuts}
    out |= {path.stem: recording_page(gather(path)) for path in samples()}
    with History(folder / "h.sqlite3") as history:
        start = utc_ns(2026, 5, 4, 21, 55)
        for k, name in enumerate(("desk", "walk")):
            path = record(folder / f"{name}.journal", steady(start + k * 600 * NS, 7200), seconds=300, scenario=name)
            reader = JournalReader(path)
            told = derive(reader, [setup_from_header(s, name) for s in reader.header.sensors])
            history.put(identify(reader), f"{name}.journal", replace(told, wearer="me"))
        for k in range(3, 20):
            day = dt.date(2026, 5, 4) + dt.timedelta(days=k)
            told = chapter(day, upright=20 + k, slouched=10, exercises={"inclined-plane": 1.0} if k % 3 else None)
            history.put(Identity(f"c{k}", "h"), f"{k}.journal", told)
        plan = Plan()
        for date in (dt.date(2026, 5, 4), dt.date(2026, 5, 5), dt.date(2026, 5, 8)):
            story = read_day(history, "me", date, plan)
            assert story is not None
            out[str(date)] = day_page(story)
        for until in (dt.date(2026, 5, 9), dt.date(2026, 5, 31)):
            several = read_range(history, "me", dt.date(2026, 5, 4), until, plan)
            assert several is not None
            out[f"until {until}"] = range_page(several)
        assert read_day(history, "me", dt.date(2025, 1, 1), plan) is None
        assert read_range(history, "nobody", dt.date(2026, 5, 4), dt.date(2026, 5, 9), plan) is None
    return out


KINDS = (
    "no_calibration", "gaps", "short", "desk", "walk", "lying", "paced", "back",
    "2026-05-04", "2026-05-05", "2026-05-08", "until 2026-05-09", "until 2026-05-31",
)  # fmt: skip


@pytest.fixture(params=KINDS)
def page(request: pytest.FixtureRequest, pages: dict[str, Page]) -> Page:
    return pages[request.param]


def body(page: Page) -> ET.Element:
    """The body, parsed as strictly as XML is."""
    html = to_html(page)
    assert html.startswith("<!doctype html>")
    return ET.fromstring(html[html.index("<body>") : html.index("</body>") + len("</body>")])


def words(element: ET.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_nothing_is_loaded_and_nothing_runs(page: Page) -> None:
    html = to_html(page).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//|src=|href|url\(|@import|<script|<link|<iframe|\son\w+=", html)


def test_every_figure_has_a_name_a_description_and_a_table(page: Page) -> None:
    parsed = body(page)
    sections = [s for s in parsed.iter("section") if s.find(f".//{SVG}svg") is not None]
    assert sections
    for section in sections:
        svg = section.find(f".//{SVG}svg")
        assert svg is not None
        assert svg.get("role") == "img"
        title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert len(words(title)) > 5
        assert len(words(description)) > 15
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert section.find(".//table") is not None
    ids = [e.get("id") for e in parsed.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_every_number_people_read_first_stands_in_a_table(page: Page) -> None:
    parsed = body(page)
    tables = {n for table in parsed.iter("table") for n in NUMBER.findall(words(table))}
    told = page.headline + " " + page.more + " " + " ".join(f"{tile.value} {tile.basis}" for tile in page.tiles)
    told = re.sub(r"Data on .* days\.", "", told)  # a sentence about the range itself
    told = re.sub(r"Upright \d+ points .* before\.", "", told)
    assert set(NUMBER.findall(told)) <= tables


def test_no_stray_values_and_always_the_wellness_words(page: Page) -> None:
    text = words(body(page))
    assert not re.search(r"\bnan\b|\bNone\b|\binf\b|np\.|-0°|\{|\}", text)
    assert "not a medical device" in text
    assert len(page.tiles) == 4


def test_figures_stay_inside_their_frames(page: Page) -> None:
    for figure in page.figures:
        svg = ET.fromstring(figure.svg())
        for element in svg.iter():
            for key, most in (("x", figure.width), ("y", figure.height), ("cx", figure.width), ("cy", figure.height)):
                if element.get(key) is not None:
                    assert -1.0 <= float(element.get(key, "0")) <= most + 1.0, (figure.name, element.attrib)
        assert len(figure.svg()) < 250_000


def test_tables_have_heads_for_columns_and_rows(page: Page) -> None:
    for table in body(page).iter("table"):
        columns = len(table.findall("./thead/tr/th[@scope='col']"))
        assert columns >= 2
        for row in table.findall("./tbody/tr"):
            assert row[0].get("scope") == "row"
            assert len(row) == columns


def test_the_same_recording_gives_the_same_page(pages: dict[str, Page]) -> None:
    path = next(p for p in samples() if p.stem == "walk")
    assert to_html(recording_page(gather(path))) == to_html(pages["walk"])


def test_a_recording_and_the_history_count_the_same(tmp_path: Path) -> None:
    """Two ways to the same sums: tables of a recording, and the chapter of its journal."""
    for path in samples():
        reader = JournalReader(path)
        told = derive(reader, [setup_from_header(s, path.name) for s in reader.header.sensors])
        sums = {name: sum(row[i] for row in told.minutes.values()) for i, name in enumerate(COUNTS)}
        ours = counts_of(gather(path))
        for name in COUNTS:
            assert abs(sums[name] - ours[name]) <= (5 if name.startswith(("angle_m", "breath_m")) else 0), name


def test_an_assumed_pose_scores_nothing_and_says_why(pages: dict[str, Page]) -> None:
    for name in ("no_calibration", "gaps"):
        page = pages[name]
        upright = next(tile for tile in page.tiles if tile.key == "upright")
        assert upright.value == ""
        assert "only assumed" in upright.basis
        assert "no score" in page.more
        assert "%" not in page.headline


def test_walking_and_gaps_are_told(pages: dict[str, Page]) -> None:
    assert "on foot" in pages["walk"].more
    shares = {row[1] for s in pages["gaps"].sections if s.behind for row in s.behind.rows if len(row) == 4}
    assert "no data" in shares


def test_a_day_is_drawn_from_its_own_minutes(tmp_path: Path) -> None:
    with History(tmp_path / "h.sqlite3") as history:
        history.put(Identity("a", "h"), "a.journal", chapter(dt.date(2026, 5, 4), upright=30))
        story = read_day(history, "me", dt.date(2026, 5, 4), Plan())
    assert story is not None
    timeline = day_timeline(story)
    assert len(timeline.t_s) == 30
    assert timeline.clock[0][1] == "12:00"
    assert np.isnan(timeline.rate_brpm).all()


def test_a_session_leads_its_page(pages: dict[str, Page]) -> None:
    summary = SessionSummary(
        100 * NS, "chest", "gentle-beginner", "stopped", 0.75, 80.0, 2.0, 1.0,
        (ExerciseDone("inclined-plane", "Inclined plane", 0.9, "right"),),
        (Score("inclined-plane", "reps", 9.0, "", "of 10 <b>"), Score("", "hold", float("nan"), "s", "not judged")),
        "Slow lowering.", "Breathe out.",
    )  # fmt: skip
    recording: Recording = gather(next(p for p in samples() if p.stem == "lying"))
    page = recording_page(replace(recording, said=(to_dict(summary),), sessions=((10.0, 90.0),)))
    text = words(body(page))
    assert page.headline == "You did 75\N{NO-BREAK SPACE}% of gentle beginner, 80 s active."
    assert [tile.key for tile in page.tiles] == ["done", "discomfort", "rate", "worn"]
    for said in ("of 10 <b>", "To keep: Slow lowering.", "2 → 1", "not known"):
        assert said in text
    assert page.sections[0].heading == "The session: gentle beginner"
