"""`python -m sensorcoach` is the same as `sensorcoach`."""

import sys

from .cli import main

sys.exit(main())
