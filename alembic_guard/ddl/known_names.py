"""The tables that are known, and how they name each other.

A table is known by a key that others hold too: in their foreign keys, as their partition or parent,
as a view. What is renamed or dropped is renamed and dropped in all of them. Which ones may hold a
key is remembered, for a history of thousands of tables would be gone through for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from alembic_guard.schema import Constraint, Index, Table

_DEFAULT_SCHEMA = {"postgresql": "public", "sqlite": "main"}


class KnownNames:
    """Tables by key; see :class:`~alembic_guard.ddl.known.Known`."""

    def __init__(self, tables: Mapping[str, Table] | None = None, kind: str = "postgresql") -> None:
        self.tables: dict[str, Table] = {}
        self.kind = kind
        self._holders: dict[str, dict[str, None]] = {}
        """By key, the tables that hold it or did so once."""
        self._indexed: dict[str, dict[str, None]] = {}
        """By name of an index, without its schema, the tables that have it or had it once."""
        for key, table in (tables or {}).items():
            self._store(key, table)

    # --- Questions ---

    def table(self, key: str) -> Table | None:
        """What is known of a table; None where nothing is."""
        return self.tables.get(key)

    def index(self, name: str) -> tuple[str, Index] | None:
        """An index by its name, with the key of its table.

        :param name: a key: with the schema where that is not the default one.
        """
        schema, _, own = name.rpartition(".")
        for key in self._indexed.get(own, ()):
            table = self.tables.get(key)
            if table is not None and own in table.indexes and key.rpartition(".")[0] == schema:
                return key, table.indexes[own]
        return None

    def constraint(self, table: str, name: str) -> Constraint | None:
        """A constraint of a table by its name; None where none is known."""
        found = self.tables.get(table)
        return None if found is None else found.constraints.get(name)

    def key(self, name: str, schema: str) -> str:
        """The key of a name in a schema."""
        return name if schema == _DEFAULT_SCHEMA.get(self.kind) else f"{schema}.{name}"

    # --- Changes ---

    def seen(self, key: str) -> Table:
        """What is known of a table that is there; of one that is not known, nothing but its key."""
        return self.tables.get(key) or Table(key)

    def put(self, table: Table) -> None:
        """Know a table as it is now, and of those that its foreign keys refer to that it does."""
        before = self.tables.get(table.key)
        table = _with_constraints(table, self._with_columns)
        if before is None:
            holding = {key: self.tables[key] for key in self._holding(table.key)}
            others = [key for key, one in holding.items() if table.key in _referred(one)]
            table = replace(table, referenced_by=_once(*table.referenced_by, *others))
        self._store(table.key, table)
        was, now = _referred(before) if before else set(), _referred(table)
        for key in was - now:
            self._replace(key, lambda one: _not_referenced(one, table.key))
        for key in now - was:
            self._replace(
                key, lambda one: replace(one, referenced_by=_once(*one.referenced_by, table.key))
            )

    def change(self, key: str, by: Callable[[Table], Table]) -> None:
        """Change what is known of a table; one that is not known stays unknown."""
        table = self.tables.get(key)
        if table is not None:
            self.put(by(table))

    def remove(self, key: str) -> None:
        """Know a table no more, with its partitions and with all that refers to it."""
        table = self.tables.pop(key, None)
        for partition in table.partitions if table else ():
            self.remove(partition)
        for other in self._holding(key):
            self.change(other, lambda one: _without_references(one, lambda ref: ref[0] == key))
            self._replace(other, lambda one: _without_name(one, key))

    def move(self, old: str, new: str) -> None:
        """Know a table by another key, wherever its key stands."""
        for key in self._holding(old):
            self._replace(key, lambda one: _with_key(one, old, new))
        if old in self.tables:
            table = self.tables.pop(old)
            self._store(new, replace(table, key=new))

    def rename_in(self, key: str, old: str, new: str) -> None:
        """Know an index or a constraint of a table by another name: both, where one has both."""

        def renamed(table: Table) -> Table:
            return replace(
                table,
                constraints={
                    (new if name == old else name): (replace(one, name=new) if name == old else one)
                    for name, one in table.constraints.items()
                },
                indexes={
                    (new if name == old else name): (replace(one, name=new) if name == old else one)
                    for name, one in table.indexes.items()
                },
            )

        self._replace(key, renamed)

    def drop_references(self, key: str, column: str) -> None:
        """Know no foreign key any more that refers to a column."""
        for other in self._holding(key):
            self.change(
                other,
                lambda one: _without_references(
                    one, lambda ref: ref[0] == key and column in ref[1]
                ),
            )

    def rename_references(self, key: str, old: str, new: str) -> None:
        """Know a column by another name in the foreign keys that refer to it."""

        def renamed(each: Constraint) -> Constraint:
            if each.refers_to != key or old not in each.referred_columns:
                return each
            names = tuple(new if name == old else name for name in each.referred_columns)
            return replace(each, referred_columns=names)

        for other in self._holding(key):
            self._replace(other, lambda one: _with_constraints(one, renamed))

    def _with_columns(self, each: Constraint) -> Constraint:
        """A foreign key with the columns that it refers to, where it says none: the primary key."""
        target = self.tables.get(each.refers_to or "")
        if target is None or each.referred_columns:
            return each
        keys = [*target.constraints_of("primary key")]
        return replace(each, referred_columns=keys[0].columns) if keys else each

    def _replace(self, key: str, by: Callable[[Table], Table]) -> None:
        """Change a table where its foreign keys refer to the same tables as before."""
        table = self.tables.get(key)
        if table is not None:
            self._store(key, by(table))

    def _store(self, key: str, table: Table) -> None:
        self.tables[key] = table
        for held in _held(table):
            self._holders.setdefault(held, {})[key] = None
        for name in table.indexes:
            self._indexed.setdefault(str(name), {})[key] = None

    def _holding(self, key: str) -> list[str]:
        """The tables that may hold a key."""
        return [each for each in self._holders.get(key, ()) if each in self.tables]


def _once(*names: str) -> tuple[str, ...]:
    return tuple(sorted({*names}))


def _without(names: Iterable[str], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def _referred(table: Table) -> set[str]:
    """The keys of the tables that a table's foreign keys refer to."""
    return {each.refers_to for each in table.constraints.values() if each.refers_to}


def _held(table: Table) -> set[str]:
    """The keys of other tables that a table holds, or its own where it refers to itself."""
    single = {table.default_partition, table.partition_of} - {None}
    several = {*table.referenced_by, *table.partitions, *table.views}
    return _referred(table) | several | {str(each) for each in single}


def _not_referenced(table: Table, by: str) -> Table:
    return replace(table, referenced_by=_without(table.referenced_by, by))


def _with_constraints(table: Table, by: Callable[[Constraint], Constraint]) -> Table:
    return replace(table, constraints={key: by(one) for key, one in table.constraints.items()})


def _without_references(
    table: Table, dropped: Callable[[tuple[str | None, tuple[str, ...]]], bool]
) -> Table:
    kept = {
        name: one
        for name, one in table.constraints.items()
        if one.kind != "foreign key" or not dropped((one.refers_to, one.referred_columns))
    }
    return table if len(kept) == len(table.constraints) else replace(table, constraints=kept)


def _without_name(table: Table, key: str) -> Table:
    """A table that another one is dropped beside."""
    return replace(
        table,
        referenced_by=_without(table.referenced_by, key),
        partitions=_without(table.partitions, key),
        default_partition=None if table.default_partition == key else table.default_partition,
        partition_of=None if table.partition_of == key else table.partition_of,
        views=_without(table.views, key),
    )


def _with_key(table: Table, old: str, new: str) -> Table:
    """A table that holds another key of one, or of itself."""

    def moved(key: str | None) -> str | None:
        return new if key == old else key

    def all_moved(keys: Iterable[str]) -> tuple[str, ...]:
        return tuple(new if key == old else key for key in keys)

    return replace(
        _with_constraints(table, lambda each: replace(each, refers_to=moved(each.refers_to))),
        referenced_by=all_moved(table.referenced_by),
        partitions=all_moved(table.partitions),
        default_partition=moved(table.default_partition),
        partition_of=moved(table.partition_of),
        views=all_moved(table.views),
    )
