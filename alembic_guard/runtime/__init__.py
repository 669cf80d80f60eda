"""The edge: the only code that touches Alembic's private names, or opens a connection.

Everything here is asked by the floors above and decides nothing for them.
"""
