"""MariaDB and MySQL: models are made in a scratch database, since their DDL commits."""
