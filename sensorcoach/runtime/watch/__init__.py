"""Watching over a whole day, and the next: headless, frugal, and reachable over a local socket."""
