"""Optional packages in tests: skipped with a reason where absent, required where everything has to be there."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest


def needs(package: str) -> Any:
    """The package, or a skipped test. With SENSORCOACH_REQUIRE_ALL=1 nothing is skipped."""
    if os.environ.get("SENSORCOACH_REQUIRE_ALL") == "1":
        return importlib.import_module(package)
    return pytest.importorskip(package, reason=f"the package {package} is not installed")
