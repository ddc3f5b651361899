"""The command line: `sensorcoach COMMAND`. Only argparse is loaded until a command runs."""

from .main import main

__all__ = ["main"]
