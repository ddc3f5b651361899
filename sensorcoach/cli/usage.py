"""A wrong command line is told in one sentence, like any other mistake; argparse would print all options first."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """As argparse has it, but for the words; its commands are of this class, too."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to look, and leave with 2."""
        self._refuse(plain(message))

    def _refuse(self, sentence: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {sentence} See: {self.prog} --help\n")

    def parse_known_args(  # type: ignore[override]  # one signature for the two that argparse has
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Refuse what is not known here; argparse would leave it to the whole program, which has other options."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            near = difflib.get_close_matches(unknown[0].partition("=")[0], self._option_string_actions, 1, 0.75)
            advice = f" Did you mean {near[0]}?" if near else ""
            self._refuse(f"Not known here: {' '.join(unknown)}.{advice}")
        return known, unknown


def plain(message: str) -> str:
    """A sentence out of what argparse says; what it says in other words is left as it is."""
    if found := re.fullmatch(r"the following arguments are required: (.*)", message):
        return f"Missing: {found[1]}."
    named = re.fullmatch(r"argument ([^:]+): (.*)", message)
    if not named:
        return f"{message[:1].upper()}{message[1:]}."
    name, what = named.groups()
    if found := re.fullmatch(r"invalid choice: '?(.*?)'? \(choose from (.*)\)", what):
        choices = [choice.strip(" '") for choice in found[2].split(",")]
        near = difflib.get_close_matches(found[1], choices, 1)
        advice = f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(choices)}."
        where = "" if not name.startswith("-") else f"{name}: "
        return f"{where}{found[1]!r} is not known. {advice}"
    if found := re.fullmatch(r"invalid \w+ value: (.*)", what):
        return f"{name}: {found[1]} is no number."
    return f"{name}: {what}."
