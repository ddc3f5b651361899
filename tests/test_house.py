"""The house rules that a machine can check: import directions, lean command line, what ships."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_imports_go_one_way() -> None:
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize(
    ("statement", "banned"),
    [
        ("import sensorcoach.cli", ("numpy", "textual", "bleak", "scipy")),
        ("import sensorcoach.engine", ("textual", "bleak", "scipy.signal", "rich", "asyncio")),
        ("import sensorcoach; sensorcoach.analyze", ("textual", "bleak", "scipy.signal", "rich")),
        ("import sensorcoach.runtime", ("textual", "bleak", "scipy.signal", "rich")),
    ],
)
def test_rooms_load_only_what_they_need(statement: str, banned: tuple[str, ...]) -> None:
    code = f"import sys; {statement}; print([m for m in {banned!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def file_of(test: str) -> str:
    return test.split("::")[0]


@cache
def collected() -> list[str]:
    """The tests that a process of its own finds."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_every_process_finds_the_same_tests(request: pytest.FixtureRequest) -> None:
    """Two processes run them only then; a time of day or a set among the parameters would do to tell them apart."""
    here = sorted((item.nodeid for item in request.session.items), key=file_of)
    known = set(here)
    assert sorted((name for name in collected() if name in known), key=file_of) == here


def test_every_picture_kept_is_of_a_test() -> None:
    """Syrupy looks for pictures left over only where one process ran every test."""
    screens = ROOT / "tests" / "tui"
    kept = {f"tests/tui/{picture.parent.name}.py::{picture.stem}" for picture in screens.glob("__snapshots__/*/*.svg")}
    assert kept
    assert kept - set(collected()) == set()
