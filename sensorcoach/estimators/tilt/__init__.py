"""Parts of the orientation estimator (`orientation.py`)."""
