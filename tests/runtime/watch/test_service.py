"""The services' texts say what they should, to each system in its own way of quoting."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sensorcoach.errors import OutputError, UsageError
from sensorcoach.runtime.watch.service import install, service_for, uninstall

COMMAND = ["/usr/bin/py thon", "-m", "sensorcoach", "watch", "--wearer", 'Ada "L" & 100%$']


@pytest.fixture(autouse=True)
def no_config_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def test_systemd_quotes_what_needs_it(tmp_path: Path) -> None:
    service = service_for("linux", tmp_path, COMMAND, "Ada L")
    assert service.path == tmp_path / ".config/systemd/user/sensorcoach-watch-ada-l.service"
    lines = service.content.decode().splitlines()
    assert r'ExecStart="/usr/bin/py thon" -m sensorcoach watch --wearer "Ada \"L\" & 100%%$$"' in lines
    assert "Restart=on-failure" in lines
    assert service.start[-1] == ("systemctl", "--user", "enable", "--now", "sensorcoach-watch-ada-l.service")


def test_launchd_gets_a_property_list(tmp_path: Path) -> None:
    service = service_for("darwin", tmp_path, COMMAND, "")
    job = plistlib.loads(service.content)
    assert job["ProgramArguments"] == COMMAND
    assert job["KeepAlive"] == {"SuccessfulExit": False}
    assert service.path == tmp_path / f"Library/LaunchAgents/{job['Label']}.plist"


def test_the_task_scheduler_gets_xml(tmp_path: Path) -> None:
    service = service_for("win32", tmp_path, COMMAND, "")
    task = ET.fromstring(service.content)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Command", namespaces=space) == COMMAND[0]
    assert task.findtext(".//t:Arguments", namespaces=space) == subprocess.list2cmdline(COMMAND[1:])
    assert task.findtext(".//t:ExecutionTimeLimit", namespaces=space) == "PT0S"
    assert service.start[0][:3] == ("schtasks", "/Create", "/TN")


def test_every_wearer_has_a_service_of_their_own(tmp_path: Path) -> None:
    names = {service_for("linux", tmp_path, COMMAND, who).path.name for who in ("", "Ada", "Eve", "李", "王")}
    assert len(names) == 5
    assert all(name.isascii() for name in names)


def test_other_systems_have_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no service for this system"):
        service_for("sunos5", tmp_path, COMMAND, "")


class Runner:
    """Stands for the system's commands."""

    def __init__(self, fails_at: int = -1) -> None:
        self.ran: list[Sequence[str]] = []
        self._fails_at = fails_at

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.ran.append(command)
        failed = len(self.ran) - 1 == self._fails_at
        return subprocess.CompletedProcess(command, int(failed), "", "Failed to connect to bus\n" if failed else "")


def test_installing_and_removing(tmp_path: Path) -> None:
    service, runner = service_for("linux", tmp_path, COMMAND, ""), Runner()
    install(service, runner)
    assert service.path.read_bytes() == service.content
    assert uninstall(service, runner)
    assert not service.path.exists()
    assert runner.ran == [*service.start, *service.stop]
    assert not uninstall(service, runner)


def test_installing_again_stops_what_runs_with_the_old_options(tmp_path: Path) -> None:
    service, runner = service_for("darwin", tmp_path, COMMAND, ""), Runner()
    install(service, runner)
    install(service, runner)
    assert runner.ran == [*service.start, *service.stop, *service.start]
    again = Runner(fails_at=0)  # it was stopped by hand in between
    install(service, again)
    assert again.ran == [*service.stop, *service.start]


def test_systemd_accepts_the_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    unit = tmp_path / "sensorcoach-watch.service"
    unit.write_bytes(service_for("linux", tmp_path, [sys.executable, *COMMAND[1:]], "").content)
    done = subprocess.run([analyze, "--user", "verify", str(unit)], capture_output=True, text=True, check=False)
    if "Failed to initialize manager" in done.stderr:
        pytest.skip("systemd cannot check units here")
    assert done.returncode == 0, done.stderr


def test_a_command_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    service = service_for("linux", tmp_path, COMMAND, "")
    with pytest.raises(OutputError, match=r"`systemctl --user daemon-reload` did not work: Failed to connect to bus"):
        install(service, Runner(fails_at=0))


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    def missing(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(OutputError, match="cannot be run: No such file or directory"):
        install(service_for("linux", tmp_path, COMMAND, ""), missing)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        install(service_for("linux", tmp_path, COMMAND, ""), Runner())
