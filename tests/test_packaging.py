"""What ships: profiles and recordings are found from a wheel, from a wheel made of the sdist, and in the tree."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sensorcoach.profiles import shipped_folder

ROOT = Path(__file__).resolve().parents[1]
LOOK = (
    "import sensorcoach; from sensorcoach.profiles import load_profiles;"
    "from sensorcoach.transport.replay import samples; from sensorcoach.simulate import builtin_scenarios;"
    "print(sensorcoach.__file__); print(*sorted(load_profiles())); print(*[p.stem for p in samples()]);"
    "print(*builtin_scenarios())"
)


def seen_from(folder: Path) -> list[str]:
    command = [sys.executable, "-c", LOOK]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith(str(folder))
    return lines[1:]


@pytest.mark.parametrize("kind", [["--wheel"], []], ids=["wheel", "wheel from sdist"])
def test_everything_ships(kind: list[str], tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", *kind, "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    profiles, recordings, scenarios = seen_from(unpacked)
    assert {"virtual", "polar_h10"} <= set(profiles.split())
    assert {"desk", "paced", "walk", "lying", "back"} <= set(recordings.split())
    assert "demo" in scenarios.split()


def test_the_tree_itself() -> None:
    assert shipped_folder("firmware_profiles") == ROOT / "firmware_profiles"
    assert shipped_folder("recordings") == ROOT / "recordings"
