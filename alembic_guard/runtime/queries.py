"""Whether a statement reads, and what it speaks of: enough to answer it while recording.

It cuts SQL into words and judges no statement: what a statement does to a database is told by the
parsers of :mod:`alembic_guard.ddl`. Where it is in doubt it takes a statement for a write, which is
recorded and not executed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKENS = re.compile(
    r"""--[^\n]*|/\*.*?\*/          # comments
    |'(?:[^']|'')*'                # strings
    |(?:"(?:[^"]|"")*"|`[^`]*`|[^\W\d][\w$]*)          # words and names, with their schema
     (?:\s*\.\s*(?:"(?:[^"]|"")*"|`[^`]*`|[^\W\d][\w$]*))*
    |;""",
    re.VERBOSE | re.DOTALL,
)
_READS = frozenset({"SELECT", "VALUES", "TABLE", "WITH", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"})
_WRITES_INSIDE = frozenset({"INTO", "INSERT", "DELETE", "MERGE", "REPLACE", "ANALYZE"})
_CATALOGUE = re.compile(r"pg_\w+|information_schema|sqlite_\w+", re.IGNORECASE)
_EFFECTS = re.compile(
    r"pg_(?:terminate|cancel|(?:try_)?advisory|notify|reload|rotate|promote|switch|create|drop|"
    r"logical|replication|file|read|write|sleep|import|export)\w*"
    r"|nextval|setval|set_config|dblink\w*|lo_\w+|get_lock|release_lock|sleep|benchmark"
    r"|load_extension|load_file|create_hypertable|query_to_xml\w*",
    re.IGNORECASE,
)
"""Functions that do something a read-only transaction does not forbid, or that make it fail."""
_PRAGMAS = re.compile(
    r"\s*PRAGMA\s+(?:\w+\.)?(?:(?:table|index|collation|database|function|module|pragma)_x?"
    r"(?:info|list)\b|table_xinfo\b|foreign_key_(?:list|check)\b|(?:integrity|quick)_check\b"
    r"|(?!wal_checkpoint|optimize|incremental_vacuum)\w+\s*;?\s*$)",
    re.IGNORECASE,
)
_NAMED_AFTER = {
    "INSERT": {"INTO"},
    "REPLACE": {"INTO"},
    "UPDATE": {"UPDATE", "ONLY"},
    "DELETE": {"FROM", "ONLY"},
    "TRUNCATE": {"TRUNCATE", "TABLE", "ONLY"},
    "COPY": {"COPY"},
    "CREATE": {"TABLE", "EXISTS"},
    "DROP": {"TABLE", "EXISTS"},
    "ALTER": {"TABLE", "TO"},
}
_NAMED_ANYWHERE = {"INTO", "UPDATE", "FROM", "TABLE", "ONLY", "EXISTS", "TO"}
_CHANGES_ROWS = frozenset(
    {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "COPY", "WITH", "DO", "CALL"}
    | {"LOAD", "IMPORT", "SELECT"}
)


@dataclass(frozen=True)
class Query:
    """A statement, as far as it has to be known here.

    :param verb: its first word, in capitals.
    :param reads: whether it gives rows back and changes none.
    :param asks: whether a read may be put to a database.
    :param catalogue: whether it asks how the database is made.
    :param returning: whether a write gives rows back.
    :param names: every word and quoted name in a read, in lower case.
    :param changed: what it may change the rows of, or make or drop, in lower case.
    """

    verb: str
    reads: bool
    asks: bool
    catalogue: bool
    returning: bool
    names: frozenset[str]
    changed: frozenset[str]


@lru_cache(maxsize=4096)
def query(sql: str) -> Query:
    """What is to be known of a statement."""
    words = [each for each in _TOKENS.findall(sql) if not each.startswith(("--", "/*", "'"))]
    upper = [each.upper() for each in words]
    while upper and upper[-1] == ";":
        words.pop()
        upper.pop()
    verb = upper[0] if upper else ""
    known = frozenset(upper)
    reads = verb in _READS and known.isdisjoint(_WRITES_INSIDE)
    reads = reads and not (verb == "WITH" and "UPDATE" in known)
    reads = reads or (verb == "PRAGMA" and bool(_PRAGMAS.match(sql)))
    returning, changed = "RETURNING" in known, _changed(verb, words, upper)
    if not reads:
        return Query(verb, False, False, False, returning, frozenset(), changed)
    asks = ";" not in known and not any(_EFFECTS.fullmatch(_bare(word)) for word in words)
    names = frozenset(part for word in words for part in _parts(word))
    catalogue = verb in ("SHOW", "DESCRIBE", "DESC", "PRAGMA")
    catalogue = catalogue or any(_CATALOGUE.fullmatch(name) for name in names)
    return Query(verb, True, asks, catalogue, returning, names, changed)


def empty_count(sql: str) -> bool:
    """Whether a query always has one row, which is 0 over empty tables: ``count`` and ``exists``
    alone.
    """
    words = sql.upper().replace("(", " ( ").split()
    counts = words[:3] in (["SELECT", "COUNT", "("], ["SELECT", "EXISTS", "("])
    return counts and "GROUP" not in words


def _changed(verb: str, words: list[str], upper: list[str]) -> frozenset[str]:
    made = verb in ("CREATE", "DROP") and "TABLE" in upper[:5]
    renamed = verb in ("ALTER", "RENAME") and "RENAME" in upper and "TO" in upper
    if not (made or renamed or verb in _CHANGES_ROWS):
        return frozenset()
    after = _NAMED_AFTER.get(verb, _NAMED_ANYWHERE)
    return frozenset(
        _bare(words[position + 1]) for position, word in enumerate(upper[:-1]) if word in after
    )


def _bare(name: str) -> str:
    """The last part of a name, without its quotes."""
    return name.rpartition(".")[2].strip('"` \n\t').lower()


def _parts(word: str) -> list[str]:
    return [part.strip('"` \n\t').lower() for part in word.split(".")]
