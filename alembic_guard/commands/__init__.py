"""One thin module a command: the only place where two crafts meet."""
