import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { encodeCopyData } from '@sallyport/codec-postgres';
import { MaskObligationSchema } from '@sallyport/contracts/access';
import type { SqlStatement } from '@sallyport/sql-inspect';
import type { QuerySlot } from '../../loops/reply-slot.ts';
import type { StatementRun } from '../../loops/statement-run.ts';
import { copyMasker, copyProblem } from './mask-copy.ts';
import { MaskRules } from './mask-rules.ts';

const copy = (text: string, over: Partial<SqlStatement> = {}) =>
  ({
    text,
    touches: [],
    outputs: [{ name: 'email', sources: ['public.customers.email'] }],
    copy: {
      direction: 'out',
      endpoint: 'client',
      format: text.includes('csv') ? 'csv' : 'text',
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

describe('the end of a masked COPY', () => {
  const rules = new MaskRules(
    [create(MaskObligationSchema, { columns: ['public.customers.email'], strategy: 'redact' })],
    new Uint8Array(32),
  );
  const statement = copy('COPY customers (email) TO STDOUT');
  const begin = () => {
    const run = {
      plan: { rules },
      masks: new Map(),
      countMasked: () => undefined,
    } as unknown as StatementRun;
    const slot = { kind: 'query' } as unknown as QuerySlot;
    return copyMasker(slot, { kind: 'mask', outputs: statement.outputs, statement }, run);
  };

  it('is refused while a row is held back whose end did not come: it would be lost, or was never a row', () => {
    const { masker, finish } = begin();
    expect(Buffer.concat(masker.mask(encodeCopyData(Buffer.from('a@b.c\n')))).toString('latin1')).toContain(
      'redacted',
    );
    finish();
    expect(Buffer.concat(masker.mask(encodeCopyData(Buffer.from('d@e.f')))).length).toBe(0);
    expect(finish).toThrow(/ends inside a row/);
  });
});
