"""A whole recording or array in, tables out: the same engine as live, run flat out."""

from .analyze import Analysis, analyze
from .tables import BREATHS, SAMPLES, SECONDS

__all__ = ["BREATHS", "SAMPLES", "SECONDS", "Analysis", "analyze"]
