"""One module for each command, with `run(args) -> int`."""
