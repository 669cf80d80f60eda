"""Whether the default of a new column is one value for all rows, so that PostgreSQL stores it once.

A volatile default is another value in each row, and ADD COLUMN writes all rows anew; now() is the
same for the whole transaction, which makes it stable, and no row is written (measured,
locks_postgresql_15.md). The volatility of a function that is not listed here is asked from what
the server said; nothing is guessed.
"""

from __future__ import annotations

from alembic_guard.ddl import expressions
from alembic_guard.schema import Functions

# pg_proc.provolatile of PostgreSQL 18, of what stands in defaults; CURRENT_DATE and its like are
# expressions.VALUE_FUNCTIONS. Of contrib: uuid-ossp, pgcrypto. Of timezone, date_part, date_trunc,
# extract and to_tsvector some forms are stable, which is the same to a new column.
_LISTED = {
    "volatile": (
        "clock_timestamp currval gen_random_bytes gen_random_uuid gen_salt lastval nextval "
        "random random_normal set_config setseed setval timeofday uuid_generate_v1 "
        "uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7"
    ),
    "stable": (
        "age concat concat_ws current_database current_schemas current_setting format "
        "inet_client_addr json_build_array json_build_object jsonb_build_array "
        "jsonb_build_object make_timestamptz now pg_backend_pid pg_current_xact_id "
        "statement_timestamp to_char to_date to_json to_jsonb to_tsquery transaction_timestamp "
        "txid_current version"
    ),
    "immutable": (
        "abs array_fill btrim ceil date_part date_trunc decode encode extract floor hashtext "
        "int4range int8range left length lower lpad make_date make_interval make_time md5 mod "
        "numrange power repeat replace right round rpad sha256 substr substring text timezone "
        "to_timestamp to_tsvector trim tsrange tstzrange upper uuid_nil uuid_generate_v3 "
        "uuid_generate_v5"
    ),
}
_KNOWN = {name: kind for kind, names in _LISTED.items() for name in names.split()}
_KNOWN |= dict.fromkeys(expressions.VALUE_FUNCTIONS, "stable")

_WORST_LAST = ("immutable", "stable", "unknown", "volatile")


def volatility(expression: str, functions: Functions) -> str:
    """How volatile a default is: ``immutable``, ``stable``, ``volatile`` or ``unknown``.

    Constants, casts and operators are immutable. A function that a user made is volatile unless
    it was declared otherwise (the manual's "Function Volatility Categories"), so ``unknown`` is
    best taken for volatile.

    :param expression: SQL of the default.
    :param functions: what the server says, which counts more than what is known here.
    """
    asked = functions.volatility
    called = expressions.functions(expression)
    found = {asked.get(name) or _KNOWN.get(name, "unknown") for name in called}
    return max(found, key=_WORST_LAST.index, default="immutable")
