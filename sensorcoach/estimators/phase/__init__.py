"""Parts of the breathing-phase estimator (`breath_phase.py`)."""
