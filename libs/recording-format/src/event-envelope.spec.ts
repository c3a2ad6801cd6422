import { create, toBinary } from '@bufbuild/protobuf';
import { EventSchema } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BODY_FIELD, glanceAtEvent, readEnvelope } from './event-envelope.ts';
import { readVarint, varintSize, writeVarint } from './varint.ts';

const encode = (init: Parameters<typeof create<typeof EventSchema>>[1]) =>
  Buffer.from(toBinary(EventSchema, create(EventSchema, init)));

const second = {
  sessionId: 'ses_1',
  sequence: 2n,
  timeUnixUs: 1_700_000_000_123_456n,
  previousHash: Buffer.alloc(32, 7),
  body: { case: 'policyChanged', value: { policyRevision: 'r' } },
} as const;

describe('readEnvelope', () => {
  it('reads what stands before the body, and where the body is', () => {
    const bytes = encode(second);
    const envelope = readEnvelope(bytes);
    expect(envelope).toMatchObject({ sessionId: 'ses_1', sequence: 2, timeUnixUs: 1_700_000_000_123_456 });
    expect(envelope?.bodyField).toBe(BODY_FIELD.policyChanged);
    expect(bytes.subarray(envelope?.bodyOffset).toString()).toBe('\n\u0001r');
  });

  it('names every body that event.proto has', () => {
    const bodies = EventSchema.fields.filter((field) => field.oneof !== undefined);
    expect(Object.fromEntries(bodies.map((field) => [field.localName, field.number]))).toEqual(BODY_FIELD);
  });

  it('takes no encoding in which two readers could see two events', () => {
    const bytes = encode(second);
    const repeated = Buffer.concat([bytes, Buffer.from([0x10, 9])]);
    const twoBodies = Buffer.concat([bytes, encode({ body: { case: 'input', value: {} } })]);
    const reordered = Buffer.concat([Buffer.from([0x10, 2]), encode({ ...second, sequence: 0n })]);
    const unknown = Buffer.concat([bytes, Buffer.from([0xfa, 0x01, 0x00])]);
    for (const other of [repeated, twoBodies, reordered, unknown])
      expect(readEnvelope(other)).toBeUndefined();
  });

  it('takes no event without a number, a hash where one belongs, one where none does, or a body', () => {
    const { sessionId: id, sequence, timeUnixUs, previousHash, body } = second;
    const unchained = { sessionId: id, sequence, timeUnixUs, body };
    const bodiless = { sessionId: id, sequence, timeUnixUs, previousHash };
    const wrong = [{ ...second, sequence: 0n }, unchained, { ...second, sequence: 1n }, bodiless];
    for (const init of wrong) expect(readEnvelope(encode(init))).toBeUndefined();
    for (const length of [0, 31, 33]) {
      expect(readEnvelope(encode({ ...second, previousHash: Buffer.alloc(length) }))).toBeUndefined();
    }
    for (const sessionId of ['', '../x', 'é', 'x'.repeat(129)]) {
      expect(readEnvelope(encode({ ...second, sessionId }))).toBeUndefined();
    }
  });

  it('takes no cut of an event for one', () => {
    const bytes = encode(second);
    for (let length = 0; length < bytes.length; length += 1)
      expect(readEnvelope(bytes.subarray(0, length))).toBeUndefined();
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (junk, prefixed) => {
        const bytes = prefixed ? Buffer.concat([encode(second).subarray(0, 12), junk]) : Buffer.from(junk);
        readEnvelope(bytes);
        glanceAtEvent(bytes);
      }),
    );
  });
});

describe('varints', () => {
  it('come back as they were written, and take the bytes that were said', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = new Uint8Array(varintSize(value));
        expect(writeVarint(bytes, 0, value)).toBe(bytes.length);
        expect(readVarint(bytes, 0)).toEqual({ value, end: bytes.length });
      }),
    );
  });

  it('are none when they are cut off or larger than a number can be', () => {
    expect(readVarint(Uint8Array.of(0x80), 0)).toBeUndefined();
    expect(
      readVarint(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), 0),
    ).toBeUndefined();
  });
});
