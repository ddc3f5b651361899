"""The services' texts say what they should, to each system in its own way of quoting."""

from __future__ import annotations

import plistlib
import subprocess
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
