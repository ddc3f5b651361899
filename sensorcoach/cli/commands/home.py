"""`sensorcoach` alone: Home, from where everything can be started with one key."""

from __future__ import annotations

import argparse


def run(args: argparse.Namespace) -> int:
    """Show Home until the person leaves."""
    from ..dashboard import run as show
    from ..launching import Launch

    return show(None, Launch())
