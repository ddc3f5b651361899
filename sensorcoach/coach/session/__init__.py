"""Guided sessions: exercises and programmes as data, a plan made of them, and the machine that leads through it."""

from .library import Library, load_library
from .plan import Plan, Practice, make_plan
from .runner import SessionRunner

__all__ = ["Library", "Plan", "Practice", "SessionRunner", "load_library", "make_plan"]
