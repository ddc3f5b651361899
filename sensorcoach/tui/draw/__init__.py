"""Pictures made of characters, as pure functions: spans of text with a role, braille dots, big figures."""
