"""What PostgreSQL's statements do to their session: parameters and transactions."""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.ddl.actions import Action
from alembic_guard.ddl.data import ControlTransaction, Opaque, SetParameter
from alembic_guard.ddl.postgresql_text_names import Names, Node, inner, text_of, word_of

TRANSACTION_VERBS = {
    "TRANS_STMT_BEGIN": "BEGIN",
    "TRANS_STMT_COMMIT": "COMMIT",
    "TRANS_STMT_COMMIT_PREPARED": "COMMIT PREPARED",
    "TRANS_STMT_PREPARE": "PREPARE TRANSACTION",
    "TRANS_STMT_RELEASE": "RELEASE SAVEPOINT",
    "TRANS_STMT_ROLLBACK": "ROLLBACK",
    "TRANS_STMT_ROLLBACK_PREPARED": "ROLLBACK PREPARED",
    "TRANS_STMT_ROLLBACK_TO": "ROLLBACK TO SAVEPOINT",
    "TRANS_STMT_SAVEPOINT": "SAVEPOINT",
    "TRANS_STMT_START": "START TRANSACTION",
}
DEFAULT = "DEFAULT"


def set_parameter(node: Node, names: Names) -> Iterator[Action]:
    """SET, SET LOCAL, SET TRANSACTION and RESET, which is SET … TO DEFAULT."""
    match word_of(node, "kind"):
        case "VAR_SET_MULTI":
            for option in (inner(each) for each in node.args):
                here = node.name == "TRANSACTION"  # the other is SESSION CHARACTERISTICS
                name = option.defname if here else f"default_{option.defname}"
                yield SetParameter(name, text_of(option.arg), local=here)
        case "VAR_SET_VALUE":
            value = ", ".join(text_of(each) for each in node.args)
            yield SetParameter(node.name, value, local=node.is_local)
        case "VAR_SET_CURRENT":
            yield SetParameter(node.name, "FROM CURRENT", local=node.is_local)
        case "VAR_RESET_ALL":
            yield SetParameter("all", DEFAULT)
        case _:
            yield SetParameter(node.name, DEFAULT, local=node.is_local)


def set_constraints(node: Node, names: Names) -> Iterator[Action]:
    """SET CONSTRAINTS, which lasts as long as its transaction."""
    yield SetParameter("constraints", "DEFERRED" if node.deferred else "IMMEDIATE", local=True)


def discard(node: Node, names: Names) -> Iterator[Action]:
    """DISCARD; that of everything resets every parameter."""
    if word_of(node, "target") == "DISCARD_ALL":
        yield SetParameter("all", DEFAULT)


def control_transaction(node: Node, names: Names) -> Iterator[Action]:
    """BEGIN, COMMIT and their like."""
    yield ControlTransaction(TRANSACTION_VERBS[word_of(node, "kind")])


def call(node: Node, names: Names) -> Iterator[Action]:
    """CALL: what a procedure does is in the database."""
    yield Opaque("CALL")


def execute(node: Node, names: Names) -> Iterator[Action]:
    """EXECUTE of a prepared statement: what it is was said earlier, or elsewhere."""
    yield Opaque("EXECUTE")


def nothing(node: Node, names: Names) -> Iterator[Action]:
    """What touches no object and no parameter."""
    yield from ()


READERS = {
    "call_stmt": call,
    "check_point_stmt": nothing,
    "close_portal_stmt": nothing,
    "constraints_set_stmt": set_constraints,
    "deallocate_stmt": nothing,
    "discard_stmt": discard,
    "execute_stmt": execute,
    "fetch_stmt": nothing,
    "listen_stmt": nothing,
    "load_stmt": nothing,
    "notify_stmt": nothing,
    "transaction_stmt": control_transaction,
    "unlisten_stmt": nothing,
    "variable_set_stmt": set_parameter,
    "variable_show_stmt": nothing,
}
