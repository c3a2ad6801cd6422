-- The schema that the fixtures and the oracle tests run on.
CREATE SCHEMA payroll;
CREATE SCHEMA reporting;
CREATE ROLE agent LOGIN;
CREATE ROLE clerk;
GRANT clerk TO agent;

CREATE TABLE customers (
  id int PRIMARY KEY,
  name text NOT NULL,
  email text,
  ssn text,
  card text,
  note text,
  tags text[],
  profile jsonb,
  created_at timestamptz DEFAULT now(),
  email_domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) STORED
);
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer_id int REFERENCES customers ON DELETE CASCADE,
  total numeric,
  status text,
  placed_at timestamptz DEFAULT now()
);
CREATE TABLE order_lines (
  order_id int REFERENCES orders ON DELETE SET NULL,
  product text,
  quantity int
);
CREATE TABLE payroll.salaries (employee text PRIMARY KEY, salary int, iban text);
CREATE TABLE scratch (id int, a text, b text);
CREATE SEQUENCE counter;

CREATE TABLE events (id int, at date NOT NULL, payload text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE people (id int, phone text);
CREATE TABLE staff (badge text) INHERITS (people);

CREATE VIEW customer_names AS SELECT id, name, upper(email) AS contact FROM customers;
CREATE VIEW reporting.contacts AS SELECT id AS customer, contact AS c FROM customer_names;
CREATE MATERIALIZED VIEW reporting.totals AS
  SELECT c.name, c.email, sum(o.total) AS total FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1, 2;
CREATE VIEW recent_orders AS SELECT id, customer_id, total FROM orders WHERE placed_at > now() - interval '1 day';
CREATE VIEW ruled AS SELECT id, a FROM scratch;
CREATE RULE ruled_insert AS ON INSERT TO ruled DO INSTEAD INSERT INTO payroll.salaries VALUES (NEW.a, NEW.id, NULL);
CREATE TABLE watched (id int, v text);
CREATE RULE watched_delete AS ON DELETE TO watched DO ALSO DELETE FROM scratch WHERE scratch.id = OLD.id;

CREATE FUNCTION customer_email(i int) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM customers WHERE id = i';
CREATE FUNCTION same(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT t';
CREATE FUNCTION all_customers() RETURNS SETOF customers LANGUAGE sql STABLE AS 'SELECT * FROM customers';
CREATE FUNCTION contact_list(OUT who text, OUT mail text) RETURNS SETOF record LANGUAGE sql STABLE
  AS 'SELECT name, email FROM customers';
CREATE FUNCTION standard_body(i int) RETURNS text LANGUAGE sql STABLE
  BEGIN ATOMIC SELECT customers.email FROM customers WHERE customers.id = i; END;
CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders WHERE status = 'old'; END $$;
CREATE FUNCTION dynamic(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; END $$;
CREATE FUNCTION become(r text) RETURNS void LANGUAGE sql AS $$ SELECT set_config('role', r, false) $$;
CREATE FUNCTION reporting.lower(t text) RETURNS text LANGUAGE sql AS 'SELECT iban FROM payroll.salaries WHERE employee = t';
CREATE FUNCTION leak_operator(a int, b text) RETURNS text LANGUAGE sql STABLE AS 'SELECT ssn FROM customers WHERE id = a';
CREATE OPERATOR ~~> (LEFTARG = int, RIGHTARG = text, FUNCTION = leak_operator);
CREATE OPERATOR ##> (RIGHTARG = text, FUNCTION = pg_read_file);
CREATE PROCEDURE archive(i int) LANGUAGE sql AS 'DELETE FROM orders WHERE id = i';
CREATE FUNCTION concat_step(s text, v text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(s, '''') || v';
CREATE AGGREGATE glue(text) (SFUNC = concat_step, STYPE = text);
CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE scratch SET a = 'x'; RETURN NEW; END $$;
CREATE VIEW instead AS SELECT id, a FROM scratch;
CREATE TRIGGER instead_insert INSTEAD OF INSERT ON instead FOR EACH ROW EXECUTE FUNCTION bump();
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (x int, y text);

GRANT USAGE ON SCHEMA reporting TO PUBLIC;

CREATE FUNCTION joined(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT array_to_string(parts, ',') $$;
CREATE FUNCTION fallback(t text DEFAULT customer_email(1100001)) RETURNS text LANGUAGE sql STABLE AS 'SELECT t';
CREATE VIEW answering AS SELECT id, a FROM scratch;
CREATE RULE answering_update AS ON UPDATE TO answering DO INSTEAD
  UPDATE scratch SET a = NEW.a WHERE id = OLD.id RETURNING scratch.id, (SELECT email FROM customers LIMIT 1);
CREATE FUNCTION swapped(a text, b text) RETURNS TABLE (x text, y text) LANGUAGE sql IMMUTABLE AS 'SELECT b, a';

-- Views with conditions of their own: the first two cannot be varied by who reads them, the others can.
CREATE VIEW fixed_filter AS SELECT id, name FROM customers
  WHERE email IS NOT NULL AND ssn LIKE '%ssn%' AND NOT lower(card) = ANY (ARRAY['none', 'x']) AND id > 0;
CREATE VIEW fixed_join AS SELECT o.id AS order_id, f.name FROM orders o
  LEFT JOIN fixed_filter f ON f.id = o.customer_id AND char_length(f.name) >= 2;
CREATE VIEW varied_setting AS SELECT id FROM customers WHERE email = current_setting('app.who', true);
CREATE VIEW varied_column AS SELECT id, note FROM customers WHERE email = note;
CREATE VIEW varied_table AS SELECT s.id, s.a FROM scratch s JOIN customers c ON c.email = s.a;
CREATE VIEW varied_rows AS SELECT id FROM orders WHERE status IN (SELECT a FROM scratch);
CREATE VIEW varied_function AS SELECT id FROM customers WHERE same(email) = 'x';
CREATE VIEW varied_zone AS SELECT id FROM customers WHERE created_at::date = '2026-01-01';
CREATE VIEW varied_computed AS SELECT m.id FROM (SELECT id, email || note AS both FROM customers) m WHERE m.both LIKE 'q%';
CREATE VIEW varied_series AS SELECT c.id, n FROM customers c, generate_series(1, 9) AS g(n) WHERE length(c.email) = n;
CREATE VIEW varied_order AS SELECT id FROM customers GROUP BY id, ssn ORDER BY card;
