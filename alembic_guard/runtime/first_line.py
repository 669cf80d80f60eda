"""What an error says, short enough to stand in a sentence."""

from __future__ import annotations


def first_line(error: BaseException) -> str:
    """The first line of an error, as a clause: of a database's, what its driver says.

    :returns: never nothing: an error without words is called by its type.
    """
    said = str(getattr(error, "orig", None) or error)
    return " ".join(said.partition("\n")[0].split()) or type(error).__name__
