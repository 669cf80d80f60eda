"""Finds expressions that differ in words, and not in what they mean to PostgreSQL.

``DEFAULT 0`` of a bigint is ``'0'``, ``a AND (b AND c)`` is ``a AND b AND c``, and since version 14
``timezone('utc', now())`` prints otherwise than ``now() AT TIME ZONE 'utc'``, which is the same
call: a schema that somebody typed, or that an older version dumped, has the one, and models have
the other. Two questions are asked in the scratch namespace, and nothing is computed of rows:

- whether the parser makes the same of both, apart from how it would print it;
- whether the planner does, which folds constants and flattens conditions (EXPLAIN, without
  ANALYZE, does not run a query).

Functions of the database would be folded and inlined, too, and are not what they are called: where
an expression calls one, its words decide. So they do where it has a query in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import text

from alembic_guard.runtime.comparing.facts import Difference, Fact
from alembic_guard.runtime.comparing.postgresql.indexes import probe
from alembic_guard.runtime.comparing.postgresql.namespace import Namespace

_SERIAL, _SIDES = "SERIAL", ("live", "model")
_WORDS = re.compile(r"""[eE]?'(?:[^'\\]|\\.|'')*'|(?P<now>\bCURRENT_TIMESTAMP\b(?!\())""")
_STRINGS = re.compile(r"'(?:[^']|'')*'")
_CALLED = re.compile(r'(?:"((?:[^"]|"")+)"|\b([^\W\d][\w$]*))\s*\(')
_CHECK = re.compile(r"CHECK \((?P<expression>.*)\)(?P<rest>(?: NO INHERIT)?(?: NOT VALID)?)", re.S)
_UPDATE_OF = re.compile(r"(?<= UPDATE OF )(?P<columns>.*?)(?= ON )", re.S)
_WHEN = re.compile(r"(?P<before>.*?) WHEN \((?P<expression>.*)\)(?P<after> EXECUTE .*)", re.S)
_CLAUSES = re.compile(
    r"(?P<head>.*?)(?: USING \((?P<using>.*?)\))?(?: WITH CHECK \((?P<check>.*)\))?", re.S
)


@dataclass(frozen=True)
class _Said:
    """One side: expressions, and the words around them, which have to be equal."""

    frame: tuple[str | None, ...]
    expressions: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class _Question:
    """Two expressions on one table.

    :param source: what stands behind FROM; :param table: to which a CHECK could be added, "" where
        the expression is of none.
    """

    number: int
    live: str
    model: str
    source: str
    table: str


def meaning_the_same(namespace: Namespace, pairs: Mapping[int, Difference]) -> set[int]:
    """Which of these differ in words only.

    :param pairs: by a number, each a difference in nothing but what the server writes.
    """
    asked: list[_Question] = []
    same = _indexes_alike(namespace, pairs)
    for number, pair in pairs.items():
        questions = _questions(namespace, number, pair)
        if questions is not None and number not in same:
            asked += questions
            same.add(number)
    own = _own_functions(namespace, asked)
    refused = {each.number for each in asked if _calls(each) & own}
    asked = [each for each in asked if each.number not in refused]
    left = [each for each in asked if each not in _parsed_alike(namespace, asked)]
    planned = _planned_alike(namespace, left)
    return same - refused - {each.number for each in left if each not in planned}


def _questions(namespace: Namespace, number: int, pair: Difference) -> list[_Question] | None:
    """What there is to ask; None where the words around the expressions differ."""
    assert pair.live is not None
    assert pair.model is not None
    live, model = _said(pair.live), _said(pair.model)
    if live is None or model is None or live.frame != model.frame:
        return None
    found = []
    for ours, theirs in zip(live.expressions, model.expressions, strict=True):
        if ours == theirs:
            continue
        if ours is None or theirs is None:
            return None
        table = namespace.qualified(pair.thing.schema, pair.thing.table)
        of_rows = pair.thing.kind == "trigger"
        source = f"{table} AS old, {table} AS new" if of_rows else table
        first, second = namespace.retarget(ours), namespace.retarget(theirs)
        found.append(_Question(number, first, second, source, "" if of_rows else table))
    return found


def _said(fact: Fact) -> _Said | None:
    """The expressions of a thing; None where its words are to decide."""
    kind, words = fact.thing.kind, str(fact.parts.get("definition") or fact.definition)
    if kind == "column":
        default, generated = fact.parts["default"], fact.parts["generated"]
        if default == _SERIAL:
            return None
        cast = _without_length(str(fact.parts["type"]))
        typed = tuple(each and f"CAST(({each}) AS {cast})" for each in (default, generated))
        return _Said((), typed)
    if kind == "check":
        found = _CHECK.fullmatch(words)
        return found and _Said((found["rest"],), (found["expression"],))
    if kind == "index":
        head, _, where = words.partition(" WHERE ")
        return _Said((head,), (where or None,))
    if kind == "policy":
        found = _CLAUSES.fullmatch(words)
        return found and _Said((found["head"],), (found["using"], found["check"]))
    if kind == "trigger":
        words = _UPDATE_OF.sub(lambda each: ", ".join(sorted(each[0].split(", "))), words, count=1)
        found = _WHEN.fullmatch(words)
        if found is None:
            return _Said((words,))
        return _Said((found["before"], found["after"]), (found["expression"],))
    return None


def _without_length(type_: str) -> str:
    """A type that cuts no value: of which two are equal only if they are so before."""
    if '"' in type_:
        return type_
    plain = re.sub(r"\([\d,]+\)", "", type_)
    plain = re.sub(r"^character(?=$|\[)", "pg_catalog.bpchar", plain)
    return re.sub(r"^bit(?=$|\[)", 'pg_catalog."bit"', plain)


def _calls(question: _Question) -> set[str]:
    both = (_STRINGS.sub("''", each) for each in (question.live, question.model))
    return {
        (found[1] or found[2]).replace('""', '"')
        for each in both
        for found in _CALLED.finditer(each)
    }


def _own_functions(namespace: Namespace, asked: list[_Question]) -> set[str]:
    """Those called that are not PostgreSQL's."""
    names = sorted(set().union(*map(_calls, asked)))
    if not names:
        return set()
    rows = namespace.connection.execute(text(_OWN), {"names": json.dumps(names)})
    return set(rows.scalars())


def _parsed_alike(namespace: Namespace, asked: list[_Question]) -> set[_Question]:
    """Those whose both sides are the same tree of nodes."""
    names: dict[tuple[str, str], _Question] = {}
    statements = []
    token = f"guard_meaning_{uuid4().hex[:8]}"
    for place, each in enumerate(asked):
        if each.table:
            live, model = f"{token}_{place}_live", f"{token}_{place}_model"
            names[live, model] = each
            statements += [
                f"ALTER TABLE {each.table} ADD CONSTRAINT {name} CHECK (({words}) IS NULL)"
                for name, words in ((live, each.live), (model, each.model))
            ]
    if not statements:
        return set()
    namespace.run(statements)
    rows = namespace.connection.execute(text(_TREES), {"like": f"{token}%"}).all()
    trees = {name: tree for name, tree in rows}
    return {
        question
        for (live, model), question in names.items()
        if live in trees and trees[live] == trees.get(model)
    }


def _indexes_alike(namespace: Namespace, pairs: Mapping[int, Difference]) -> set[int]:
    """Those that are indexes on the same keys, as the parser has them."""
    token = f"guard_meaning_{uuid4().hex[:8]}"
    indexes = {number: pair for number, pair in pairs.items() if pair.thing.kind == "index"}
    statements = []
    for number, pair in indexes.items():
        for side, fact in zip(_SIDES, (pair.live, pair.model), strict=True):
            assert fact is not None
            statements += probe(namespace, fact, f"{token}_{number}_{side}")[0]
    if not statements:
        return set()
    namespace.run(statements)
    rows = namespace.connection.execute(text(_INDEXES), {"like": f"{token}%"}).all()
    trees = {name: tree for name, tree in rows}
    sides = {
        number: [trees.get(f"{token}_{number}_{side}") for side in _SIDES] for number in indexes
    }
    return {number for number, (live, model) in sides.items() if live and live == model}


def _planned_alike(namespace: Namespace, asked: list[_Question]) -> set[_Question]:
    """Those of which the planner makes the same."""
    if not asked:
        return set()
    script = [f"SELECT ({each.live}), ({each.model}) FROM {each.source}" for each in asked]
    connection = namespace.connection
    connection.execute(text(_HAND_OVER), {"script": json.dumps(script)})
    connection.exec_driver_sql(_EXPLAIN)
    plans = json.loads(connection.execute(text(_EXPLAINED)).scalar_one())
    return {each for each, plan in zip(asked, plans, strict=True) if _agrees(plan)}


def _agrees(plan: list[dict[str, dict[str, list[str]]]] | None) -> bool:
    outputs = [] if plan is None else plan[0]["Plan"].get("Output", [])
    if len(outputs) != 2 or any("SubPlan" in each or "InitPlan" in each for each in outputs):
        return False
    ours, theirs = map(_in_one_word, outputs)
    return ours == theirs


def _in_one_word(expression: str) -> str:
    """``CURRENT_TIMESTAMP`` is ``now()`` (PostgreSQL manual, 9.9.5)."""
    return _WORDS.sub(lambda found: "now()" if found["now"] else found[0], expression)


_OWN = """
SELECT DISTINCT p.proname::text FROM pg_catalog.pg_proc p
  JOIN pg_catalog.jsonb_array_elements_text(CAST(:names AS pg_catalog.jsonb)) AS each (name)
    ON p.proname = each.name
 WHERE p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace
"""
_PRINTED = r"""
':(location|funcformat|relabelformat|coerceformat|convertformat|coercionformat) -?\d+', '', 'g'
"""
"""What of a tree of nodes says how it is printed, or where it was read (``primnodes.h``)."""
_TREES = f"""
SELECT o.conname::text, pg_catalog.regexp_replace(o.conbin::text, {_PRINTED})
  FROM pg_catalog.pg_constraint o WHERE o.conname LIKE :like
"""
_INDEXES = f"""
SELECT o.relname::text, pg_catalog.json_build_array(i.indkey::text, i.indclass::text,
       i.indcollation::text, i.indoption::text, i.indnkeyatts, i.indisunique, o.relam::text,
       pg_catalog.to_jsonb(i) -> 'indnullsnotdistinct',
       pg_catalog.regexp_replace(i.indexprs::text, {_PRINTED}),
       pg_catalog.regexp_replace(i.indpred::text, {_PRINTED}))::text
  FROM pg_catalog.pg_class o JOIN pg_catalog.pg_index i ON i.indexrelid = o.oid
 WHERE o.relname LIKE :like
"""
_HAND_OVER = "SELECT pg_catalog.set_config('alembic_guard.script', :script, true)"
_EXPLAINED = "SELECT pg_catalog.current_setting('alembic_guard.explained')"
_EXPLAIN = """
DO $guard$
DECLARE
  one pg_catalog.record;
  plan pg_catalog.json;
  said pg_catalog.jsonb := '[]';
BEGIN
  FOR one IN SELECT sql FROM pg_catalog.jsonb_array_elements_text(
      pg_catalog.current_setting('alembic_guard.script')::pg_catalog.jsonb
    ) WITH ORDINALITY AS each (sql, place) ORDER BY place
  LOOP
    BEGIN
      EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) ' || one.sql INTO plan;
    EXCEPTION WHEN OTHERS THEN
      plan := NULL;
    END;
    said := said || pg_catalog.jsonb_build_array(plan);
  END LOOP;
  PERFORM pg_catalog.set_config('alembic_guard.explained', said::text, true);
END
$guard$
"""
