"""Schemas and their comments; the default one has no name among the models."""

QUERY = """
SELECT 'schema', '', '', o.nspname::text, pg_catalog.json_build_object(
         'comment', pg_catalog.obj_description(o.oid, 'pg_namespace'))::text, '', NULL
  FROM pg_catalog.pg_namespace o JOIN pg_catalog.pg_namespace n ON n.oid = o.oid WHERE {own}
"""
