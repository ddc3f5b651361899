"""The scenarios that come with the package."""

from __future__ import annotations

from importlib import resources


def builtin_scenarios() -> dict[str, str]:
    """Text of every shipped scenario by name (`demo`, `desk`, …), in alphabetical order."""
    folder = resources.files(__package__) / "scenarios"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {f.name.removesuffix(".toml"): f.read_text(encoding="utf-8") for f in files}
