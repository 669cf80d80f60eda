"""Compares a SQLite with what the models make in one in memory, by the text that SQLite keeps."""
