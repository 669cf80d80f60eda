"""Texts of several statements for a MariaDB or MySQL, cut apart as the server takes them."""

from __future__ import annotations

import pytest

from alembic_guard.runtime.comparing.mysql.typed import statements

STATEMENTS = (
    "CREATE VIEW v AS SELECT IF(a, ';', 2) FROM t",
    "CREATE SEQUENCE s",
    "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = CASE 1 WHEN 1 THEN 2 END",
    "CREATE OR REPLACE DEFINER = root@localhost FUNCTION f () RETURNS INT "
    "IF (1) THEN RETURN REPEAT(1, 2); END IF",
    "CREATE FUNCTION g () RETURNS INT RETURN IF(1, CASE WHEN 1 THEN 2 END, 3)",
    """CREATE PROCEDURE p (IN x INT)
BEGIN
  DECLARE c CURSOR FOR SELECT 1;
  IF x > 1 THEN SELECT IF(x, 1, 2); ELSEIF (x = 3) THEN SELECT 5; END IF;
  IF EXISTS (SELECT 1) THEN DROP TABLE IF EXISTS u; END IF;
  FOR i IN 1 .. 5 DO SELECT i; END FOR;
  l: LOOP LEAVE l; END LOOP;
  WHILE x DO SET x = x - 1; END WHILE;
  REPEAT SET x = REPEAT('a', 3); UNTIL x END REPEAT;
  CASE x WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE; -- ; END
END""",
    "CREATE PROCEDURE q () WHILE 1 DO SELECT 1; END WHILE",
    "CREATE PROCEDURE z () l: LOOP LEAVE l; END LOOP",
)


@pytest.mark.parametrize("between", [";", ";\n-- next; and\n", " ; ; /* one; END */\n"])
def test_a_body_ends_where_its_end_is(between: str) -> None:
    assert statements(f"# first\n{between.join(STATEMENTS)}{between}") == list(STATEMENTS)
    assert statements(between.join(reversed(STATEMENTS))) == list(reversed(STATEMENTS))
