import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { EventSchema, OutputSchema, type Event } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash, verify, createPublicKey } from 'node:crypto';
import { BODY_FIELD, glanceAtEvent, readEnvelope } from '../event-envelope.ts';
import { checkpointMessage, closeMessage } from '../signed-message.ts';
import { EventChain, EventTooLargeError, type EncodedEvent } from './event-chain.ts';
import { generateSigningKey } from './signing-key.ts';

const signer = generateSigningKey();
const bytesOf = (event: EncodedEvent): Buffer => Buffer.concat(event.parts);
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

function chainAt(start: number, options: { checkpointEveryEvents?: number; maxEventBytes?: number } = {}) {
  const clock = { us: start };
  return { clock, chain: new EventChain({ sessionId: 'ses_1', signer, clock: () => clock.us, ...options }) };
}

function outputBody(data: Uint8Array): Uint8Array {
  return toBinary(OutputSchema, create(OutputSchema, { statementId: 's', format: 'x', data }));
}

function signatureValid(message: Uint8Array, signature: Uint8Array): boolean {
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const key = createPublicKey({
    key: Buffer.concat([prefix, signer.publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, message, key, signature);
}

describe('EventChain', () => {
  it('writes by hand exactly the bytes that protobuf-es writes, for any size and place in the chain', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 2 ** 52 }), (lengths, start) => {
        const { chain, clock } = chainAt(start);
        let previousHash = new Uint8Array();
        lengths.forEach((length, index) => {
          clock.us = start + index;
          const data = Buffer.alloc(length, index + 1);
          const body = outputBody(data);
          const half = Math.floor(body.length / 2);
          const encoded = bytesOf(
            chain.appendEncoded(BODY_FIELD.output, [body.subarray(0, half), body.subarray(half)]),
          );
          const expected: Event = create(EventSchema, {
            sessionId: 'ses_1',
            sequence: BigInt(index + 1),
            timeUnixUs: BigInt(clock.us),
            previousHash,
            body: { case: 'output', value: { statementId: 's', format: 'x', data } },
          });
          expect(encoded.equals(toBinary(EventSchema, expected))).toBe(true);
          expect(Buffer.from(toBinary(EventSchema, fromBinary(EventSchema, encoded))).equals(encoded)).toBe(
            true,
          );
          expect(readEnvelope(encoded)?.sequence).toBe(index + 1);
          expect(glanceAtEvent(encoded)).toEqual({ sequence: index + 1, bodyField: BODY_FIELD.output });
          previousHash = Uint8Array.from(sha256(encoded));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('writes the same bytes whether the body comes as a message or encoded', () => {
    const whole = chainAt(5).chain;
    const parts = chainAt(5).chain;
    const value = create(OutputSchema, { statementId: 's', format: 'x', data: Buffer.from('abc') });
    const one = bytesOf(whole.append({ case: 'output', value }));
    expect(bytesOf(parts.appendEncoded(BODY_FIELD.output, toBinary(OutputSchema, value))).equals(one)).toBe(
      true,
    );
  });

  it('does not copy large bodies', () => {
    const body = outputBody(Buffer.alloc(65_536));
    const event = chainAt(1).chain.appendEncoded(BODY_FIELD.output, body);
    expect(event.parts[1]).toBe(body);
    expect(event.byteLength).toBe(bytesOf(event).length);
  });

  it('has everything before the body in the first part, however large the body and however it came', () => {
    const value = create(OutputSchema, { data: Buffer.alloc(100_000) });
    const { chain } = chainAt(1);
    for (const event of [
      chain.append({ case: 'output', value }),
      chain.appendEncoded(BODY_FIELD.output, toBinary(OutputSchema, value)),
    ]) {
      const [head = Buffer.alloc(0)] = event.parts;
      const { sequence } = event;
      expect(glanceAtEvent(head)).toEqual({ sequence, bodyField: BODY_FIELD.output });
      expect(readEnvelope(head, event.byteLength)).toMatchObject({ sequence, bodyField: BODY_FIELD.output });
    }
  });

  it('refuses an event that is too large, and stands where it stood', () => {
    const { chain } = chainAt(1, { maxEventBytes: 1_000_000 });
    chain.appendEncoded(BODY_FIELD.output, outputBody(Buffer.alloc(1)));
    expect(() => chain.appendEncoded(BODY_FIELD.output, Buffer.alloc(1024 * 1024))).toThrow(
      EventTooLargeError,
    );
    const next = readEnvelope(bytesOf(chain.appendEncoded(BODY_FIELD.output, outputBody(Buffer.alloc(1)))));
    expect(next?.sequence).toBe(2);
  });

  it('signs one second after the last signature, or after as many events as told, never for nothing', () => {
    const { chain, clock } = chainAt(1_000_000, { checkpointEveryEvents: 3 });
    expect(chain.checkpointIfDue()).toBeUndefined();
    chain.append({ case: 'policyChanged', value: {} });
    expect(chain.checkpointIfDue()).toBeUndefined();
    clock.us += 1_000_000;
    chain.append({ case: 'policyChanged', value: {} });
    expect(chain.checkpointIfDue()?.sequence).toBe(3);
    expect(chain.checkpointIfDue()).toBeUndefined();
    for (let index = 0; index < 3; index += 1) chain.append({ case: 'policyChanged', value: {} });
    expect(chain.checkpointIfDue()?.sequence).toBe(7);
  });

  it('signs when the clock was set back, so that a clock can not hold signatures off', () => {
    const { chain, clock } = chainAt(9_000_000);
    clock.us = 1;
    chain.append({ case: 'policyChanged', value: {} });
    expect(chain.checkpointIfDue()).toBeDefined();
  });

  it('makes a checkpoint signature that is worthless as a close', () => {
    const { chain, clock } = chainAt(77);
    const first = bytesOf(chain.append({ case: 'policyChanged', value: {} }));
    const event = fromBinary(EventSchema, bytesOf(chain.checkpoint()));
    const signature = event.body.case === 'checkpoint' ? event.body.value.signature : new Uint8Array();
    expect(signatureValid(checkpointMessage(sha256(first), 2, clock.us), signature)).toBe(true);
    expect(signatureValid(closeMessage(sha256(first), 2, clock.us, ''), signature)).toBe(false);
  });

  it('covers the reason of a close with its signature, and lets nothing follow it', () => {
    const { chain } = chainAt(77);
    const first = bytesOf(chain.append({ case: 'policyChanged', value: {} }));
    const event = fromBinary(EventSchema, bytesOf(chain.close('locked')));
    const signature = event.body.case === 'sessionClosed' ? event.body.value.signature : new Uint8Array();
    expect(signatureValid(closeMessage(sha256(first), 2, 77, 'locked'), signature)).toBe(true);
    expect(signatureValid(closeMessage(sha256(first), 2, 77, 'client_closed'), signature)).toBe(false);
    expect(() => chain.append({ case: 'policyChanged', value: {} })).toThrow('closed');
  });

  it('goes back to a position as if what followed had never been', () => {
    const { chain } = chainAt(5);
    chain.append({ case: 'policyChanged', value: {} });
    const before = chain.position();
    const once = bytesOf(chain.append({ case: 'policyChanged', value: { policyRevision: 'a' } }));
    chain.close('client_closed');
    chain.rewind(before);
    expect(
      bytesOf(chain.append({ case: 'policyChanged', value: { policyRevision: 'a' } })).equals(once),
    ).toBe(true);
  });

  it('takes no session id that could leave its folder or its subject', () => {
    for (const sessionId of ['', '../x', 'a/b', 'a.b', 'a b', 'a*', 'x'.repeat(129)]) {
      expect(() => new EventChain({ sessionId, signer })).toThrow(RangeError);
    }
  });
});
