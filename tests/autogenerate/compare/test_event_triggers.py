"""Event triggers: a table of changes, and a table of what is no change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.autogenerate.changes import State, Written, migrated, unchanged
from tests.autogenerate.compare.typed_rows import (  # noqa: F401 - fixtures
    seeing_all,
    typed,
    without_event_triggers,
)

F = "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$"
FAILING = F.replace("NULL", "RAISE EXCEPTION ''no''").replace("''", "'")
E = "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()"
KEPT = "CREATE EVENT TRIGGER kept ON sql_drop EXECUTE FUNCTION f()"
"""Event triggers are managed as soon as one is declared."""

TAGGED = E.replace("EXECUTE", "WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE")

CHANGES: dict[str, tuple[Any, ...]] = {
    "one is added with its function": (
        typed(),
        typed(F, E),
        Written(
            (
                "op.execute('CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql "
                "AS $$ BEGIN NULL; END $$')\n"
                "op.execute('CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()')"
            ),
            ("op.execute('DROP EVENT TRIGGER e')\nop.execute('DROP FUNCTION f()')"),
        ),
    ),
    "one is dropped": (
        typed(F, E, KEPT),
        typed(F, KEPT),
        Written(
            "op.execute('DROP EVENT TRIGGER e')",
            (
                "op.execute(\n"
                "    'CREATE EVENT TRIGGER e ON ddl_command_end\\n'\n"
                "    '    EXECUTE FUNCTION f()'\n"
                ")"
            ),
        ),
    ),
    "it fires at another time": (
        typed(F, E),
        typed(F, E.replace("command_end", "command_start")),
        Written(
            (
                "op.execute('DROP EVENT TRIGGER e')\n"
                "op.execute('CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()')"
            ),
            (
                "op.execute('DROP EVENT TRIGGER e')\n"
                "op.execute(\n"
                "    'CREATE EVENT TRIGGER e ON ddl_command_end\\n'\n"
                "    '    EXECUTE FUNCTION f()'\n"
                ")"
            ),
        ),
    ),
    "it fires for some commands": (
        typed(F, E),
        typed(F, TAGGED),
        Written(
            (
                "op.execute('DROP EVENT TRIGGER e')\n"
                'op.execute("CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN '
                "('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION f()\")"
            ),
            (
                "op.execute('DROP EVENT TRIGGER e')\n"
                "op.execute(\n"
                "    'CREATE EVENT TRIGGER e ON ddl_command_end\\n'\n"
                "    '    EXECUTE FUNCTION f()'\n"
                ")"
            ),
        ),
    ),
    "it is disabled": (
        typed(F, E),
        typed(F, E, "ALTER EVENT TRIGGER e DISABLE"),
        Written(
            "op.execute('ALTER EVENT TRIGGER e DISABLE')",
            "op.execute('ALTER EVENT TRIGGER e ENABLE')",
        ),
    ),
    "it is given a comment": (
        typed(F, E),
        typed(F, E, "COMMENT ON EVENT TRIGGER e IS 'x'"),
        Written(
            "op.execute(\"COMMENT ON EVENT TRIGGER e IS 'x'\")",
            "op.execute('COMMENT ON EVENT TRIGGER e IS NULL')",
        ),
    ),
    "a name with quotes and capitals": (
        typed(F),
        typed(F, E.replace("TRIGGER e", 'TRIGGER "A.b%c"')),
        Written(
            "op.execute('CREATE EVENT TRIGGER \"A.b%c\" ON ddl_command_end EXECUTE FUNCTION f()')",
            "op.execute('DROP EVENT TRIGGER \"A.b%c\"')",
        ),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_seen_and_both_directions_converge(
    case: str,
    empty: Callable[[], Engine],
    without_event_triggers: Any,  # noqa: F811
) -> None:
    before, after, expected = CHANGES[case]

    def emptied() -> Engine:
        without_event_triggers()
        return empty()

    assert migrated(emptied, before, after) == expected


SAME: dict[str, tuple[State, tuple[str, ...]]] = {
    "one for all commands": (typed(F, E), ()),
    "one for some commands": (typed(F, TAGGED), ()),
    "one that nobody declares": (typed(), (F, E)),
    "a disabled one with a comment": (
        typed(F, E, "ALTER EVENT TRIGGER e DISABLE", "COMMENT ON EVENT TRIGGER e IS 'x'"),
        (),
    ),
    "one that would not let the comparison be": (
        typed(FAILING, KEPT.replace("sql_drop", "table_rewrite")),
        (),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_no_change_is_not_proposed(case: str, empty: Callable[[], Engine]) -> None:
    state, sql = SAME[case]
    assert unchanged(empty, state, sql) == Written("", "")
