"""For every test: reproducible hypothesis, and nothing read from or written to the person's own folders."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

# Tests leave thousands of objects behind: collecting them now and then is much quicker than all the time.
gc.set_threshold(200_000, 20, 20)


ONE_PROCESS = ("keyword", "markexpr", "lf", "stepwise", "trace", "update_snapshots")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All the tests run in two processes, since many wait in real time; a part of them in this one.

    A part starts quicker so, prints with `-s` and stops in a debugger. Pictures are kept anew in this process too: only
    where syrupy saw every test it removes those that none shows any more. `-n` says otherwise.
    """
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and config.getoption("capture") != "no"
    return 2 if whole and not any(config.getoption(name, None) for name in ONE_PROCESS) else 0


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Configuration and data folders of a person who has never used the program."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home
