"""A source run through the engine: paced for a screen, or as lines."""
