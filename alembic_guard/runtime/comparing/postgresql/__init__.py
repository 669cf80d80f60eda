"""PostgreSQL: a scratch namespace, and what its catalogue says of each kind of thing."""
