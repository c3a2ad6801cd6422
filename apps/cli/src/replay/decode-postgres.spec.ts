import { describe, expect, it } from '@jest/globals';
import {
  buildErrorResponse,
  encodeCommandComplete,
  encodeDataRow,
  encodeRowDescription,
} from '@sallyport/codec-postgres';
import fc from 'fast-check';
import { resultFrames } from '../../test/support/recording.ts';
import { PostgresAnswers } from './decode-postgres.ts';

describe('PostgresAnswers', () => {
  it('shows rows under their columns, NULL as null', () => {
    expect(new PostgresAnswers().decode(resultFrames(['a', 'b'], [['1', null]]))).toEqual([
      { kind: 'rows', columns: ['a', 'b'], rows: [['1', null]] },
      { kind: 'done', status: 'SELECT 1' },
    ]);
  });

  it('keeps the results of a multi-statement string apart', () => {
    const parts = new PostgresAnswers().decode(
      Buffer.concat([resultFrames(['a'], [['1']]), resultFrames(['b'], [['2']])]),
    );
    expect(parts.map(({ kind }) => kind)).toEqual(['rows', 'done', 'rows', 'done']);
  });

  it('decodes binary values by their type, and shows those of unknown types in hexadecimal', () => {
    const field = {
      tableOid: 0,
      attributeNumber: 0,
      typeSize: 4,
      typeModifier: -1,
      format: 'binary' as const,
    };
    const data = Buffer.concat([
      encodeRowDescription([
        { ...field, name: 'n', typeOid: 23 },
        { ...field, name: 'x', typeOid: 99_999 },
      ]),
      encodeDataRow([Buffer.from([0, 0, 1, 0]), Buffer.from([0xde, 0xad])]),
    ]);
    expect(new PostgresAnswers().decode(data)).toEqual([
      { kind: 'rows', columns: ['n', 'x'], rows: [['256', '\\xdead']] },
    ]);
  });

  it('names columns from an earlier Describe, if there are as many', () => {
    const answers = new PostgresAnswers();
    answers.decode(resultFrames(['a', 'b'], []));
    expect(answers.decode(encodeDataRow([Buffer.from('1'), null]))).toEqual([
      { kind: 'rows', columns: ['a', 'b'], rows: [['1', null]] },
    ]);
    expect(answers.decode(encodeDataRow([null]))).toEqual([{ kind: 'rows', columns: [], rows: [[null]] }]);
  });

  it('shows errors with their details', () => {
    const error = buildErrorResponse('ERROR', '42501', 'denied', {
      detail: '{"code":"denied_by_rule"}',
      hint: 'Ask.',
    });
    expect(new PostgresAnswers().decode(error)).toEqual([
      {
        kind: 'message',
        severity: 'ERROR',
        code: '42501',
        text: 'denied',
        details: ['DETAIL: {"code":"denied_by_rule"}', 'HINT: Ask.'],
      },
    ]);
  });

  it('says how much it could not read of an answer that is cut off', () => {
    const whole = resultFrames(['a'], [['one'], ['two']]);
    const parts = new PostgresAnswers().decode(
      whole.subarray(0, -encodeCommandComplete('SELECT 2').length - 3),
    );
    expect(parts.at(-1)).toMatchObject({ kind: 'hidden', why: 'the rest of it is not here' });
  });

  it('never throws, whatever is recorded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(60), (bytes, cut) => {
        const data = Buffer.concat([resultFrames(['a'], [['1']]).subarray(0, cut), bytes]);
        expect(Array.isArray(new PostgresAnswers().decode(data))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
