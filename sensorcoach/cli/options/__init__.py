"""Options of the commands: what they take, and how their help reads."""
