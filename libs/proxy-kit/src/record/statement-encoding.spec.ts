import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import {
  DataEncoding,
  InputSchema,
  OutputSchema,
  StatementDecidedSchema,
  StatementFinishedSchema,
} from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decidedStatement, decision } from '../fixtures/statements.ts';
import { encodeFinished, encodeOutput } from './output-encoding.ts';
import { encodeStatementDecided } from './statement-encoding.ts';
import { toStatement } from './to-statement.ts';

const value = fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 }));
const parameters = fc.array(
  fc.record({ name: fc.constantFrom('1', '22'), type: fc.constantFrom('', '25'), value }),
  { maxLength: 4 },
);

describe('encoding by hand', () => {
  it('of a decided statement says what protobuf-es says, with a digest only where it binds an approval', () => {
    const outcomes = fc.constantFrom(Outcome.DENY, Outcome.ALLOW, Outcome.HOLD);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        parameters,
        outcomes,
        (text, given, outcome) => {
          const decided = decidedStatement({ text, parameters: given }, decision({ outcome, message: text }));
          const statement = toStatement(decided.request);
          if (outcome !== Outcome.HOLD) statement.digest = new Uint8Array();
          const expected = create(StatementDecidedSchema, { statement, decision: decided.decision });
          const read = fromBinary(StatementDecidedSchema, encodeStatementDecided(decided));
          expect(toBinary(StatementDecidedSchema, read)).toEqual(toBinary(StatementDecidedSchema, expected));
        },
      ),
    );
  });

  it('of output and of an end does too, for any number', () => {
    const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(number, number, fc.uint8Array({ maxLength: 400 }), (rows, bytes, data) => {
        const finished = fromBinary(
          StatementFinishedSchema,
          encodeFinished('id', 'SELECT 1', { outcome: 1, rows, bytes, durationUs: 3 }),
        );
        expect(finished).toMatchObject({
          statementId: 'id',
          status: 'SELECT 1',
          rows: BigInt(rows),
          bytes: BigInt(bytes),
          durationUs: 3n,
        });
        const decodedBytes = rows % 0x1_0000_0000;
        for (const channel of ['', 'stderr']) {
          const encoded = Buffer.concat(encodeOutput('id', 'f', { bytes: data, decodedBytes }, channel));
          for (const read of [fromBinary(OutputSchema, encoded), fromBinary(InputSchema, encoded)]) {
            expect(read).toMatchObject({ statementId: 'id', channel, format: 'f', decodedBytes });
            expect(read.encoding).toBe(decodedBytes === 0 ? DataEncoding.UNSPECIFIED : DataEncoding.ZSTD);
            expect(Buffer.from(read.data).equals(Buffer.from(data))).toBe(true);
          }
        }
      }),
    );
  });
});
