"""Comparators, one module an object kind, each with a ``compare(autogen_context, upgrade_ops)``.

``plugin.py`` registers them by name, and Alembic's first autogenerate imports them.
"""
