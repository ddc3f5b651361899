"""The house rules that a machine can check: import directions, lean command line, what ships."""

from __future__ import annotations

import subprocess
import sys
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
