/** A small shop with personal data, a view, a function and somebody's payroll. */
export const SHOP = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL, card text, ssn text, born date, balance numeric(10,2), meta jsonb);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers(id), total numeric(10,2), note text);
CREATE SCHEMA payroll;
CREATE TABLE payroll.salaries (id int, amount int);
INSERT INTO customers VALUES
  (1, 'Ana Alvarez', 'ana@example.com', '4111111111111111', '123-45-6789', '1990-01-02', 10.50, '{"email":"ana@example.com"}'),
  (2, 'Bob Brown', 'bob@example.org', '5500005555555559', '987-65-4321', '1985-05-06', 99.00, '{"k":1}');
INSERT INTO orders SELECT g, 1 + g % 2, g * 1.5, 'note ' || g FROM generate_series(1, 20) g;
INSERT INTO payroll.salaries VALUES (1, 100000);
CREATE VIEW contacts AS SELECT id, name, email AS contact FROM customers;
CREATE FUNCTION purge() RETURNS int LANGUAGE sql AS 'DELETE FROM orders RETURNING 1';
CREATE FUNCTION email_of(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM customers WHERE id = $1';
`;

/** What agents may do there. */
export const AGENTS = `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents-on-shop }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["shop"] }
  rules:
    - name: reads
      allow: { actions: [sql.read, sql.copy.out, sql.transaction, sql.session.set, sql.insert, sql.copy.in, sql.lock, sql.notify, sql.ddl.create] }
    - name: payroll
      deny: { actions: ["sql.*"], objects: ["payroll.*"], message: "payroll is closed to agents" }
    - name: changes
      hold: { actions: [sql.update, sql.delete], approvers: [{ group: dba }], count: 1, timeout: 2m }
`;

/** The same, with personal data masked; use of it in conditions is allowed, copying it elsewhere is not. */
export const MASKED_AGENTS = `${AGENTS}    - name: personal-data
      mask: { columns: ["*.customers.email", "*.customers.card", "*.customers.ssn", "*.customers.born", "*.customers.balance", "*.customers.meta"], with: redact }
    - name: uses
      allow: { actions: [sql.read.predicate] }
`;
