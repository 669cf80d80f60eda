"""The SQL that makes, drops and replaces what people type: views, functions, triggers, policies…

What the models declare is written as it was typed there; what the database has, in the words of its
catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from alembic_guard.autogenerate.operations import quoted
from alembic_guard.runtime.comparing.postgresql import typed

if TYPE_CHECKING:
    from alembic_guard.autogenerate.complement import Subject
    from alembic_guard.runtime.comparing.comparison import Comparison
    from alembic_guard.runtime.comparing.facts import Fact, Thing

CALLED = frozenset({"function", "procedure", "aggregate"})
QUERIES = frozenset({"view", "materialized view"})
_ENABLED = {"O": "ENABLE", "D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


def typed_words(subject: Subject, thing: Thing) -> list[str]:
    """The statement of the models that makes a thing; none where it was altered by another."""
    if thing.kind == "index" and subject.sources.index(thing) is not None:
        return [subject.sources.index_words(thing)]
    makers = subject.comparison.built.makers.get(thing, ())
    words = [subject.sources.typed(each) for each in makers]
    whole = len(words) == 1 and typed.head(words[0])[0] == "CREATE"
    return words if whole and _is_named(thing, words[0]) else []


def _is_named(thing: Thing, words: str) -> bool:
    """Whether a statement has the name of what it made, which was not renamed since."""
    name = thing.name.partition("(")[0] if thing.kind in CALLED else thing.name
    own = re.escape(name.replace('"', '""'))
    return re.search(rf"(?<!\w){own}(?!\w)", words, re.IGNORECASE) is not None


def making(subject: Subject, fact: Fact, *, model: bool) -> list[str]:
    """The statements that make a thing, whole.

    :param model: whether as the models have it, or as the database.
    """
    words = typed_words(subject, fact.thing) if model else []
    made = words or catalogued(subject, fact)
    return [*made, *_settings(fact, words), *comments(None, fact)]


def catalogued(subject: Subject, fact: Fact) -> list[str]:
    """The statements that make a thing, in the catalogue's words."""
    kind = fact.thing.kind
    if kind in QUERIES:
        head = f"CREATE {kind.upper()} {fact.notes['sql']}"
        options = f" WITH ({', '.join(fact.notes['options'])})" if fact.notes["options"] else ""
        query = fact.definition.strip().rstrip(";")
        empty = "" if fact.notes["filled"] or kind == "view" else "\nWITH NO DATA"
        if fact.thing in subject.comparison.model and fact.thing not in subject.comparison.live:
            empty = ""
        return [f"{head}{options} AS\n{query}{empty}"]
    if kind == "index":
        unique = "UNIQUE " if fact.parts["unique"] else ""
        owner = owner_words(fact.thing)
        name = quoted(fact.thing.name)
        return [f"CREATE {unique}INDEX {name} ON {owner} {fact.definition}"]
    if kind == "row security":
        return switching(None, fact)
    return [fact.definition.strip()]


def replacing(subject: Subject, fact: Fact, *, model: bool) -> list[str]:
    """The statements that put a view or a function in the place of the one that is there."""
    words = typed_words(subject, fact.thing) if model else []
    made = words or catalogued(subject, fact)
    return [typed.replacing(made[0]), *made[1:], *_settings(fact, words)]


def _settings(fact: Fact, words: list[str]) -> Iterator[str]:
    """What is said of a thing in statements of its own.

    :param words: the statement by which somebody typed it, if that is what makes it.
    """
    if fact.thing.kind in ("trigger", "rule", "event trigger"):
        yield from enabling(None, fact)
    if fact.thing.kind in QUERIES and words:
        said = words[0].lower().partition(" as ")[0] + words[0].lower()[-60:]  # WITH CHECK OPTION
        more = [
            option
            for option in fact.notes["options"] or ()
            if option.partition("=")[0].replace("_", " ") not in said.replace("_", " ")
        ]
        if more:
            yield f"ALTER {fact.thing.kind.upper()} {fact.notes['sql']} SET ({', '.join(more)})"


def owner_words(thing: Thing) -> str:
    """The table or view that a thing is on."""
    return ".".join(quoted(each) for each in (thing.schema, thing.table) if each)


def dropping(fact: Fact) -> str:
    """The statement that drops a thing."""
    thing = fact.thing
    kind = thing.kind.upper()
    if thing.kind in CALLED:
        return f"DROP {kind} {fact.notes['call']}"
    if thing.kind == "index":
        return f"DROP INDEX {'.'.join(quoted(each) for each in (thing.schema, thing.name) if each)}"
    on = f" ON {fact.notes['on']}" if thing.table else ""
    return f"DROP {kind} {fact.notes['sql']}{on}"


def object_words(fact: Fact) -> str:
    """What GRANT and COMMENT call a thing."""
    thing = fact.thing
    if thing.kind in CALLED:
        return f"{thing.kind.upper()} {fact.notes['call']}"
    if thing.kind == "index":
        return f"INDEX {'.'.join(quoted(each) for each in (thing.schema, thing.name) if each)}"
    on = f" ON {fact.notes['on']}" if thing.table else ""
    return f"{thing.kind.upper()} {fact.notes['sql']}{on}"


def comments(before: Fact | None, after: Fact) -> Iterator[str]:
    """The statements that bring the comments of a thing from one state to another."""
    old = None if before is None else before.parts.get("comment")
    new = after.parts.get("comment")
    if old != new:
        yield f"COMMENT ON {object_words(after)} IS {_literal(new)}"
    olds = {} if before is None else before.parts.get("column comments") or {}
    news = after.parts.get("column comments") or {}
    for column in sorted({*olds, *news}):
        if olds.get(column) != news.get(column):
            name = f"{after.notes['sql']}.{quoted(column)}"
            yield f"COMMENT ON COLUMN {name} IS {_literal(news.get(column))}"


def _literal(text: str | None) -> str:
    if text is None:
        return "NULL"
    words = text.replace("'", "''")
    return f"E'{words.replace(chr(92), chr(92) * 2)}'" if "\\" in words else f"'{words}'"


def enabling(before: Fact | None, after: Fact) -> Iterator[str]:
    """The statement by which a trigger or a rule fires as it should."""
    old, new = "O" if before is None else before.parts["enabled"], after.parts["enabled"]
    if old == new:
        return
    word, kind, name = _ENABLED[new], after.thing.kind.upper(), after.notes["sql"]
    if kind == "EVENT TRIGGER":
        yield f"ALTER EVENT TRIGGER {name} {word}"
    else:
        yield f"ALTER TABLE {after.notes['on']} {word} {kind} {name}"


def switching(before: Fact | None, after: Fact | None) -> list[str]:
    """The statements that turn the policies of a table on and off."""
    either = after or before
    assert either is not None
    old = {"enabled": False, "forced": False} if before is None else before.parts
    new = {"enabled": False, "forced": False} if after is None else after.parts
    words = []
    if old["enabled"] != new["enabled"]:
        words.append("ENABLE" if new["enabled"] else "DISABLE")
    if old["forced"] != new["forced"]:
        words.append("FORCE" if new["forced"] else "NO FORCE")
    return [f"ALTER TABLE {either.notes['on']} {word} ROW LEVEL SECURITY" for word in words]


def revoking(fact: Fact) -> list[str]:
    """The statement that takes back a privilege."""
    notes = fact.notes
    return [f"REVOKE {notes['privilege']} ON {notes['object']} FROM {notes['role']}"]


def granting(fact: Fact) -> list[str]:
    """The statement that gives a privilege."""
    notes, end = fact.notes, " WITH GRANT OPTION" if fact.parts["grantable"] else ""
    return [f"GRANT {notes['privilege']} ON {notes['object']} TO {notes['role']}{end}"]


def privileges(comparison: Comparison, thing: Thing, words: str) -> Iterator[str]:
    """The statements that give a thing the privileges that it has in the database.

    Those that come by default need none, and those that the models take are not given.

    :param words: what GRANT calls the thing.
    """
    told = [
        (privilege, fact)
        for privilege, fact in sorted(comparison.built.grants.items())
        if fact.notes["object"] == words and privilege.schema == thing.schema
    ]
    to_all = thing.kind in CALLED | {"enum", "domain"}
    if to_all and not any(fact.notes["role"] == "PUBLIC" for _, fact in told):
        yield f"REVOKE ALL ON {words} FROM PUBLIC"
    for privilege, fact in told:
        by_default = fact.notes["by default"] or (to_all and fact.notes["role"] == "PUBLIC")
        if privilege not in comparison.differences and not by_default:
            yield from granting(fact)
