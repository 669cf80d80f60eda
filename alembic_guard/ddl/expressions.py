"""What is in an expression of PostgreSQL: the functions it calls, the columns it names.

Quotes are respected: ``'now()'`` calls nothing. Without postgast a small scanner stands in, which
may take what it does not know for a function, and never misses one that is written with brackets.
Not promised: that an expression is valid.
"""

from __future__ import annotations

from collections.abc import Iterator

# The manual's section 9.26 and 9.9.5: called without brackets.
_value_functions = (
    "current_catalog current_date current_role current_schema current_time current_timestamp "
    "current_user localtime localtimestamp session_user system_user user"
)
VALUE_FUNCTIONS = frozenset(_value_functions.split())

# What may stand before a bracket and is no function; the types, for ``varchar(10)`` in a cast.
_no_functions = (
    "all and any array as between bit case cast char character coalesce collate dec decimal "
    "else exists filter float greatest ilike in interval is least like not nullif numeric or "
    "over row similar some then time timestamp timestamptz timetz to values varbit varchar "
    "varying when zone"
)
_NO_FUNCTIONS = frozenset(_no_functions.split())


def functions(expression: str) -> frozenset[str]:
    """The names of the functions that an expression calls, in lower case and without schema.

    :param expression: SQL of one value; the keywords such as ``CURRENT_DATE`` count as functions.
    """
    try:
        from postgast import PgQueryError, extract_functions, parse
    except ImportError:
        return _scanned_functions(expression)
    try:
        found = list(extract_functions(parse(f"SELECT {expression}")))
    except PgQueryError:
        return _scanned_functions(expression)
    called = frozenset(name.rpartition(".")[2] for name in found)
    return called | (_words(expression) & VALUE_FUNCTIONS)


def names(expression: str) -> frozenset[str]:
    """Every name in an expression, of columns too; what is not quoted is in lower case."""
    return frozenset(
        text for kind, text in _tokens(expression) if kind in ("word", "quoted identifier")
    )


def proves_not_null(expression: str, column: str) -> bool:
    """Whether a CHECK says that a column is never NULL, as PostgreSQL sees it.

    It does where ``column IS NOT NULL`` is the expression or one of those that AND joins
    (ConstraintImpliedByRelConstraint in tablecmds.c). Any comparison is passed by NULL.
    """
    parts = _split_by_and(_without_brackets(list(_tokens(expression))))
    if len(parts) > 1:
        return any(proves_not_null(_text(part), column) for part in parts)
    return is_not_null_test(expression, column)


def is_not_null_test(expression: str, column: str) -> bool:
    """Whether an expression is ``column IS NOT NULL`` and nothing else."""
    tokens = _without_brackets(list(_tokens(expression)))
    names = (("word", column), ("quoted identifier", column))
    tail = [("word", "is"), ("word", "not"), ("word", "null")]
    return len(tokens) == 4 and tokens[0] in names and tokens[1:] == tail


def cast_of_name(expression: str) -> tuple[str | None, str]:
    """A name, and the type that it is cast to by ``::`` or CAST().

    :returns: (None, "") where the expression is anything else; the type as its tokens joined by
        blanks, "" where it is the name alone.
    """
    tokens = _without_brackets(list(_tokens(expression)))
    if tokens[:2] == [("word", "cast"), ("sign", "(")] and tokens[-1] == ("sign", ")"):
        inside = tokens[2:-1]
        if inside[1:2] != [("word", "as")]:
            return None, ""
        name, rest = inside[0], inside[2:]
    elif tokens[1:2] in ([], [("sign", "::")]):
        name, rest = [*tokens, ("", "")][0], tokens[2:]
    else:
        return None, ""
    if name[0] not in ("word", "quoted identifier") or ("sign", "::") in rest:
        return None, ""
    written = _text(rest)
    # No operator may follow the type.
    plain = all(kind in ("word", "number") or text in "().,[]" for kind, text in rest)
    return (name[1], written) if plain else (None, "")


def _scanned_functions(expression: str) -> frozenset[str]:
    """As :func:`functions`, without a parser."""
    found = set()
    before, last = ("", ""), ("", "")
    for token in _tokens(expression):
        kind, text = last
        named = kind == "quoted identifier" or (kind == "word" and text not in _NO_FUNCTIONS)
        if token == ("sign", "(") and named and before != ("sign", "::"):
            found.add(text)
        before, last = last, token
    return frozenset(found) | (_words(expression) & VALUE_FUNCTIONS)


def _words(expression: str) -> frozenset[str]:
    """The words that are not quoted."""
    return frozenset(text for kind, text in _tokens(expression) if kind == "word")


def _text(tokens: list[tuple[str, str]]) -> str:
    """Tokens as text that has the same tokens."""
    quotes = {"quoted identifier": '"{}"', "string": "'{}'"}
    return " ".join(quotes.get(kind, "{}").format(text) for kind, text in tokens)


def _without_brackets(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tokens without the brackets that go around all of them."""
    while tokens and tokens[0] == ("sign", "("):
        depths = list(_depths(tokens))
        if 0 in depths[:-1] or depths[-1] != 0:
            break
        tokens = tokens[1:-1]
    return tokens


def _split_by_and(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """The parts that AND joins outside of brackets; all in one where OR joins any."""
    parts: list[list[tuple[str, str]]] = [[]]
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        if depth == 0 and token == ("word", "or"):
            return [tokens]
        if depth == 0 and token == ("word", "and"):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _depths(tokens: list[tuple[str, str]]) -> Iterator[int]:
    """How many brackets are open behind each token."""
    depth = 0
    for token in tokens:
        depth += {("sign", "("): 1, ("sign", ")"): -1}.get(token, 0)
        yield depth


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    """The tokens by the manual's section 4.1, without comments, as pairs of kind and text.

    Kinds: ``word`` (in lower case), ``quoted identifier``, ``string``, ``number``, ``sign``.
    """
    start = 0
    while start < len(expression):
        rest = expression[start:]
        sign = rest[0]
        length = 1
        if rest.startswith("--"):
            length = len(rest.split("\n", 1)[0])
        elif rest.startswith("/*"):
            length = (rest + "*/").index("*/", 2) + 2
        elif sign == '"':
            length = _quoted(rest, sign)
            yield "quoted identifier", rest[1 : length - 1].replace('""', '"')
        elif sign == "'":
            length = _quoted(rest, sign)
            yield "string", rest[1 : length - 1]
        elif sign in "eE" and rest[1:2] == "'":
            length = 1 + _quoted(rest[1:], "'", escapes=True)
            yield "string", rest[2 : length - 1]
        elif sign == "$" and (tag := _dollar_tag(rest)):
            length = (rest + tag).index(tag, len(tag)) + len(tag)
            yield "string", rest[len(tag) : length - len(tag)]
        elif sign.isalpha() or sign == "_":
            length = _run(rest, "_$")
            yield "word", rest[:length].lower()
        elif sign.isdigit():
            length = _run(rest, "._")
            yield "number", rest[:length]
        elif not sign.isspace():
            length = 2 if rest.startswith("::") else 1
            yield "sign", rest[:length]
        start += length


def _quoted(text: str, quote: str, *, escapes: bool = False) -> int:
    """The length of what is in quotes at the start of a text; a doubled quote does not end it."""
    place = 1
    while place < len(text):
        if text[place] == quote:
            if text[place + 1 : place + 2] != quote:
                return place + 1
            place += 1
        elif escapes and text[place] == "\\":
            place += 1
        place += 1
    return len(text)


def _dollar_tag(text: str) -> str:
    """The ``$tag$`` at the start of a text, "" where there is none."""
    tag, dollar, _ = text[1:].partition("$")
    return f"${tag}$" if dollar and (not tag or tag.isidentifier()) else ""


def _run(text: str, more: str) -> int:
    """How many letters, digits and these signs a text starts with."""
    return next(
        (at for at, sign in enumerate(text) if not sign.isalnum() and sign not in more), len(text)
    )
