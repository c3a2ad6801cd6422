import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FINDS, NOTHING } from '../fixtures/detector-cases.ts';
import {
  createDetectorSet,
  DETECTOR_NAMES,
  StreamMasker,
  type ColumnMask,
  type DetectorName,
} from '../index.ts';

const REDACT: ColumnMask = { strategy: 'redact' };
const TERMINAL = { columns: 80 };

/** What comes out of a stream that is cut into these chunks. */
function masked(
  names: readonly DetectorName[],
  chunks: readonly (string | Uint8Array)[],
  terminal: { columns: number } | null = null,
): string {
  const masker = new StreamMasker(names, REDACT, terminal);
  const out = chunks.flatMap((chunk) => masker.feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return Buffer.concat([...out, ...masker.flush()]).toString('latin1');
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function cutAt(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const places = [...new Set(offsets.map((offset) => offset % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

const FRAMES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['x ', ' y\n'],
  ['>', '<\n'],
];

describe('a value in a stream', () => {
  it.each(FINDS)('%s finds in %j, wherever it is cut', (name, text) => {
    for (const [before, after] of name === 'private-key' ? FRAMES.slice(0, 1) : FRAMES) {
      const whole = before + text + after;
      const bytes = Buffer.from(whole);
      const expected = latin1(createDetectorSet([name]).mask(whole, REDACT).text ?? '');
      expect(expected).not.toBe(latin1(whole));
      for (let cut = 0; cut <= bytes.length; cut += 1)
        expect([cut, masked([name], cutAt(bytes, [cut]))]).toEqual([cut, expected]);
      expect(
        masked(
          [name],
          [...bytes].map((byte) => Uint8Array.of(byte)),
        ),
      ).toBe(expected);
    }
  });

  it.each(NOTHING)('%s finds nothing in %j, wherever it is cut', (name, text) => {
    const bytes = Buffer.from(`${text}\n`);
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect([cut, masked([name], cutAt(bytes, [cut]))]).toEqual([cut, latin1(`${text}\n`)]);
  });

  const others = DETECTOR_NAMES.filter((name) => name !== 'private-key');
  const piece = fc.oneof(
    fc.constantFrom(...FINDS.map(([, text]) => text)),
    fc.constantFrom(...NOTHING.map(([, text]) => text)),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom(
      '@',
      '.',
      '-',
      ' ',
      '::',
      '+',
      '4111',
      'DE89',
      'eyJ',
      '%40',
      '\u2013',
      '\n',
      '123-45-6789',
    ),
  );
  const cuts = fc.array(fc.nat(2000), { maxLength: 12 });

  it('is hidden as in a whole text, whatever else there is and however it is cut', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), cuts, (pieces, offsets) => {
        const text = pieces.join('');
        const expected = latin1(createDetectorSet(others).mask(text, REDACT).text ?? '');
        expect(masked(others, cutAt(Buffer.from(text), offsets))).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('is hidden the same however it is cut, also among bytes that are no text', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            piece.map((text) => Buffer.from(text)),
            fc.uint8Array({ maxLength: 6 }),
          ),
          { maxLength: 8 },
        ),
        cuts,
        fc.boolean(),
        (pieces, offsets, onTerminal) => {
          const bytes = Buffer.concat(pieces);
          const terminal = onTerminal ? { columns: 20 } : null;
          expect(masked(DETECTOR_NAMES, cutAt(bytes, offsets), terminal)).toBe(
            masked(DETECTOR_NAMES, [bytes], terminal),
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('escape sequences', () => {
  const sequences = ['\u001b[1;31m', '\u001b[K', '\u001b[3C', '\u001b[5;9H'];
  const onlyTerminal = [
    '\u001b]0;title\u0007',
    '\u001b]8;;x\u001b\\',
    '\u001b(B',
    '\u001b7',
    '\u0000',
    '\u0007',
  ];

  it.each(FINDS.filter(([name, text]) => name !== 'private-key' && text.length < 60))(
    'hide nothing of what %s finds in %j',
    (name, text, value) => {
      const start = Buffer.byteLength(text.slice(0, text.indexOf(value)));
      const bytes = Buffer.from(text);
      const expected = latin1(createDetectorSet([name]).mask(text, REDACT).text ?? '');
      for (const terminal of [null, TERMINAL]) {
        for (const sequence of terminal === null ? sequences : [...sequences, ...onlyTerminal]) {
          for (let at = start + 1; at < start + Buffer.byteLength(value); at += 1) {
            if (((bytes[at] ?? 0) & 0xc0) === 0x80) continue;
            const parts = [bytes.subarray(0, at), Buffer.from(sequence), bytes.subarray(at)];
            const out = masked([name], parts, terminal);
            expect([at, sequence, out.replaceAll(sequence, '')]).toEqual([at, sequence, expected]);
            if (sequence.length > 1) expect(out).toContain(sequence);
          }
        }
      }
    },
  );

  it('that a chunk cuts are waited for', () => {
    const text = 'card 4111 11\u001b[1;31m11 1111 1111\u001b[0m done\n';
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(masked(['card'], cutAt(bytes, [cut]), TERMINAL)).toBe(
        'card [redacted]\u001b[1;31m\u001b[0m done\n',
      );
    }
  });

  it('keep screens apart: what stands elsewhere is no part of a number', () => {
    expect(masked(['card'], ['4111111111111111\u001b[2;1H5 files'], TERMINAL)).toBe(
      '[redacted]\u001b[2;1H5 files',
    );
  });

  it('carry texts of their own, which are searched', () => {
    expect(masked(['email'], ['\u001b]0;ann@exam', 'ple.com\u0007$ '], TERMINAL)).toBe(
      '\u001b]0;[redacted]\u0007$ ',
    );
    expect(masked(['email'], [`\u001b]0;${'x'.repeat(5000)}\nann@example.com\n`], TERMINAL)).not.toContain(
      'ann@',
    );
  });
});

describe('a terminal', () => {
  it('breaks lines at its width: a value goes on behind', () => {
    for (let at = 1; at < 16; at += 1) {
      const value = '4111111111111111';
      const line = ' '.repeat(20 - at);
      for (const wrap of ['\r\n', ' \r']) {
        const text = `${line}${value.slice(0, at)}${wrap}${value.slice(at)}\r\n`;
        const out = `${line}[redacted]${wrap}\r\n`;
        expect([at, masked(['card'], [text], { columns: 20 })]).toEqual([at, out]);
        expect([at, masked(['card'], [...text], { columns: 20 })]).toEqual([at, out]);
      }
    }
  });

  it('does not join lines that end before its width', () => {
    expect(masked(['card'], ['41111111\r\n11111111\r\n'], { columns: 20 })).toBe('41111111\r\n11111111\r\n');
  });

  it('shows what was typed over for a moment, so that is searched too, and what it became', () => {
    expect(masked(['card'], [`4111111111111111${'\b'.repeat(16)}no card here....`], TERMINAL)).not.toContain(
      '4111',
    );
    expect(masked(['email'], ['ann@exX\b', 'ample.com '], TERMINAL)).toBe('[redacted] ');
    expect(masked(['email'], ['ann@exX\b \bample.com '], TERMINAL)).toBe('[redacted] ');
  });
});

describe('what is kept back', () => {
  const feed = (
    names: readonly DetectorName[],
    text: string,
    terminal: { columns: number } | null = TERMINAL,
  ) => {
    const masker = new StreamMasker(names, REDACT, terminal);
    return { masker, out: Buffer.concat(masker.feed(Buffer.from(text))).toString() };
  };
  const all = DETECTOR_NAMES;

  it.each([
    'ann@web-1:~$ ',
    '[root@web ~]# ',
    'Password: ',
    '>>> ',
    'mysql> ',
    'Continue? [y/N] ',
    'sh-5.2# ',
    '100%\r\n',
  ])('is nothing of the prompt %j', (prompt) => {
    expect(feed(all, prompt)).toMatchObject({ out: prompt, masker: { held: 'nothing' } });
  });

  it('is a word until more comes or it is asked for, and a prefix that went out gives nothing else away', () => {
    const { masker, out } = feed(all, 'hello ann');
    expect([out, masker.held]).toEqual(['hello ', 'maybe']);
    expect(Buffer.concat(masker.release()).toString()).toBe('ann');
    expect(masker.held).toBe('nothing');
    const rest = [...masker.feed(Buffer.from('@example.com!')), ...masker.flush()];
    expect(Buffer.concat(rest).toString()).toBe('@*******.***!');
    expect(masker.findings).toBe(1);
  });

  it('is not released once most of a value is there, but covered', () => {
    const { masker } = feed(['card'], '4111 1111 ', null);
    expect(masker.held).toBe('firm');
    expect(masker.release()).toEqual([]);
    expect(Buffer.concat(masker.cover()).toString()).toBe('**** **** ');
    const rest = [...masker.feed(Buffer.from('1111 1111\nok')), ...masker.flush()];
    expect(Buffer.concat(rest).toString()).toBe('**** ****\nok');
    expect(masker.findings).toBe(1);
  });

  it('is a whole value whose end is not sure: covering masks it as usual', () => {
    const { masker } = feed(['email'], 'to ann@example.com', null);
    expect(Buffer.concat(masker.cover()).toString()).toBe('[redacted]');
    expect(masker.findings).toBe(1);
  });

  it('is bounded: a key that does not end goes out hidden, and what follows it is shown', () => {
    const masker = new StreamMasker(['private-key'], REDACT);
    const line = `${'MIIEvQIBADANBgkqhkiG9w0BAQ'.repeat(2)}\n`;
    let out = Buffer.concat(masker.feed(Buffer.from('-----BEGIN PRIVATE KEY-----\n'))).toString();
    for (let i = 0; i < 2000; i += 1) out += Buffer.concat(masker.feed(Buffer.from(line))).toString();
    out += Buffer.concat([
      ...masker.feed(Buffer.from('-----END PRIVATE KEY-----\nuser@host:~$ ls\n')),
      ...masker.flush(),
    ]).toString();
    expect(out).not.toContain('MII');
    expect(out).toContain('\nuser@host:~$ ls\n');
    expect(masker.findings).toBe(1);
  });

  it('of a key ends with its last line when a prompt comes', () => {
    const text =
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n$ ';
    expect(feed(['private-key'], text).out).toBe('[redacted]$ ');
  });
});

describe('bulk', () => {
  const size = 10 << 20;
  const chunk = 32 << 10;
  const run = (bytes: Buffer, names: readonly DetectorName[]) => {
    const masker = new StreamMasker(names, REDACT);
    const before = process.cpuUsage();
    let out = 0;
    let unchanged = true;
    for (let at = 0; at < bytes.length; at += chunk) {
      for (const part of masker.feed(bytes.subarray(at, at + chunk))) {
        unchanged &&= bytes.compare(part, 0, part.length, out, out + part.length) === 0;
        out += part.length;
      }
      expect(at + chunk - out).toBeLessThanOrEqual(chunk);
    }
    for (const part of masker.flush()) out += part.length;
    const { user, system } = process.cpuUsage(before);
    return { ms: (user + system) / 1000, out, unchanged, findings: masker.findings };
  };

  it('of digits passes in bounded time and memory', () => {
    const { ms, ...result } = run(Buffer.alloc(size, '4111111111111111'), DETECTOR_NAMES);
    expect(result).toEqual({ out: size, unchanged: true, findings: 0 });
    expect(ms).toBeLessThan(10_000);
  });

  it('that nothing can be in passes as it is, at the speed of the filter', () => {
    const { ms, ...result } = run(Buffer.alloc(size, 'some words of plain text\n'), [
      'email',
      'card',
      'iban',
    ]);
    expect(result).toEqual({ out: size, unchanged: true, findings: 0 });
    expect(ms).toBeLessThan(1_000);
  });

  it('of bytes that are no text passes as it is', () => {
    const bytes = Buffer.alloc(size / 4);
    for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32LE(Math.imul(i, 2_654_435_761) >>> 0, i);
    const { ms, ...result } = run(bytes, ['card', 'iban', 'private-key', 'jwt']);
    expect(result).toEqual({ out: bytes.length, unchanged: true, findings: 0 });
    expect(ms).toBeLessThan(10_000);
  });

  it('comes in single bytes at a price for each that does not grow', () => {
    const masker = new StreamMasker(DETECTOR_NAMES, REDACT, TERMINAL);
    const one = Buffer.from('a');
    let out = 0;
    for (let i = 0; i < 4_000; i += 1) for (const part of masker.feed(one)) out += part.length;
    expect(out).toBeGreaterThan(3_600);
  });
});
