"""What ALTER TABLE says of a difference, in both directions, in the server's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alembic_guard.runtime.comparing.facts import Difference, Fact
from alembic_guard.runtime.comparing.mysql.tokens import quoted, string

_ORDER = ("table", "check", "index", "primary key", "column")


def altered(table: str, differences: Sequence[Difference]) -> list[str]:
    """The statements that bring a table from one side to the other.

    :param differences: of its parts, and of the table itself; no foreign keys.
    """
    clauses = [clause for each in differences for clause in _clauses(each)]
    statements = []
    if clauses:
        head = f"ALTER TABLE {quoted(table)}"
        whole = ",\n  ".join(clauses)
        statements.append(f"{head} {whole}" if len(clauses) == 1 else f"{head}\n  {whole}")
    return [*statements, *_partitions(table, differences)]


def back(differences: Sequence[Difference]) -> list[Difference]:
    """The other direction."""
    return [Difference(each.thing, each.model, each.live) for each in differences]


def ordered(differences: Sequence[Difference]) -> list[Difference]:
    """What goes before what comes does not matter in one statement; readers like an order."""
    return sorted(differences, key=lambda each: (-_ORDER.index(each.thing.kind), each.thing))


def remade(each: Difference) -> bool:
    """Whether a column is of a kind that MODIFY cannot make of what there is (error 1907)."""
    if each.live is None or each.model is None or each.thing.kind != "column":
        return False
    virtual = [
        side.parts["generated"] is not None and not side.parts["stored"]
        for side in (each.live, each.model)
    ]
    return virtual[0] != virtual[1]


def _clauses(each: Difference) -> Iterator[str]:
    kind, name = each.thing.kind, quoted(each.thing.name)
    if kind == "table":
        assert each.live is not None
        assert each.model is not None
        yield from _options(each.live, each.model)
    elif kind == "column":
        if each.model is None or remade(each):
            yield f"DROP COLUMN {name}"
        if each.model is not None:
            word = "ADD" if each.live is None or remade(each) else "MODIFY"
            yield f"{word} COLUMN {each.model.definition}"
    elif each.parts == {"ignored"}:
        assert each.live is not None
        assert each.model is not None
        words = {"IGNORED": "NOT IGNORED", "INVISIBLE": "VISIBLE"}
        word = each.model.parts["ignored"] or words[each.live.parts["ignored"]]
        yield f"ALTER INDEX {name} {word}"
    else:
        if each.live is not None:
            yield {
                "primary key": "DROP PRIMARY KEY",
                "index": f"DROP KEY {name}",
                "check": f"DROP CONSTRAINT {name}",
            }[kind]
        if each.model is not None:
            yield f"ADD {_named(each.model)}"


def _named(fact: Fact) -> str:
    """What is printed of it, under the name that it has here."""
    if fact.thing.kind == "check":
        return f"CONSTRAINT {quoted(fact.thing.name)} CHECK {_rest(fact.definition, 'CHECK')}"
    if fact.thing.kind == "primary key":
        return fact.definition
    head = fact.definition[: fact.definition.index("KEY")]
    rest = fact.definition[fact.definition.index("(") :]
    return f"{head}KEY {quoted(fact.thing.name)} {rest}"


def _rest(definition: str, word: str) -> str:
    return definition.partition(f" {word} ")[2]


def _options(live: Fact, model: Fact) -> Iterator[str]:
    if live.parts["comment"] != model.parts["comment"]:
        yield f"COMMENT={string(model.parts['comment'] or '')}"
    ours, theirs = live.parts["options"], model.parts["options"]
    for word in theirs:
        if ours.get(word) != theirs[word] and word != "charset":
            names = {"collate": "DEFAULT COLLATE"}
            value = theirs[word]
            yield f"{names.get(word, word.upper())}={value if value else _unset(word)}"


def _unset(word: str) -> str:
    """What takes an option back that is not printed where it has not been set."""
    return {"row_format": "DEFAULT", "connection": "''", "data directory": "''"}.get(word, "0")


def _partitions(table: str, differences: Sequence[Difference]) -> Iterator[str]:
    for each in differences:
        if each.thing.kind == "table" and "partition" in each.parts:
            assert each.model is not None
            text = each.model.notes["partition"]
            yield f"ALTER TABLE {quoted(table)} {text or 'REMOVE PARTITIONING'}"
