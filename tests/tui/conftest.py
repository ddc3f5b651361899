"""Applications leave thousands of objects behind: collecting them now and then is a third quicker than all the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def seldom_collected() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    yield
    gc.set_threshold(*before)
