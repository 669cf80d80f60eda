"""Questions to MariaDB's and MySQL's ``information_schema``.

Aliases stand everywhere, because MySQL 8 names the columns in capitals.
"""

from __future__ import annotations

_AMONG = "table_schema IN :schemas AND table_name IN :names"

FOREIGN_KEYS = """
SELECT k.table_schema AS `schema`, k.table_name AS name, k.constraint_name AS `constraint`,
       k.column_name AS `column`, k.referenced_table_schema AS other_schema,
       k.referenced_table_name AS other_name, k.referenced_column_name AS other_column
  FROM information_schema.key_column_usage k
 WHERE k.table_schema IN :schemas AND k.referenced_table_name IS NOT NULL
 ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position
"""

VIEWS = """
SELECT table_schema AS `schema`, table_name AS name, view_definition AS definition
  FROM information_schema.views WHERE table_schema IN :schemas
"""

TABLES = f"""
SELECT table_schema AS `schema`, table_name AS name, table_type AS kind, table_rows AS estimate,
       data_length + index_length AS bytes, table_collation AS collation,
       create_options LIKE '%partitioned%' AS partitioned
  FROM information_schema.tables WHERE {_AMONG}
"""

COLUMNS = f"""
SELECT table_schema AS `schema`, table_name AS name, column_name AS `column`, column_type AS type,
       is_nullable AS nullable, column_default AS default_sql, extra, collation_name AS collation
  FROM information_schema.columns WHERE {_AMONG} ORDER BY ordinal_position
"""

INDEXES = f"""
SELECT table_schema AS `schema`, table_name AS name, index_name AS `index`,
       column_name AS `column`, {{expression}} AS expression, non_unique, index_type AS method
  FROM information_schema.statistics WHERE {_AMONG} ORDER BY index_name, seq_in_index
"""

MARIADB_CHECKS = f"""
SELECT constraint_schema AS `schema`, table_name AS name, constraint_name AS `constraint`,
       check_clause AS expression, 'YES' AS enforced
  FROM information_schema.check_constraints
 WHERE {_AMONG.replace("table_schema", "constraint_schema")}
"""

MYSQL_CHECKS = f"""
SELECT t.table_schema AS `schema`, t.table_name AS name, t.constraint_name AS `constraint`,
       c.check_clause AS expression, t.enforced AS enforced
  FROM information_schema.table_constraints t
  JOIN information_schema.check_constraints c
    ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
 WHERE t.constraint_type = 'CHECK' AND {_AMONG.replace("table_", "t.table_")}
"""
