import type { SqlStatement } from '@sallyport/sql-inspect';
import { describe, expect, it } from '@jest/globals';
import { copyProblem } from './mask-copy.ts';

const copy = (text: string, over: Partial<SqlStatement> = {}) =>
  ({
    text,
    outputs: [{ name: 'email', sources: ['public.customers.email'] }],
    copy: {
      direction: 'out',
      endpoint: 'client',
      format: 'csv',
      delimiter: undefined,
      header: false,
      columns: undefined,
    },
    ...over,
  }) as unknown as SqlStatement;

describe('a COPY of masked columns', () => {
  it.each([
    "COPY customers TO STDOUT (FORMAT csv, QUOTE '''')",
    "COPY customers TO STDOUT (FORMAT csv, ESCAPE 'x')",
    "COPY customers TO STDOUT (FORMAT csv, QUOTE '|', NULL 'stdout')",
    "COPY customers TO STDOUT (FORMAT csv, QUOTE '|') /* to stdout */",
    "COPY customers TO STDOUT (FORMAT csv, /* force */ force/**/ QUOTE '|')",
    "COPY (SELECT 'stdout') TO STDOUT (ENCODING 'UTF16')",
    "COPY customers TO STDOUT (FORMAT csv, FORCE_QUOTE *, QUOTE '|')",
  ])('is refused before it runs when its fields could be parted otherwise: %s', (text) => {
    expect(copyProblem(copy(text), true)).toContain('COPY');
  });

  it.each([
    'COPY customers TO STDOUT',
    'COPY customers TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)',
    "COPY (SELECT email FROM q WHERE id IS NULL) TO STDOUT CSV DELIMITER ';'",
  ])('is masked: %s', (text) => {
    expect(copyProblem(copy(text), true)).toBeNull();
    expect(copyProblem(copy(text, { outputs: 'unknown' }), true)).toContain('columns');
  });

  it('is nothing special where nothing of it is masked', () => {
    expect(copyProblem(copy("COPY t TO STDOUT (QUOTE 'x')"), false)).toBeNull();
  });
});
