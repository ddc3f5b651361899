"""Screens: the dashboard, help, and the question before leaving a recording."""
