"""The panels of the dashboard; each draws itself from one `Scene`."""
