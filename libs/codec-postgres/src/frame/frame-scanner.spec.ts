import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { AccessError } from '@sallyport/errors';
import fc from 'fast-check';
import { BACKEND_SAMPLES, FRONTEND_SAMPLES } from '../../test/sample-messages.ts';
import { BackendType } from '../backend/backend-type.ts';
import { encodeCommandComplete } from '../backend/command-complete.ts';
import { encodeDataRow } from '../backend/data-row.ts';
import { encodeReadyForQuery } from '../backend/ready-for-query.ts';
import { encodeQuery } from '../frontend/query.ts';
import { encodeSync } from '../frontend/sync.ts';
import { BACKEND_RULES, FRONTEND_RULES, type FrameRule, type FrameRules } from './frame-rules.ts';
import { FrameScanner } from './frame-scanner.ts';

/** A part with its bytes copied out, as a consumer sees it at the time. */
interface SeenPart {
  readonly kind: string;
  readonly type: number;
  readonly bytes: string;
  readonly messages: number;
}

const SAMPLES = BACKEND_SAMPLES.map(([, bytes]) => bytes);
const ALL = Buffer.concat(SAMPLES);
const MANY_ROWS = Buffer.concat([
  encodeDataRow([Buffer.from('one')]),
  encodeDataRow([null, Buffer.from('two')]),
  encodeDataRow([Buffer.alloc(300, 7)]),
  encodeCommandComplete('SELECT 3'),
  encodeReadyForQuery('idle'),
]);

describe('the frame scanner', () => {
  it.each(['each', 'batch', 'stream'] as const)(
    'gives every byte once, in order, under the rule %s',
    (treatment) => {
      for (const chunks of splits(ALL)) {
        const seen = scan(chunks, rulesWith(treatment));
        expect(seen.map((part) => part.bytes).join('')).toBe(ALL.toString('hex'));
      }
    },
  );

  it('gives whole messages one by one under the rule each, wherever they are split', () => {
    const expected = SAMPLES.map((bytes) => bytes.toString('hex'));
    for (const chunks of splits(ALL)) {
      expect(scan(chunks, rulesWith('each')).map((part) => part.bytes)).toEqual(expected);
    }
  });

  it('reads a client byte by byte', () => {
    const bytes = Buffer.concat(FRONTEND_SAMPLES.map(([, sample]) => sample));
    const seen = scan(byteByByte(bytes), FRONTEND_RULES);
    expect(seen.map((part) => part.bytes).join('')).toBe(bytes.toString('hex'));
    expect(seen.filter((part) => part.kind === 'messages')).toHaveLength(FRONTEND_SAMPLES.length - 1);
  });

  it('gives neighbouring rows as one part, whole under batch, as they come under stream', () => {
    expect(scan([MANY_ROWS], rulesWith('batch')).map((part) => [part.kind, part.messages])).toEqual([
      ['messages', 3],
      ['messages', 1],
      ['messages', 1],
    ]);
    const half = [MANY_ROWS.subarray(0, 40), MANY_ROWS.subarray(40)];
    expect(scan(half, BACKEND_RULES).map((part) => [part.kind, part.messages])).toEqual([
      ['stream', 3],
      ['stream', 0],
      ['messages', 1],
      ['messages', 1],
    ]);
  });

  it('counts each row once, wherever it is split', () => {
    for (const treatment of ['each', 'batch', 'stream'] as const) {
      for (const chunks of splits(MANY_ROWS)) {
        const rows = scan(chunks, rulesWith(treatment)).filter((part) => part.type === BackendType.DataRow);
        expect(rows.reduce((sum, part) => sum + part.messages, 0)).toBe(3);
      }
    }
  });

  it('begins no more messages in a part than it is asked for', () => {
    const scanner = new FrameScanner(BACKEND_RULES);
    scanner.push(MANY_ROWS);
    expect(scanner.next(2)).toMatchObject({ kind: 'stream', messages: 2 });
    expect(scanner.next(2)).toMatchObject({ kind: 'stream', messages: 1 });
  });

  it('applies a rule changed by one message to the next one in the same chunk', () => {
    const scanner = new FrameScanner(BACKEND_RULES);
    scanner.push(Buffer.concat([encodeReadyForQuery('idle'), MANY_ROWS.subarray(0, 30)]));
    expect(scanner.next()?.type).toBe(BackendType.ReadyForQuery);
    scanner.setRule(BackendType.DataRow, { treatment: 'batch', maxBytes: 1000 });
    expect(scanner.next()).toMatchObject({ kind: 'messages', messages: 1 });
    expect(scanner.next()).toBeNull();
  });

  it('refers to the chunk itself for all that is not split', () => {
    const scanner = new FrameScanner(BACKEND_RULES);
    scanner.push(MANY_ROWS);
    for (let part = scanner.next(); part !== null; part = scanner.next()) expect(part.source).toBe(MANY_ROWS);
  });

  it('knows whether the stream may end', () => {
    const scanner = new FrameScanner(BACKEND_RULES);
    expect(scanner.atBoundary).toBe(true);
    for (const cut of [2, 30, 300]) {
      scanner.push(MANY_ROWS.subarray(0, cut));
      while (scanner.next() !== null);
      expect(scanner.atBoundary).toBe(false);
      scanner.push(MANY_ROWS.subarray(cut));
      while (scanner.next() !== null);
      expect(scanner.atBoundary).toBe(true);
    }
  });

  it('finds the same messages however the bytes are cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
    const treatment = fc.constantFrom('each' as const, 'batch' as const);
    const order = fc.shuffledSubarray([...SAMPLES, ...SAMPLES], { minLength: 1 });
    fc.assert(
      fc.property(order, cuts, treatment, (messages, sizes, rule) => {
        const seen = scan(cutBy(Buffer.concat(messages), sizes), rulesWith(rule));
        expect(seen.map((part) => part.bytes).join('')).toBe(Buffer.concat(messages).toString('hex'));
        expect(seen.reduce((sum, part) => sum + part.messages, 0)).toBe(messages.length);
        expect(seen.every((part) => part.kind === 'messages')).toBe(true);
      }),
    );
  });
});

describe('what a hostile peer sends', () => {
  const small: FrameRule = { treatment: 'each', maxBytes: 20 };
  const rules: FrameRules = new Map([...FRONTEND_RULES, [0x51, small]]);

  it('refuses a length below the smallest, and types that do not exist', () => {
    for (const bytes of ['51ffffffff', '5100000003', '5180000000', '00000000ff']) {
      expect(() => scan([Buffer.from(bytes, 'hex')], FRONTEND_RULES)).toThrow(
        expect.objectContaining({ code: 'protocol_violation' }),
      );
    }
  });

  it('reports a message over its limit at the header, drops it and goes on with the next', () => {
    const bytes = Buffer.concat([encodeQuery('x'.repeat(500)), encodeSync()]);
    for (const chunks of splits(bytes)) {
      const seen = scan(chunks, rules);
      expect(seen.map((part) => [part.kind, part.type, part.bytes.length / 2])).toEqual([
        ['oversized', 0x51, 5],
        ['messages', 0x53, 5],
      ]);
    }
  });

  it('keeps no memory for a length that was only announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    const scanners = Array.from({ length: 200 }, () => {
      const scanner = new FrameScanner(FRONTEND_RULES);
      scanner.push(Buffer.from('5100ffff00', 'hex'));
      while (scanner.next() !== null);
      return scanner;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    expect(scanners.every((scanner) => !scanner.atBoundary)).toBe(true);
  });

  it('does not scan a chunk over one that is not done', () => {
    const scanner = new FrameScanner(BACKEND_RULES);
    scanner.push(MANY_ROWS);
    expect(() => scanner.push(MANY_ROWS)).toThrow(AccessError);
  });

  it('throws nothing but a protocol violation, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), (chunks) => {
        try {
          scan(
            chunks.map((chunk) => Buffer.from(chunk)),
            rules,
          );
        } catch (error) {
          expect(error).toMatchObject({ code: 'protocol_violation' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function rulesWith(treatment: FrameRule['treatment']): FrameRules {
  const rule: FrameRule = { treatment, maxBytes: 1_000_000 };
  return new Map([...BACKEND_RULES, [BackendType.DataRow, rule], [BackendType.CopyData, rule]]);
}

function scan(chunks: readonly Buffer[], rules: FrameRules): SeenPart[] {
  const scanner = new FrameScanner(rules);
  const seen: SeenPart[] = [];
  for (const chunk of chunks) {
    scanner.push(chunk);
    for (let part = scanner.next(); part !== null; part = scanner.next()) {
      const { kind, type, messages } = part;
      seen.push({ kind, type, messages, bytes: part.source.toString('hex', part.start, part.end) });
    }
  }
  return seen;
}

/** Whole, byte by byte, and in two at every offset. */
function splits(bytes: Buffer): Buffer[][] {
  const halves = Array.from({ length: bytes.length - 1 }, (_, at) => [
    bytes.subarray(0, at + 1),
    bytes.subarray(at + 1),
  ]);
  return [[bytes], byteByByte(bytes), ...halves];
}

function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

function cutBy(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
