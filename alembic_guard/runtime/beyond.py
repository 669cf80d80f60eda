"""What would reach beyond a scratch database, in the SQL of a migration that is traced on one.

Roles, settings, other databases and files belong to the server; what a traced statement does to
them would stay. It cuts SQL into words, and where it is in doubt it turns a statement away.

It does not see what is hidden in a function of the database, what a driver's own object sends
beside its cursors, and on PostgreSQL tables of a foreign server (a scratch database has no user
mappings, without which most refuse).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_TOKENS = re.compile(
    r"""--[^\n]*|/\*.*?\*/
    |'(?:[^']|'')*'
    |(?:"(?:[^"]|"")*"|`[^`]*`|[^\W\d][\w$]*)
     (?:\s*\.\s*(?:"(?:[^"]|"")*"|`[^`]*`|[^\W\d][\w$]*))*
    |;""",
    re.VERBOSE | re.DOTALL,
)
_MAKES = {"CREATE", "ALTER", "DROP"}
_SHARED = {
    "postgresql": {"ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SUBSCRIPTION", "SYSTEM"},
    "mysql": {"ROLE", "USER", "DATABASE", "SCHEMA", "SERVER", "TABLESPACE", "LOGFILE"},
}
_SHARED_ON = {"DATABASE", "ROLE", "TABLESPACE", "PARAMETER"}
_OF_OWNED = {"DROP", "REASSIGN"}
_SERVER = {"FLUSH", "KILL", "SHUTDOWN", "INSTALL", "UNINSTALL", "RESET", "PURGE", "CHANGE", "STOP"}
_SERVER |= {"USE", "LOAD", "GRANT", "REVOKE"}
_FUNCTIONS = re.compile(
    r"dblink\w*|pg_(?:terminate|cancel|reload|rotate|promote|switch|file)\w*|lo_(?:im|ex)port"
    r"|pg_(?:create|drop)_\w*slot|load_extension|load_file",
    re.IGNORECASE,
)
_CODE = {"DO", "FUNCTION", "PROCEDURE", "PREPARE", "EXECUTE"}
"""Statements whose strings may be statements themselves."""


def beyond(sql: str, kind: str, others: Collection[str] = ()) -> str:
    """What a statement would reach, as words behind "it wanted to"; "" for nothing.

    :param kind: ``postgresql``, ``mariadb``, ``mysql`` or ``sqlite``.
    :param others: the server's other databases, in lower case; MariaDB and MySQL.
    """
    kind = "mysql" if kind == "mariadb" else kind
    for words in _statements(sql):
        upper = [word.upper() for word in words]
        if any(_FUNCTIONS.fullmatch(word.rpartition(".")[2].strip('"`')) for word in words):
            return "call a function that acts on the server"
        if kind == "sqlite":
            if upper[0] in ("ATTACH", "DETACH") or upper[:2] == ["VACUUM", "INTO"]:
                return "use another file"
            continue
        shared = _shared(upper, kind)
        if shared:
            return shared
        if kind == "mysql" and (other := _other(words, others)):
            return f"use the database {other}"
    return ""


def _statements(sql: str) -> Iterator[list[str]]:
    words = [each for each in _TOKENS.findall(sql) if not each.startswith(("--", "/*"))]
    code = not _CODE.isdisjoint(word.upper() for word in words[:4])
    statement: list[str] = []
    for word in words:
        if word == ";":
            if statement:
                yield statement
            statement = []
        elif not word.startswith("'"):
            statement.append(word)
        elif code:
            statement += [inner for each in _statements(word.strip("'")) for inner in each]
    if statement:
        yield statement


def _shared(upper: list[str], kind: str) -> str:
    """What a statement changes that all databases of a server share."""
    verb, following = upper[0], [*upper[1:], ""]
    for word, second, third in zip(upper, following, [*following[1:], ""], strict=True):
        if word in _MAKES and second in _SHARED[kind] and third != "MAPPING":
            return f"{word} {second}, which is the server's"
    if kind == "mysql":
        if verb in _SERVER or (verb == "START" and following[0] != "TRANSACTION"):
            return f"{verb}, which is the server's"
        if verb == "SET" and any(re.match(r"(GLOBAL|PERSIST)\b", word) for word in following):
            return "SET GLOBAL, which is the server's"
        return "write a file" if {"OUTFILE", "DUMPFILE"} & set(upper) else ""
    for word, second in zip(upper, following, strict=True):
        if word in ("GRANT", "REVOKE") and "ON" not in upper:
            return f"{word} a role, which is the server's"
        if word == "ON" and second in _SHARED_ON:
            return f"{verb} ON {second}, which is the server's"
        if word in _OF_OWNED and second == "OWNED":
            return f"{word} OWNED, which is the server's"
    if verb == "COPY" and ("PROGRAM" in upper or ("TO" in upper and "STDOUT" not in upper)):
        return "COPY to a file or a program of the server"
    return ""


def _other(words: list[str], others: Collection[str]) -> str:
    """The other database that a qualified name speaks of."""
    for word in words:
        first, dot, _ = word.partition(".")
        if dot and (name := first.strip(' \n\t"`').lower()) in others:
            return name
    return ""
