"""How schemas are drawn, and pairs of them that have much in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.autogenerate.properties.schemas import (
    ColumnOf,
    Kinds,
    Options,
    Part,
    Schema,
    TableOf,
    Typed,
    quoted,
    settled,
)

T = TypeVar("T")
Draw = Any

TABLES = ("users", "Order", 'say "hi"', "a.b", "100%s", "x:y", "select", "naïve it's", "t" * 63)
COLUMNS = ("id", "name", "Age", "group", 'q"q', "c.d", "50%", "e:f", "größe", "o'k", "c" * 63)
NAMES = ("a_ck", "B ix", "c.key", 'd"q', "e%s", "f:g", "ü_fk", "g'h", "n" * 63, "ü" * 40, "order")
COMMENTS = (None, None, None, "why", 'it\'s 100% "so": \\ok', "ü\nline")
ACTIONS = (None, None, "CASCADE", "SET DEFAULT", "RESTRICT", "NO ACTION")


@st.composite
def schemas(draw: Draw, kinds: Kinds, postgresql: bool = True) -> Schema:
    """One schema."""
    names = draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True))
    tables = tuple(draw(_tables(name, names, kinds, postgresql)) for name in names)
    typed = tuple(draw(st.lists(_typed(tables), max_size=3))) if postgresql else ()
    return settled(Schema(tables, (*_kept(postgresql), *typed)), kinds)


@st.composite
def pairs(draw: Draw, kinds: Kinds, postgresql: bool = True) -> tuple[Schema, Schema]:
    """Two schemas: the second has many parts of the first, and some of a third."""
    first = draw(schemas(kinds, postgresql))
    other = draw(schemas(kinds, postgresql))
    mixed = {each.name: each for each in other.tables}
    tables = []
    for table in first.tables:
        if table.name in mixed:
            tables.append(_mixed_table(draw, table, mixed.pop(table.name)))
        else:
            twin = next(iter(mixed), None)
            if twin is None or draw(st.booleans()):
                tables.append(table)
            else:
                tables.append(_mixed_table(draw, table, mixed.pop(twin)))
    tables += [each for each in mixed.values() if draw(st.booleans())]
    kept = draw(st.lists(st.sampled_from(tables), min_size=1, unique=True)) if tables else []
    typed = (*_kept(postgresql), *_mixed(draw, first.typed, other.typed))
    return first, settled(Schema(tuple(t for t in tables if t in kept), typed), kinds)


def _mixed_table(draw: Draw, one: TableOf, two: TableOf) -> TableOf:
    columns = {each.name: each for each in two.columns}
    found = []
    for each in one.columns:
        other = columns.pop(each.name, None)
        fate = draw(st.sampled_from(("keep", "keep", "keep", "swap", "drop", "change")))
        if fate == "keep" or (fate == "swap" and other is None):
            found.append(each)
        elif fate == "swap" and other is not None:
            found.append(other)
        elif fate == "change":
            found.append(replace(each, nullable=not each.nullable, default=None))
    found += [each for each in columns.values() if draw(st.booleans())]
    key = draw(st.sampled_from((one, one, two)))
    return replace(
        one,
        columns=tuple(found or one.columns[:1]),
        key=key.key,
        key_name=key.key_name,
        parts=_mixed(draw, one.parts, two.parts),
        comment=draw(st.sampled_from((one.comment, two.comment))),
    )


def _mixed(draw: Draw, one: Sequence[T], two: Sequence[T]) -> tuple[T, ...]:
    found = [each for each in one if draw(st.sampled_from((True, True, False)))]
    return (*found, *(each for each in two if draw(st.booleans())))


@st.composite
def _tables(draw: Draw, name: str, names: Sequence[str], kinds: Kinds, postgresql: bool) -> TableOf:
    chosen = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=5, unique=True))
    columns = tuple(draw(_columns(each, kinds, postgresql)) for each in chosen)
    computed = draw(_computed(columns, kinds)) if draw(st.integers(0, 3)) == 0 else None
    columns += (computed,) if computed else ()
    parts = draw(st.lists(_parts(columns, names, kinds, postgresql), max_size=4))
    key = draw(st.sampled_from(("first", "first", "none", "two")))
    keys = {"first": chosen[:1], "none": [], "two": list(reversed(chosen[:2]))}[key]
    return TableOf(
        name,
        columns,
        tuple(keys),
        draw(st.sampled_from((None, None, *NAMES))),
        tuple(parts),
        draw(st.sampled_from(COMMENTS)) if postgresql else None,
    )


@st.composite
def _columns(draw: Draw, name: str, kinds: Kinds, postgresql: bool) -> ColumnOf:
    name_of_kind = draw(st.sampled_from(("integer", "integer", *kinds)))
    kind = kinds[name_of_kind]
    identity = draw(_identities()) if postgresql and kind.whole and draw(st.booleans()) else None
    return ColumnOf(
        name,
        name_of_kind,
        draw(st.booleans()),
        draw(st.sampled_from((None, None, *kind.defaults))),
        None,
        identity,
        draw(st.sampled_from(COMMENTS)) if postgresql else None,
    )


@st.composite
def _identities(draw: Draw) -> Options | None:
    if draw(st.booleans()):
        return None
    options = {"always": draw(st.booleans())}
    for word, values in {
        "start": (1, 10),
        "increment": (1, 2),
        "cycle": (True,),
        "cache": (5,),
    }.items():
        if draw(st.integers(0, 3)) == 0:
            options[word] = draw(st.sampled_from(values))
    return tuple(options.items())


@st.composite
def _computed(draw: Draw, columns: Sequence[ColumnOf], kinds: Kinds) -> ColumnOf | None:
    sources = [each for each in columns if kinds[each.kind].computed]
    if not sources:
        return None
    source = draw(st.sampled_from(sources))
    kind = source.kind
    text = draw(st.sampled_from(kinds[kind].computed))
    return ColumnOf("made up", kind, True, None, (source.name, source.kind, text))


@st.composite
def _parts(
    draw: Draw, columns: Sequence[ColumnOf], names: Sequence[str], kinds: Kinds, postgresql: bool
) -> Part:
    what = draw(st.sampled_from(("check", "check", "unique", "index", "index", "foreign key")))
    name = draw(
        st.sampled_from(
            (None, *NAMES) if what in ("check", "foreign key") or (what == "unique") else NAMES
        )
    )
    one = draw(st.sampled_from(columns))
    kind = kinds[one.kind]
    if what == "check" and kind.checks:
        return Part("check", name, ((one.name, one.kind),), draw(st.sampled_from(kind.checks)))
    if what == "foreign key":
        target = draw(st.sampled_from(list(names)))
        options = draw(_options({"ondelete": ACTIONS, "onupdate": ACTIONS, "deferrable": True}))
        return Part("foreign key", name, ((one.name, one.kind),), "", options, target)
    two = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=2, unique=True))
    both = tuple((each.name, None) for each in two)
    if what == "unique":
        words = {"deferrable": True, "postgresql_nulls_not_distinct": True}
        return Part("unique", name, both, "", draw(_options(words)) if postgresql else ())
    name = name or "ix"  # of a check that its column has no words for
    where = f"{'postgresql' if postgresql else 'sqlite'}_where"
    words_: dict[str, Any] = {"unique": True}
    if kind.checks and draw(st.integers(0, 2)) == 0:
        words_[where] = kind.checks
    if kind.expressions and draw(st.booleans()):
        text = draw(st.sampled_from(kind.expressions))
        return Part("index", name, ((one.name, one.kind),), text, draw(_options(words_)))
    if where in words_:
        return Part("index", name, ((one.name, one.kind),), "", draw(_options(words_)))
    if postgresql and kind.operators and "jsonb_path_ops" not in kind.operators:
        words_["postgresql_ops"] = kind.operators
        return Part("index", name, ((one.name, one.kind),), "", draw(_options(words_)))
    if postgresql:
        words_["postgresql_include"] = ((columns[0].name,),)
        both += ((columns[0].name, None),)
        options = draw(_options(words_))
        names_ = tuple((each.name, None) for each in two)
        return Part("index", name, names_, "", options if columns[0] not in two else ())
    return Part("index", name, both, "", draw(_options(words_)))


@st.composite
def _options(draw: Draw, words: dict[str, Any]) -> Options:
    found = []
    for word, values in words.items():
        if draw(st.booleans()):
            value = draw(st.sampled_from(values)) if isinstance(values, tuple) else values
            found += [] if value is None else [(word, value)]
    return tuple(found)


def _kept(postgresql: bool) -> tuple[Typed, ...]:
    """One of each kind: the last of its kind would be nobody's to drop."""
    if not postgresql:
        return ()
    return (
        Typed("kept rows", "CREATE MATERIALIZED VIEW kept_rows AS SELECT 1 AS one"),
        Typed("kept view", "CREATE VIEW kept AS SELECT 1 AS one"),
        Typed("kept sequence", "CREATE SEQUENCE kept_seq"),
        Typed(
            "noted()",
            "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE NOTICE '100%% :x'; RETURN NEW; END $$",
        ),
        Typed(
            "kept trigger",
            "CREATE TRIGGER kept INSTEAD OF INSERT ON kept FOR EACH ROW EXECUTE FUNCTION noted()",
        ),
    )


KINDS = ("view", "materialized view", "function", "trigger", "sequence", "view on a view")
WHERE = ("", " WHERE {c} IS NOT NULL", " LIMIT 5", " ORDER BY {c}::text")
BODIES = ("SELECT a + 1", "SELECT a * 2 -- 100% :x", "SELECT '7'::text::integer")
HEADS = (("a integer", "integer"), ("a integer DEFAULT 1", "integer"), ("a bigint", "bigint"))
WHEN = ("BEFORE INSERT", "AFTER UPDATE", "BEFORE INSERT OR UPDATE")
SEQUENCES = ("", "INCREMENT 2", "MAXVALUE 100 CYCLE", "AS integer")


@st.composite
def _typed(draw: Draw, tables: Sequence[TableOf]) -> Typed:
    what = draw(st.sampled_from(KINDS))
    if what == "function":
        (head, back), body = draw(st.sampled_from(HEADS)), draw(st.sampled_from(BODIES))
        sql = f"CREATE FUNCTION f({head}) RETURNS {back} LANGUAGE sql AS $x${body}$x$"
        return Typed(f"f({head})", sql)
    if what == "sequence":
        sql = f'CREATE SEQUENCE "s.eq%" {draw(st.sampled_from(SEQUENCES))}'
        return Typed("relation s", sql)
    if what == "view on a view":
        more = draw(st.sampled_from(("one", "one + 1 AS one")))
        return Typed("relation w", f"CREATE VIEW w AS SELECT {more} FROM kept")
    return draw(_typed_of_table(what, draw(st.sampled_from(tables))))  # type: ignore[no-any-return]


@st.composite
def _typed_of_table(draw: Draw, what: str, table: TableOf) -> Typed:
    column = draw(st.sampled_from(table.columns))
    needs = ((table.name, column.name, column.kind),)
    t, c = quoted(table.name), quoted(column.name)
    if what == "view":
        name = draw(st.sampled_from(("v", "View 1", "v%s", "v:w")))
        text = f"SELECT {c} AS x FROM {t}" + draw(st.sampled_from(WHERE)).format(c=c)
        return Typed(f"relation {name}", f"CREATE VIEW {quoted(name)} AS {text}", needs)
    if what == "materialized view":
        where = draw(st.sampled_from(("", f" WHERE {c}::text <> 'a:b%'")))
        sql = f"CREATE MATERIALIZED VIEW m AS SELECT count({c}) AS x FROM {t}{where}"
        return Typed("relation m", sql, needs)
    only = draw(st.sampled_from(("", f"WHEN (NEW.{c} IS NOT NULL) ")))
    when = draw(st.sampled_from(WHEN))
    sql = f'CREATE TRIGGER "tr:g" {when} ON {t} FOR EACH ROW {only}EXECUTE FUNCTION noted()'
    return Typed(f"trigger {table.name}", sql, needs)
