"""The models created in a scratch namespace: what came of them, and which statement made what.

Each statement that somebody typed leaves a mark in the same subtransaction, so that what bears the
number of that subtransaction in the catalogue is what it made: no text is parsed for names.
Privileges come after all else, so that those that are declared are the difference; event triggers
come last, under other names, and are gone before anything could set them off. Owners are not given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import text

from alembic_guard.runtime.comparing.dependencies import Dependencies
from alembic_guard.runtime.comparing.facts import Fact, Thing
from alembic_guard.runtime.comparing.model import Statement
from alembic_guard.runtime.comparing.postgresql import extensions, typed
from alembic_guard.runtime.comparing.postgresql.aiming import aimed
from alembic_guard.runtime.comparing.postgresql.dependencies import read_dependencies
from alembic_guard.runtime.comparing.postgresql.grants import read_grants
from alembic_guard.runtime.comparing.postgresql.namespace import Failure, Namespace, quoted
from alembic_guard.runtime.comparing.postgresql.owners import Owners, declared_owners
from alembic_guard.runtime.comparing.postgresql.reading import read

TOKEN = "guard_event_"
_MARKS = "guard_marks"
_SYNTAX_ERROR = "42601"
"""PostgreSQL manual, appendix A."""


@dataclass(frozen=True)
class Creation:
    """What came of the models.

    :param makers: the statements that made a thing, in order; of those that were typed.
    :param owners: what is said of them; nothing where nobody wants to know.
    """

    facts: dict[Thing, Fact]
    failures: list[Failure]
    makers: Mapping[Thing, tuple[Statement, ...]]
    dependencies: Dependencies
    privileges: Privileges
    owners: Owners = field(default_factory=Owners)


@dataclass
class Privileges:
    """What the models grant and revoke.

    :param objects: with their schemas; :param revoked: what came by default, and was taken.
    """

    objects: set[tuple[str, str]] = field(default_factory=set)
    revoked: list[Fact] = field(default_factory=list)


def apart(statements: Sequence[Statement]) -> list[Statement]:
    """One statement each, where somebody typed several at once; without those that write rows."""
    return [
        replace(each, sql=sql, part=part)
        for each in statements
        for part, sql in enumerate(typed.statements(each.sql) if each.raw else [each.sql])
        if not each.raw or not typed.makes_nothing(sql)
    ]


def create(
    made: Namespace, statements: Sequence[Statement], path: str, *, owners: bool = False
) -> Creation:
    """Create the models, and read what came of them.

    :param path: the ``search_path`` in which statements are run.
    :param owners: whether to ask for the owners that they say.
    """
    sql = [_for_scratch(made, each) for each in statements]
    kinds = [typed.kind(each.sql) if each.raw else "" for each in statements]
    late = {kind: _places(kinds, kind) for kind in ("grant", "event trigger", "owner")}
    soon = [place for place, kind in enumerate(kinds) if kind not in late]
    marked = {place for place in soon if _is_marked(statements[place])}
    unread = _unreadable(made, sql, kinds)
    failures = [each for each in _run_marked(made, sql, soon, marked) if each.place not in unread]
    failures += unread.values()
    made.look()
    marks = _marks(made) if marked else {}
    dependencies, origins = read_dependencies(made.connection, made.names())
    facts = extensions.as_declared(read(made.connection, made.names()), statements)
    makers = {
        thing: _made_by(thing, [marks[came] for came in numbers if came in marks], statements)
        for thing, numbers in origins.made.items()
    }
    privileges = Privileges()
    if late["grant"]:
        failures += _grants(made, sql, late["grant"], path, facts, privileges)
    if late["event trigger"]:
        failures += _event_triggers(made, sql, late["event trigger"], path, facts)
        makers |= _named(statements, late["event trigger"], facts)
    known = {each: by for each, by in makers.items() if by}
    texts = [each.sql for each in statements]
    owned = declared_owners(made, texts, sql, late["owner"], path) if owners else Owners()
    failures += owned.failures
    return Creation(facts, failures, known, dependencies, privileges, owned)


def _places(kinds: Sequence[str], kind: str) -> list[int]:
    return [place for place, each in enumerate(kinds) if each == kind]


def _unreadable(made: Namespace, sql: Sequence[str], kinds: Sequence[str]) -> dict[int, Failure]:
    """Functions whose bodies do not parse, by their places.

    Bodies are not looked at when the models are made, since they may name what comes later.
    """
    places = [place for place, kind in enumerate(kinds) if kind in ("function", "procedure")]
    if not places:
        return {}
    savepoint = made.connection.begin_nested()
    try:
        made.connection.exec_driver_sql("SET LOCAL check_function_bodies = on")
        failed = _failed(made.run([sql[place] for place in places]), places)
    finally:
        savepoint.rollback()
    return {each.place: each for each in failed if each.code == _SYNTAX_ERROR}


def _for_scratch(made: Namespace, statement: Statement) -> str:
    whole = extensions.for_scratch(statement.sql, made.stand_ins)
    if whole != statement.sql:
        return whole
    if not statement.raw:
        return typed.for_scratch(statement.sql, TOKEN, {}) if _is_view(statement) else statement.sql
    plain = {name: quoted(each) for name, each in made.stand_ins.items() if name}
    sql = aimed(made.retarget(statement.sql), quoted(made.stand_ins[""]))
    return typed.for_scratch(sql, TOKEN, plain)


def _is_view(statement: Statement) -> bool:
    return bool(getattr(getattr(statement.source, "table", None), "is_view", False))


def _is_marked(statement: Statement) -> bool:
    return statement.raw or _is_view(statement)


def _run_marked(
    made: Namespace, sql: Sequence[str], soon: Sequence[int], marked: set[int]
) -> list[Failure]:
    marks = made.qualified("", _MARKS)
    if marked:
        made.connection.exec_driver_sql(f"CREATE TABLE {marks} (place integer)")
    scripts = [
        f"{sql[place]}\n;INSERT INTO {marks} VALUES ({place})" if place in marked else sql[place]
        for place in soon
    ]
    return _failed(made.run(scripts), soon)


def _failed(failures: Sequence[Failure], places: Sequence[int]) -> list[Failure]:
    return [Failure(places[each.place], each.code, each.message) for each in failures]


def _marks(made: Namespace) -> dict[str, int]:
    """The places of statements by the numbers of their subtransactions."""
    marks = made.qualified("", _MARKS)
    rows = made.connection.execute(text(f"SELECT xmin::text, place FROM {marks}"))
    found = {row[0]: row[1] for row in rows}
    made.connection.exec_driver_sql(f"DROP TABLE {marks}")
    return found


def _made_by(
    thing: Thing, places: Sequence[int], statements: Sequence[Statement]
) -> tuple[Statement, ...]:
    kept = sorted(set(places))
    if thing.kind == "index":
        kept = [place for place in kept if statements[place].raw]
    return tuple(statements[place] for place in kept)


def _grants(
    made: Namespace,
    sql: Sequence[str],
    places: Sequence[int],
    path: str,
    facts: dict[Thing, Fact],
    found: Privileges,
) -> list[Failure]:
    before, _ = read_grants(made.connection, made.names())
    made.write(path)
    failures = _failed(made.run([sql[place] for place in places]), places)
    made.look()
    after, _ = read_grants(made.connection, made.names())
    told = {
        fact.notes["object"]
        for one, other in ((before, after), (after, before))
        for thing, fact in one.items()
        if thing not in other or other[thing].parts != fact.parts
    }
    for fact in after.values():
        if fact.notes["object"] in told:
            named = _of_default_schema(fact, made.default)
            facts[named.thing] = named
            found.objects.add((named.thing.schema, named.notes["object"]))
    found.revoked += [fact for thing, fact in before.items() if thing not in after]
    found.objects |= {(fact.thing.schema, fact.notes["object"]) for fact in found.revoked}
    return failures


def _of_default_schema(fact: Fact, default: str) -> Fact:
    """A privilege on the schema that has no name among the models, and needs one here."""
    if fact.notes["object"] != "SCHEMA ":
        return fact
    whole = f"SCHEMA {quoted(default)}" if not default.isidentifier() else f"SCHEMA {default}"
    thing = replace(fact.thing, name=fact.thing.name.replace("SCHEMA ", whole, 1))
    return replace(fact, thing=thing, notes={**fact.notes, "object": whole})


def _event_triggers(
    made: Namespace, sql: Sequence[str], places: Sequence[int], path: str, facts: dict[Thing, Fact]
) -> list[Failure]:
    savepoint = made.connection.begin_nested()
    try:
        made.write(path)
        failures = _failed(made.run([sql[place] for place in places]), places)
        made.look()
        for thing, fact in read(made.connection, made.names(), ("event_triggers",)).items():
            name = thing.name.removeprefix(TOKEN)
            definition = fact.definition.replace(TOKEN, "", 1)
            facts[Thing(thing.kind, name)] = Fact(
                Thing(thing.kind, name),
                {**fact.parts, "definition": definition},
                definition,
                {**fact.notes, "sql": fact.notes["sql"].replace(TOKEN, "", 1)},
            )
    finally:
        savepoint.rollback()
    return failures


def _named(
    statements: Sequence[Statement], places: Sequence[int], facts: Mapping[Thing, Fact]
) -> dict[Thing, tuple[Statement, ...]]:
    found: dict[Thing, tuple[Statement, ...]] = {}
    for place in places:
        thing = Thing("event trigger", typed.event_trigger(statements[place].sql))
        if thing in facts and typed.head(statements[place].sql)[0] == "CREATE":
            found[thing] = (statements[place],)
    return found
