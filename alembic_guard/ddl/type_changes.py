"""Whether PostgreSQL writes a table anew to change the type of a column, and its indexes too.

Known are the changes between built-in types. A type that somebody made may be a domain, which
costs nothing to leave, or an enumeration, which costs a rewrite: of those nothing is said.
Not looked at: the CHECKs and foreign keys of the column, which PostgreSQL may check anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from alembic_guard.ddl import expressions
from alembic_guard.sql_types import SqlType, parse_type


@dataclass(frozen=True)
class TypeChange:
    """What a change of a type costs.

    :param rewrites: None where it cannot be known from what is known.
    :param rebuilds_indexes: whether an index with the column is built anew.
    :param reason: why, as a part of a sentence.
    """

    rewrites: bool | None
    rebuilds_indexes: bool
    reason: str


def change(
    before: SqlType | None,
    after: SqlType,
    *,
    using: str | None = None,
    collation: str | None = None,
    timezone: str | None = None,
    indexed: bool = False,
    version: tuple[int, ...] = (),
) -> TypeChange:
    """What ALTER COLUMN … TYPE does to the rows; measured, locks_postgresql_15.md.

    :param before: None where it is not known.
    :param using: SQL of the conversion; one that is the plain cast counts as none.
    :param collation: what COLLATE says, where it is another one than before.
    :param timezone: of the session, None where it is not known.
    :param indexed: whether an index has the column.
    :param version: of the server; () for any that is supported.
    """
    if using is not None and not _is_plain_cast(using, after):
        return TypeChange(True, indexed, f"USING {using} computes each value")
    if before is None:
        return TypeChange(None, indexed, "the type before is not known")
    rewrites, reason = _rewrites(before, after, timezone, version)
    rebuilds = indexed and (
        rewrites is not False or collation is not None or _family(before) != _family(after)
    )
    return TypeChange(rewrites, rebuilds, reason)


# The types that a built-in length or precision is given to; by it, how much fits without one.
_LIMITED = {
    "varchar": None,
    "varbit": None,
    "interval": 6,
    "timestamp": 6,
    "timestamptz": 6,
    "time": 6,
    "timetz": 6,
}

# Pairs that share their bytes: WITHOUT FUNCTION in pg_cast of PostgreSQL 15, and citext's.
_SAME_BYTES = frozenset(
    {
        ("varchar", "text"),
        ("text", "varchar"),
        ("citext", "text"),
        ("text", "citext"),
        ("citext", "varchar"),
        ("varchar", "citext"),
        ("cidr", "inet"),
        ("bit", "varbit"),
        ("xml", "text"),
        ("xml", "varchar"),
        ("integer", "oid"),
        ("oid", "integer"),
        ("oid", "regclass"),
        ("regclass", "oid"),
        ("integer", "regclass"),
        ("regclass", "integer"),
    }
)

# Of these an index serves each, so none is built anew.
_FAMILIES = {"varchar": "text", "cidr": "inet", "regclass": "oid"}

_one_word = (
    "bigint bit boolean box bytea char cidr citext circle date daterange hstore inet "
    "int4range int8range integer interval json jsonb jsonpath line lseg macaddr macaddr8 money "
    "name numeric numrange oid path pg_lsn point polygon real regclass smallint text tid time "
    "timestamp timestamptz timetz tsquery tsrange tstzrange tsvector uuid varbit varchar xml"
)
_BUILT_IN = frozenset({*_one_word.split(), "double precision", '"char"'})

# Zones that are UTC at any time: pg_get_timezone_offset() is 0 there.
_utc = (
    "utc gmt uct zulu universal greenwich gmt0 gmt+0 gmt-0 etc/utc etc/gmt etc/uct etc/zulu "
    "etc/universal etc/greenwich etc/gmt0 etc/gmt+0 etc/gmt-0 utc0 0 +00 +00:00 z"
)
_UTC = frozenset(_utc.split())


def _rewrites(
    before: SqlType, after: SqlType, timezone: str | None, version: tuple[int, ...]
) -> tuple[bool | None, str]:
    """Whether the rows are written anew, and why."""
    if before == after:
        return False, "the type stays the same"
    for made in (before, after):
        if made.name not in _BUILT_IN:
            return None, f"{made.name} is a type of its own, perhaps a domain"
    if before.array or after.array:
        if before.array == after.array and before.name == after.name and not after.arguments:
            return False, "all that was allowed stays as it is"
        return True, "each element is converted"
    if {before.name, after.name} == {"timestamp", "timestamptz"}:
        # The precision before is lost on the way, so that any lower one is cut anew.
        if not _fits(SqlType(before.name), after):
            return True, f"each value is made to fit {after}"
        return _of_zone(timezone, version)
    if before.name == after.name:
        if _fits(before, after):
            return False, "all that was allowed stays as it is"
        return True, f"each value is made to fit {after}"
    if (before.name, after.name) in _SAME_BYTES and not after.arguments:
        return False, f"{before.name} is stored as {after.name} is"
    if {before.name, after.name} <= {"varchar", "text", "citext"}:
        return True, f"each value is made to fit {after}"
    return True, f"{before.name} is not stored as {after.name} is"


def _of_zone(timezone: str | None, version: tuple[int, ...]) -> tuple[bool | None, str]:
    """Between timestamps with and without time zone: nothing changes in UTC, from version 12."""
    if version and version[0] < 12:
        return True, "before PostgreSQL 12 each value is converted"
    if timezone is None:
        return None, "each value is converted unless the session's time zone is UTC"
    if timezone.lower() in _UTC:
        return False, "in UTC both are stored alike"
    return True, f"each value is converted from the time zone {timezone}"


def _fits(before: SqlType, after: SqlType) -> bool:
    """Whether every value of a type is one of the other of its kind, to PostgreSQL's knowledge."""
    if after.name == "numeric":
        return _numeric_fits(before.arguments, after.arguments)
    if after.name not in _LIMITED:
        return False
    limits = [_limit(each) for each in (before, after)]
    return limits[1] is None or (limits[0] is not None and limits[0] <= limits[1])


def _numeric_fits(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """A precision may grow where the scale stays (numeric_support in numeric.c)."""
    if not after:
        return True
    if not before:
        return False
    (precision, scale), (wider, new_scale) = ((*each, "0")[:2] for each in (before, after))
    return int(wider) >= int(precision) and int(new_scale) == int(scale)


def _limit(type: SqlType) -> int | None:
    """The length or precision of a type; None for any length."""
    return int(type.arguments[0]) if type.arguments else _LIMITED[type.name]


def _family(type: SqlType) -> tuple[str, bool]:
    """Types of the same one are served by the same index."""
    return _FAMILIES.get(type.name, type.name), type.array


def _is_plain_cast(using: str, after: SqlType) -> bool:
    """Whether a USING is a column, or a column cast to the new type, by ``::`` or CAST()."""
    column, written = expressions.cast_of_name(using)
    if column is None:
        return False
    return not written or parse_type(written) == after
