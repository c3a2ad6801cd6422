import { describe, expect, it } from '@jest/globals';
import { redactSecrets } from './redact-secrets.ts';

describe('redactSecrets', () => {
  it.each([
    "CREATE ROLE r PASSWORD 'hunter2'",
    "CREATE USER r WITH ENCRYPTED PASSWORD 'hunter2' VALID UNTIL '2030-01-01'",
    "ALTER ROLE r PASSWORD E'hunter2\\n'",
    "ALTER ROLE r PASSWORD U&'hunter2'",
    'ALTER ROLE r PASSWORD $tag$hunter2$tag$',
    "ALTER ROLE é PASSWORD /* new */ 'hunter2'",
    "CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'u', password 'hunter2')",
    'ALTER USER MAPPING FOR u SERVER s OPTIONS (SET "password" \'hunter2\')',
    "CREATE SUBSCRIPTION s CONNECTION 'host=h password=hunter2' PUBLICATION p",
    "SELECT dblink_connect('host=h user=u password=hunter2')",
    "SELECT * FROM dblink('postgres://u:hunter2@h/db', 'SELECT 1') AS t(a int)",
    "DO $$ BEGIN EXECUTE 'CREATE ROLE r PASSWORD ''hunter2'''; END $$",
    "PREPARE p AS SELECT 1; ALTER ROLE r PASSWORD 'hunter2'",
    "SET my.api_key = 'hunter2'",
    "SET SESSION my.token TO 'hunter2'",
    "SELECT * FROM users WHERE password = 'hunter2'",
    "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (secret_access_key 'hunter2')",
  ])('leaves no secret in %p', (sql) => {
    const redacted = redactSecrets(sql);
    expect(redacted).not.toContain('hunter2');
    expect(redacted).toContain('[redacted]');
    expect(redactSecrets(redacted)).toBe(redacted);
  });

  it.each([
    'SELECT 1',
    "SELECT 'hello'",
    "SELECT password_changed_at FROM users WHERE id = 'x'",
    "COMMENT ON TABLE tokens IS 'one for each session'",
    'SELECT $1 FROM secrets',
  ])('leaves %p as it is', (sql) => {
    expect(redactSecrets(sql)).toBe(sql);
  });

  it('keeps what is around the secret', () => {
    expect(redactSecrets("ALTER ROLE é WITH PASSWORD 'x' VALID UNTIL '2030-01-01'")).toBe(
      "ALTER ROLE é WITH PASSWORD '[redacted]' VALID UNTIL '2030-01-01'",
    );
  });

  it('shows nothing but the first word of what cannot be cut into tokens', () => {
    expect(redactSecrets("ALTER ROLE r PASSWORD 'hunter2")).toBe('ALTER [redacted]');
  });
});
