"""Schemas, but for the default one, which has no name among the models."""

QUERY = """
SELECT 'schema', '', '', o.nspname::text, '{}', '', NULL
  FROM pg_catalog.pg_namespace o JOIN pg_catalog.pg_namespace n ON n.oid = o.oid WHERE {own}
"""
