"""Every wrong input ends in one clear sentence on stderr, no traceback, and an exit code that says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sensorcoach.cli import main
from sensorcoach.cli.terminal import broken

HEADER = "t,ax,ay,az"


def rows(count: int, rate_hz: float, *, z: float = 9.81, t: Callable[[int], float] | None = None) -> str:
    at = t or (lambda i: i / rate_hz)
    return "\n".join([HEADER, *(f"{at(i)},{0.1 * math.sin(i / 9):.4f},0.02,{z}" for i in range(count))]) + "\n"


REFUSED = {
    "empty": ("", "is empty"),
    "header only": (HEADER + "\n", "no samples"),
    "other columns": ("time,x,y,z\n0,0,0,9.8\n", "columns"),
    "words for numbers": (HEADER + "\n0,0,0,9.8\n0.02,zero,0,9.8\n", "line 3"),
    "two samples": (rows(2, 50), "2 usable samples"),
    "backwards": (rows(300, 50, t=lambda i: (50 if i == 100 else i) / 50), "line 102"),
    "g": (rows(300, 50, z=1.0).replace("0.1", "0.01"), "look like g"),
    "milliseconds": (rows(3000, 50, t=lambda i: i * 20.0), "millisecond"),
    "1 Hz": (rows(300, 1), "at least 8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, clue = REFUSED[name]
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(text, encoding="utf-8")
    for command in (["analyze", "mine.csv"], ["replay", "mine.csv", "--mode", "silent"]):
        assert main(command) == 3
        out, err = capsys.readouterr()
        assert out == ""
        assert clue in err
        assert len(err.strip().splitlines()) == 1
        assert err.startswith(f"sensorcoach {command[0]}: mine.csv")


def test_missing_and_binary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(tmp_path / "none.csv")]) == 3
    assert "does not exist" in capsys.readouterr().err
    (tmp_path / "b.csv").write_bytes(bytes(range(256)) * 20)
    assert main(["analyze", str(tmp_path / "b.csv")]) == 3
    assert "binary" in capsys.readouterr().err
    assert main(["analyze", str(tmp_path)]) == 3
    assert "journal" in capsys.readouterr().err
    assert main(["replay", "no-such-sample"]) == 3
    assert "Sample recordings: " in capsys.readouterr().err


READ_WITH_A_NOTE = {
    "repeated times": (rows(900, 50, t=lambda i: (i // 3 * 3) / 50), "time of the row before"),
    "nan": (rows(900, 50).replace("\n0.1,", "\nnan,", 1), "missing or impossible"),
    "constant": (HEADER + "\n" + "\n".join(f"{i / 50},0,0,9.8" for i in range(900)) + "\n", "all samples are the same"),
}


@pytest.mark.parametrize("name", READ_WITH_A_NOTE)
def test_read_with_a_note(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, clue = READ_WITH_A_NOTE[name]
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["analyze", str(path), "--table", "samples", "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    assert clue in err
    assert len(out.splitlines()) == 900


def test_constant_samples_show_no_breath(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(READ_WITH_A_NOTE["constant"][0].replace("900", "3000"), encoding="utf-8")
    assert main(["analyze", str(path)]) == 0
    table = [line.split(",") for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    column = table[0].index("breath_rate_brpm")
    assert {row[column] for row in table[1:]} == {""}


def test_fast_input_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(rows(20_000, 2000), encoding="utf-8")
    assert main(["analyze", str(path), "--format", "jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 9


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["replay", "a", "--speed", "0"], "replay: --speed: '0' is no speed: give a factor such as 1, 4"),
        (["demo", "--seconds", "-1"], "demo: --seconds: '-1' is no number of seconds above 0."),
        (["replay", "a", "--from", "-1"], "replay: --from: '-1' is no number of seconds from 0 on."),
        (["demo", "--seed", "x"], "demo: --seed: 'x' is no number."),
        (["analyse"], "'analyse' is not known. Did you mean analyze?"),
        (["demo", "--mode", "loud"], "demo: --mode: 'loud' is not known. Choose one of tui, plain, json, silent."),
        (["analyze"], "analyze: Missing: FILE."),
        (["demo", "extra"], "sensorcoach demo: Not known here: extra. See: sensorcoach demo --help"),
        (["analyze", "a", "--tabel", "breaths"], "analyze: Not known here: --tabel breaths. Did you mean --table?"),
        (["--tabel", "demo"], "sensorcoach: Not known here: --tabel. See"),
        (["config", "pacer.pattern"], "is a setting, not what to do with it: sensorcoach config get pacer.pattern."),
        (["config", "pacer.pattern=box"], "sensorcoach config set pacer.pattern box."),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.endswith("--help\n")
    assert len(err.splitlines()) == 1


def test_long_sentences_break_between_words() -> None:
    assert broken("It is recorded in /a/very/long/folder now.\nWell.", 20) == (
        "It is recorded in\n/a/very/long/folder\nnow.\nWell."
    )
    assert broken("  in columns  as they are", 40) == "  in columns  as they are"
    assert broken("a terminal that does not know its width", 0) == "a terminal that does not know its width"


def test_outputs_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(rows(900, 50), encoding="utf-8")
    assert main(["analyze", str(path), "-o", str(tmp_path / "no" / "such" / "out.csv")]) == 6
    assert "cannot be written" in capsys.readouterr().err
    assert main(["record", "--seconds", "3", "--speed", "max", "-o", str(tmp_path / "a")]) == 0
    assert main(["record", "--seconds", "3", "--speed", "max", "-o", str(tmp_path / "a")]) == 6
    assert "exists" in capsys.readouterr().err
    assert main(["record", "--device", "H10", "--truth", "-o", str(tmp_path / "b")]) == 2
    assert "--truth is for the virtual wearer" in capsys.readouterr().err
    assert main(["demo", "--scenario", "nothing"]) == 3
    assert "Built in: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["analyze", "import", "export", "report"])
def test_the_recording_itself_is_never_written_over(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(rows(600, 50), encoding="utf-8")
    Path("link.csv").symlink_to("mine.csv")
    for out in ("mine.csv", str(tmp_path / "link.csv")):
        assert main([command, "mine.csv", "-o", out]) == 2
        assert "is the recording itself" in capsys.readouterr().err
    assert Path("mine.csv").read_text(encoding="utf-8") == rows(600, 50)


@pytest.mark.parametrize(
    "command", [["live"], ["watch"], ["calibrate"], ["session", "desk-break"], ["record", "-o", "x"]]
)
def test_a_profile_is_not_silently_unused_with_the_virtual_wearer(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--device", "demo", "--profile", "mine.toml"]) == 2
    assert "devices check mine.toml" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["replay", "analyze", "report"])
def test_no_name_is_too_long_for_a_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a" * 300, f"{'a' * 300}.csv"):
        with pytest.raises(SystemExit):
            main([command, name])
        assert "no recording can be called aaa" in capsys.readouterr().err
