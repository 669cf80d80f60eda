"""Rules: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import BigInteger, Engine

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    seeing_all,
    typed,
    without_event_triggers,
)

R = "CREATE RULE r AS ON DELETE TO users DO INSTEAD NOTHING"
KEPT = "CREATE RULE kept AS ON DELETE TO users WHERE OLD.id = 1 DO INSTEAD NOTHING"
"""Rules are managed as soon as one is declared."""

V = "CREATE VIEW v AS SELECT id, name FROM users"
ON_VIEW = (
    "CREATE RULE r AS ON INSERT TO v DO INSTEAD\n"
    "    (INSERT INTO users (id, name) VALUES (NEW.id, ':a%'); NOTIFY seen)"
)

CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added": (
        typed(),
        typed(R),
        Written(
            "op.execute('CREATE RULE r AS ON DELETE TO users DO INSTEAD NOTHING')",
            "op.execute('DROP RULE r ON users')",
        ),
    ),
    "one is dropped": (
        typed(R, KEPT),
        typed(KEPT),
        Written(
            "op.execute('DROP RULE r ON users')",
            (
                "op.execute(\n"
                "    'CREATE RULE r AS\\n'\n"
                "    '    ON DELETE TO users DO INSTEAD NOTHING'\n"
                ")"
            ),
        ),
    ),
    "its action changes": (
        typed(R),
        typed(R.replace("NOTHING", "NOTIFY gone")),
        Written(
            (
                "op.execute('DROP RULE r ON users')\n"
                "op.execute('CREATE RULE r AS ON DELETE TO users DO INSTEAD NOTIFY gone')"
            ),
            (
                "op.execute('DROP RULE r ON users')\n"
                "op.execute(\n"
                "    'CREATE RULE r AS\\n'\n"
                "    '    ON DELETE TO users DO INSTEAD NOTHING'\n"
                ")"
            ),
        ),
    ),
    "its condition changes": (
        typed(KEPT),
        typed(KEPT.replace("= 1", "= 2")),
        Written(
            (
                "op.execute('DROP RULE kept ON users')\n"
                "op.execute('CREATE RULE kept AS ON DELETE TO users WHERE OLD.id = 2 DO "
                "INSTEAD NOTHING')"
            ),
            (
                "op.execute('DROP RULE kept ON users')\n"
                "op.execute(\n"
                "    'CREATE RULE kept AS\\n'\n"
                "    '    ON DELETE TO users\\n'\n"
                "    '   WHERE (old.id = 1) DO INSTEAD NOTHING'\n"
                ")"
            ),
        ),
    ),
    "one on a view, with two actions": (
        typed(V),
        typed(V, ON_VIEW),
        Written(
            (
                "op.execute(\n"
                "    'CREATE RULE r AS ON INSERT TO v DO INSTEAD\\n'\n"
                "    \"    (INSERT INTO users (id, name) VALUES (NEW.id, '\\\\:a%'); NOTIFY "
                'seen)"\n'
                ")"
            ),
            "op.execute('DROP RULE r ON v')",
        ),
    ),
    "the view that it is on is made again": (
        typed(V, ON_VIEW),
        typed(V.replace("id, name", "name, id"), ON_VIEW),
        Written(
            (
                "op.execute('DROP RULE r ON v')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute('CREATE VIEW v AS SELECT name, id FROM users')\n"
                "op.execute(\n"
                "    'CREATE RULE r AS ON INSERT TO v DO INSTEAD\\n'\n"
                "    \"    (INSERT INTO users (id, name) VALUES (NEW.id, '\\\\:a%'); NOTIFY "
                'seen)"\n'
                ")"
            ),
            (
                "op.execute('DROP RULE r ON v')\n"
                "op.execute('DROP VIEW v')\n"
                "op.execute(\n"
                "    'CREATE VIEW v AS\\n'\n"
                "    'SELECT users.id,\\n'\n"
                "    '    users.name\\n'\n"
                "    '   FROM users'\n"
                ")\n"
                "op.execute(\n"
                "    'CREATE RULE r AS\\n'\n"
                "    '    ON INSERT TO v DO INSTEAD ( INSERT INTO users (id, name)\\n'\n"
                "    \"  VALUES (new.id, '\\\\:a%'::character varying);\\n\"\n"
                "    '\\n'\n"
                "    ' NOTIFY seen;\\n'\n"
                "    ')'\n"
                ")"
            ),
        ),
    ),
    "a column that it reads has another type": (
        typed(KEPT.replace("OLD.id", "OLD.age")),
        typed(KEPT.replace("OLD.id", "OLD.age"), age=BigInteger),
        Written(
            (
                "op.execute('DROP RULE kept ON users')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.INTEGER(),\n"
                "           type_=sa.BigInteger(),\n"
                "           existing_nullable=True)\n"
                "op.execute('CREATE RULE kept AS ON DELETE TO users WHERE OLD.age = 1 DO "
                "INSTEAD NOTHING')"
            ),
            (
                "op.execute('DROP RULE kept ON users')\n"
                "op.alter_column('users', 'age',\n"
                "           existing_type=sa.BigInteger(),\n"
                "           type_=sa.INTEGER(),\n"
                "           existing_nullable=True)\n"
                "op.execute(\n"
                "    'CREATE RULE kept AS\\n'\n"
                "    '    ON DELETE TO users\\n'\n"
                "    '   WHERE (old.age = 1) DO INSTEAD NOTHING'\n"
                ")"
            ),
        ),
    ),
    "it is disabled": (
        typed(R),
        typed(R, "ALTER TABLE users DISABLE RULE r"),
        Written(
            "op.execute('ALTER TABLE users DISABLE RULE r')",
            "op.execute('ALTER TABLE users ENABLE RULE r')",
        ),
    ),
    "it is given a comment": (
        typed(R),
        typed(R, "COMMENT ON RULE r ON users IS 'x'"),
        Written(
            "op.execute(\"COMMENT ON RULE r ON users IS 'x'\")",
            "op.execute('COMMENT ON RULE r ON users IS NULL')",
        ),
    ),
    "names with quotes and capitals": (
        typed(KEPT),
        typed(KEPT, R.replace("RULE r", 'RULE "A.b%""c"')),
        Written(
            'op.execute(\'CREATE RULE "A.b%""c" AS ON DELETE TO users DO INSTEAD NOTHING\')',
            'op.execute(\'DROP RULE "A.b%""c" ON users\')',
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str, empty: Callable[[], Engine]
) -> None:
    before, after, expected = CHANGES[case]
    assert migrated(empty, before, after) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one on a table": (typed(KEPT), ()),
    "one on a view": (typed(V, ON_VIEW), ()),
    "one that was restored": (
        typed(KEPT.replace("OLD.id = 1", "OLD.name IN ('a', 'b')")),
        (
            "DROP RULE kept ON users",
            "CREATE RULE kept AS ON DELETE TO public.users WHERE old.name::text = ANY"
            " (ARRAY['a'::character varying, 'b'::character varying]::text[]) DO INSTEAD NOTHING",
        ),
    ),
    "one that nobody declares": (typed(), (R,)),
    "OR REPLACE": (typed(R.replace("CREATE", "CREATE OR REPLACE")), ()),
    "a disabled one with a comment": (
        typed(R, "ALTER TABLE users DISABLE RULE r", "COMMENT ON RULE r ON users IS 'x'"),
        (),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
