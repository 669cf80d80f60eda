"""Models and a database, compared by what the database itself makes of both.

The models are created as DDL in a scratch namespace, the catalogue says what came of it in the
same words in which it describes the live schema, and the scratch is rolled back. What is compared
is therefore never text that somebody typed, and no object of the live schema is touched.
"""
