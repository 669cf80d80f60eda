"""Runs a function of a migration statement by statement: what is done when calling it fails.

A statement that raises is left out; a compound one that raises is entered, both branches of an
``if`` and every part of a ``try``. So most of what the function would do is seen, in its order and
at its lines, and too much rather than too little. Functions of the same file that raise are entered
too. It cannot see into other files, nor know a value that a failed statement would have made.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

_DEPTH = 5
"""How deep functions of the file are entered."""
_ITEMS = 100
"""How many items of a loop are gone through."""
_NEW_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class ByStatement:
    """The functions of one revision file.

    :param file: as its code objects name it.
    :param done: what has been recorded; the statements of a part that raised are taken back out.
    """

    def __init__(self, module: ModuleType, file: str, done: list[Any]) -> None:
        self._file = file
        self._module = module
        self._done = done
        self._depth = 0
        self._functions: dict[str, ast.FunctionDef] = {}

    def follow(self, name: str, keywords: Mapping[str, Any]) -> bool:
        """Run the function of this name; False where its text is not there."""
        try:
            tree = ast.parse(Path(self._file).read_bytes())
        except (OSError, SyntaxError, ValueError):
            return False
        defined = (each for each in tree.body if isinstance(each, ast.FunctionDef))
        self._functions = {each.name: each for each in defined}
        if name not in self._functions:
            return False
        names = dict(vars(self._module))
        self._bind_defaults(self._functions[name], names)
        names.update(keywords)
        self._run(self._functions[name].body, names)
        return True

    def _run(self, statements: Sequence[ast.stmt], names: dict[str, Any]) -> None:
        for statement in statements:
            mark = len(self._done)
            # a loop may be why this function could not be called
            if not isinstance(statement, ast.While) and self._works(statement, names):
                continue
            inside = self._inside(statement)
            if inside is not None:
                del self._done[mark:]
                inside(statement, names)

    def _works(self, statement: ast.stmt, names: dict[str, Any]) -> bool:
        """Whether the statement runs through, as a whole."""
        whole = ast.fix_missing_locations(_NoReturn().visit(copy.deepcopy(statement)))
        try:
            code = compile(ast.Module([whole], []), self._file, "exec")
            exec(code, names)
        except KeyboardInterrupt:
            raise
        except BaseException:  # whatever it raised, it is left out
            return False
        return True

    def _inside(self, statement: ast.stmt) -> Callable[[Any, dict[str, Any]], None] | None:
        if isinstance(statement, ast.With):
            return self._with
        if isinstance(statement, ast.For):
            return self._for
        if isinstance(statement, ast.Expr) and self._called(statement.value) is not None:
            return self._call
        if isinstance(statement, (ast.If, ast.While, ast.Try, ast.Match)):
            return self._parts
        return None

    def _parts(self, statement: ast.stmt, names: dict[str, Any]) -> None:
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            for part in getattr(statement, field, ()):
                if isinstance(part, ast.stmt):
                    self._run([part], names)
                    continue
                if getattr(part, "name", None):
                    names[part.name] = Exception()
                self._run(part.body, names)

    def _for(self, statement: ast.For, names: dict[str, Any]) -> None:
        items: list[Any] = []
        found, values = self._value(statement.iter, names)
        if found:
            with suppress(Exception):
                items = [item for _, item in zip(range(_ITEMS), values, strict=False)]
        for item in items or [None]:
            self._assign(statement.target, item, names)
            self._run(statement.body, names)
        self._run(statement.orelse, names)

    def _with(self, statement: ast.With, names: dict[str, Any]) -> None:
        entered: list[Any] = []
        for item in statement.items:
            found, manager = self._value(item.context_expr, names)
            if not found:
                continue
            try:
                value = type(manager).__enter__(manager)
            except Exception:  # it is run without
                continue
            entered.append(manager)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, value, names)
        self._run(statement.body, names)
        for manager in reversed(entered):
            with suppress(Exception):
                type(manager).__exit__(manager, None, None, None)

    # --- Functions of the file ----------------------------------------------------------------

    def _called(self, value: ast.expr) -> ast.FunctionDef | None:
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return self._functions.get(value.func.id)
        return None

    def _call(self, statement: ast.Expr, names: dict[str, Any]) -> None:
        function = self._called(statement.value)
        if function is None or self._depth >= _DEPTH or not isinstance(statement.value, ast.Call):
            return
        own = dict(vars(self._module))
        self._bind_defaults(function, own)
        parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        for parameter, argument in zip(parameters, statement.value.args, strict=False):
            own[parameter] = self._value(argument, names)[1]
        for keyword in statement.value.keywords:
            if keyword.arg is not None:
                own[keyword.arg] = self._value(keyword.value, names)[1]
        self._depth += 1
        try:
            self._run(function.body, own)
        finally:
            self._depth -= 1

    def _bind_defaults(self, function: ast.FunctionDef, names: dict[str, Any]) -> None:
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        names.update((each.arg, None) for each in (*positional, *arguments.kwonlyargs))
        last = positional[len(positional) - len(arguments.defaults) :]
        for each, default in zip(last, arguments.defaults, strict=True):
            names[each.arg] = self._value(default, names)[1]
        for each, keyword in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if keyword is not None:
                names[each.arg] = self._value(keyword, names)[1]

    # --- Values -------------------------------------------------------------------------------

    def _value(self, expression: ast.expr, names: dict[str, Any]) -> tuple[bool, Any]:
        try:
            return True, eval(compile(ast.Expression(expression), self._file, "eval"), names)
        except KeyboardInterrupt:
            raise
        except BaseException:  # whatever it raised, there is no value
            return False, None

    def _assign(self, target: ast.expr, value: Any, names: dict[str, Any]) -> None:
        hidden = "__alembic_guard_value__"
        given = ast.Name(hidden, ast.Load())
        assignment = ast.copy_location(ast.Assign([target], given), target)
        if not self._works(assignment, {**names, hidden: value}):
            for each in ast.walk(target):
                if isinstance(each, ast.Name):
                    names[each.id] = None
            return
        names[hidden] = value
        self._works(assignment, names)
        names.pop(hidden, None)


class _NoReturn(ast.NodeTransformer):
    """Turns ``return x`` into ``x``, so that a statement can run outside of its function."""

    def visit(self, node: ast.AST) -> Any:
        """As ast does; functions within keep theirs."""
        return node if isinstance(node, _NEW_SCOPES) else super().visit(node)

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        """A return that ends nothing."""
        plain = ast.Expr(node.value) if node.value is not None else ast.Pass()
        return ast.copy_location(plain, node)
