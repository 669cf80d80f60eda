"""The database in which the examples of every rule begin: a small shop.

Its tables hold five rows each; the examples are judged with ``small_table_rows = 0``, so that they
count as large. What a kind of database does not have is left out there.
"""

from __future__ import annotations

POSTGRESQL = """
CREATE FUNCTION invoice_code() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT 'i' || random() $$;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN amount AS numeric(10, 2);
CREATE SCHEMA archive;
CREATE SEQUENCE invoice_numbers;
CREATE TABLE users (
    id integer PRIMARY KEY,
    email varchar(50) NOT NULL,
    name text,
    age integer,
    mood mood,
    balance amount,
    created_at timestamptz DEFAULT now()
);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    user_id integer NOT NULL CONSTRAINT orders_user_id_fkey REFERENCES users (id),
    shop_id integer,
    number varchar(20) CONSTRAINT orders_number_key UNIQUE,
    status varchar(20) DEFAULT 'new',
    total numeric(10, 2) CONSTRAINT orders_total_check CHECK (total >= 0),
    note text,
    placed_at timestamp,
    period tsrange,
    approved_by integer
);
CREATE INDEX ix_orders_status ON orders (status);
CREATE UNIQUE INDEX uq_orders_number_shop ON orders (number, shop_id);
CREATE TABLE shops (id bigint PRIMARY KEY, name text NOT NULL, city varchar(30));
CREATE UNIQUE INDEX uq_shops_name ON shops (name);
CREATE TABLE events (id integer NOT NULL, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE TABLE events_2026 (id integer NOT NULL, at date NOT NULL, kind text);
CREATE UNIQUE INDEX uq_events_2026_id_kind ON events_2026 (id, kind);
CREATE TABLE prices (
    id integer PRIMARY KEY,
    net numeric NOT NULL,
    gross numeric GENERATED ALWAYS AS (net * 2) STORED,
    currency varchar(3) NOT NULL DEFAULT 'EUR',
    code varchar(10) CONSTRAINT prices_code_check CHECK (code <> '')
);
INSERT INTO prices (id, net) SELECT n, n FROM generate_series(1, 5) n;
CREATE TABLE logs (id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE logs_2025 PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO logs SELECT n, '2025-06-01' FROM generate_series(1, 5) n;
CREATE TABLE old_shops (LIKE shops);
INSERT INTO old_shops (id, name) VALUES (6, 's6');
CREATE VIEW open_orders AS SELECT id, status, total FROM orders WHERE status <> 'paid';
CREATE MATERIALIZED VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
CREATE UNIQUE INDEX uq_totals_user_id ON totals (user_id);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
INSERT INTO users (id, email, name, age, mood)
    SELECT n, 'u' || n || '@example.org', 'n' || n, 20 + n, 'ok' FROM generate_series(1, 5) n;
INSERT INTO shops (id, name) SELECT n, 's' || n FROM generate_series(1, 5) n;
INSERT INTO orders (id, user_id, shop_id, number, total, note, placed_at)
    SELECT n, n, n, 'o' || n, 10 * n, '{}', '2026-01-01' FROM generate_series(1, 5) n;
INSERT INTO events SELECT n, '2025-06-01', 'k' FROM generate_series(1, 5) n;
INSERT INTO events SELECT n, '2027-06-01', 'k' FROM generate_series(1, 5) n;
INSERT INTO events_2026 SELECT n, '2026-06-01', 'k' FROM generate_series(1, 5) n;
REFRESH MATERIALIZED VIEW totals;
"""

MARIADB = """
CREATE TABLE users (
    id integer PRIMARY KEY,
    email varchar(50) NOT NULL,
    name text,
    age integer NOT NULL DEFAULT 0 COMMENT 'in years',
    mood enum('sad', 'ok', 'happy'),
    created_at timestamp NULL
);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    shop_id integer,
    number varchar(20),
    status varchar(20) DEFAULT 'new',
    total numeric(10, 2),
    note text,
    placed_at datetime,
    approved_by integer,
    CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT orders_number_key UNIQUE (number),
    CONSTRAINT orders_total_check CHECK (total >= 0),
    INDEX ix_orders_status (status),
    UNIQUE INDEX uq_orders_number_shop (number, shop_id)
);
CREATE TABLE shops (id bigint PRIMARY KEY, name varchar(100) NOT NULL, city varchar(30));
CREATE UNIQUE INDEX uq_shops_name ON shops (name);
CREATE TABLE logs (id integer, at date, PRIMARY KEY (id, at));
CREATE VIEW open_orders AS SELECT 1 AS id, 'new' AS status, 2 AS total;
INSERT INTO logs VALUES (1, '2025-06-01'), (2, '2025-06-01'), (3, '2025-06-01');
INSERT INTO users (id, email, name, age, mood) VALUES
    (1, 'a', 'a', 1, 'ok'), (2, 'b', 'b', 2, 'ok'), (3, 'c', 'c', 3, 'ok'),
    (4, 'd', 'd', 4, 'ok'), (5, 'e', 'e', 5, 'ok');
INSERT INTO shops (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e');
INSERT INTO orders (id, user_id, shop_id, number, total) VALUES
    (1, 1, 1, '1', 1), (2, 2, 2, '2', 2), (3, 3, 3, '3', 3), (4, 4, 4, '4', 4), (5, 5, 5, '5', 5);
"""

SQLITE = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email VARCHAR(50) NOT NULL,
    name TEXT,
    age INTEGER,
    created_at TIMESTAMP
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL CONSTRAINT orders_user_id_fkey REFERENCES users (id),
    shop_id INTEGER,
    number VARCHAR(20) CONSTRAINT orders_number_key UNIQUE,
    status VARCHAR(20) DEFAULT 'new',
    total NUMERIC(10, 2) CONSTRAINT orders_total_check CHECK (total >= 0),
    note TEXT,
    placed_at TIMESTAMP,
    approved_by INTEGER
);
CREATE INDEX ix_orders_status ON orders (status);
CREATE UNIQUE INDEX uq_orders_number_shop ON orders (number, shop_id);
CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city VARCHAR(30));
CREATE UNIQUE INDEX uq_shops_name ON shops (name);
CREATE VIEW open_orders AS SELECT 1 AS id, 'new' AS status, 2 AS total;
INSERT INTO users (id, email, name, age) VALUES
    (1, 'a', 'a', 1), (2, 'b', 'b', 2), (3, 'c', 'c', 3), (4, 'd', 'd', 4), (5, 'e', 'e', 5);
INSERT INTO shops (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e');
INSERT INTO orders (id, user_id, shop_id, number, total) VALUES
    (1, 1, 1, '1', 1), (2, 2, 2, '2', 2), (3, 3, 3, '3', 3), (4, 4, 4, '4', 4), (5, 5, 5, '5', 5);
"""

SHOP = {"postgresql": POSTGRESQL, "mariadb": MARIADB, "sqlite": SQLITE}
