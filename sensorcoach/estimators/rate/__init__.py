"""Parts of the breathing-rate estimator (`breath_rate.py`)."""
