import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import {
  encodeScpRecord,
  encodeScpReply,
  parseScpCommand,
  ScpReplyReader,
  ScpSourceReader,
  type ScpEvent,
  type ScpReplyRead,
} from './index.ts';

/** What `scp -rp` of a folder with a file, an empty file, an unreadable one and a folder sends. */
const STREAM = Buffer.from(
  'T1700000000 0 1700000001 0\nD0755 0 top\nC0644 5 a.txt\nhello\0C0600 0 empty\n\0' +
    '\x01scp: secret: Permission denied\nD0700 0 sub dir\nC0755 11 b\xe4\nhello\nworld\0E\nE\n',
  'latin1',
);

/** An event without its bytes, in one line; data without where it was cut. */
function shown(event: ScpEvent): string {
  switch (event.kind) {
    case 'file':
      return `file ${event.mode.toString(8)} ${event.size} ${pathOf(event)}`;
    case 'directory':
      return `directory ${event.mode.toString(8)} ${pathOf(event)}`;
    case 'times':
      return `times ${event.modified} ${event.accessed}`;
    case 'file-end':
      return `file-end ${event.problem}`;
    case 'warning':
    case 'fatal':
      return `${event.kind} ${event.message}`;
    case 'data':
    case 'end-directory':
      return event.kind;
  }
}

const pathOf = (event: { directories: readonly Buffer[]; name: Buffer }) =>
  [...event.directories, event.name].map((part) => part.toString('latin1')).join('/');

/** Reads chunks with a sink that answers by `accepts`; gives events, content and the forwarded bytes. */
function copied(chunks: readonly Buffer[], accepts: (event: ScpEvent) => boolean = () => true) {
  const reader = new ScpSourceReader();
  const events: string[] = [];
  const forwarded: Buffer[] = [];
  let content = '';
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let event = reader.next(); event !== null; event = reader.next()) {
      forwarded.push(Buffer.from(event.bytes));
      if (event.kind === 'data') content += event.bytes.toString('latin1');
      else events.push(shown(event));
      expect(reader.awaitsAnswer).toBe(event.expectsReply);
      if (event.expectsReply) {
        expect(reader.next()).toBeNull();
        reader.answer(accepts(event));
      }
    }
  }
  return { events, content, forwarded: Buffer.concat(forwarded), ended: reader.atBoundary };
}

const WHOLE = {
  events: [
    'times 1700000000 1700000001',
    'directory 755 top',
    'file 644 5 top/a.txt',
    'file-end null',
    'file 600 0 top/empty',
    'file-end null',
    'warning scp: secret: Permission denied',
    'directory 700 top/sub dir',
    'file 755 11 top/sub dir/b\xe4',
    'file-end null',
    'end-directory',
    'end-directory',
  ],
  content: 'hellohello\nworld',
  forwarded: STREAM,
  ended: true,
};

describe('the source of an scp copy', () => {
  it('is read whole', () => {
    expect(copied([STREAM])).toEqual(WHOLE);
  });

  it('is read byte by byte', () => {
    expect(copied(Array.from(STREAM, (byte) => Buffer.from([byte])))).toEqual(WHOLE);
  });

  it('is read split at every offset', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      expect(copied([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(WHOLE);
    }
  });

  it('goes on with the next record after a file that was refused', () => {
    const stream = Buffer.from('C0644 5 secret\nC0644 2 open\nok\0');
    const { events, content } = copied([stream], (event) => shown(event) !== 'file 644 5 secret');
    expect(events).toEqual(['file 644 5 secret', 'file 644 2 open', 'file-end null']);
    expect(content).toBe('ok');
  });

  it('asks again about what comes in the place of content that was refused, as the sink would read it', () => {
    const stream = Buffer.from('C0644 20 refused\nC0644 0 smuggled.sh\n');
    const { events } = copied([stream], (event) => event.kind !== 'file');
    expect(events).toEqual(['file 644 20 refused', 'file 644 0 smuggled.sh']);
    expectCodecError(() => copied([Buffer.from('C0644 5 refused\nhello\n\0')], () => false));
  });

  it('does not read on before an answer, and bounds how far a source may be ahead', () => {
    const reader = new ScpSourceReader();
    reader.push(Buffer.from('C0644 5 a\nhello\0'));
    expect(reader.next()).toMatchObject({ kind: 'file' });
    expect(reader.next()).toBeNull();
    reader.answer(true);
    expect(reader.next()).toMatchObject({ kind: 'data', remaining: 0n });
    const ahead = new ScpSourceReader();
    ahead.push(Buffer.from('C0644 99999999 a\n'));
    ahead.next();
    ahead.push(Buffer.alloc(4 * 1024 * 1024));
    expectCodecError(() => ahead.push(Buffer.alloc(1)), 'limit');
    expectCodecError(() => new ScpSourceReader().answer(true), 'unexpected');
  });

  it('keeps up with a source that is ahead byte by byte', () => {
    const reader = new ScpSourceReader();
    reader.push(Buffer.from('C0644 200000 a\n'));
    reader.next();
    const byte = Buffer.from('x');
    const before = performance.now();
    for (let count = 0; count < 200_000; count++) reader.push(byte);
    // Copying all that is held for each byte would take minutes.
    expect(performance.now() - before).toBeLessThan(5000);
    reader.answer(true);
    expect(reader.next()?.bytes.equals(Buffer.alloc(200_000, 'x'))).toBe(true);
  });

  it('hands content on as views, and reads sizes past four gigabytes', () => {
    const reader = new ScpSourceReader();
    const chunk = Buffer.from('C0644 9007199254740993 big\n');
    reader.push(chunk);
    expect(reader.next()).toMatchObject({ size: 9007199254740993n });
    reader.answer(true);
    const data = Buffer.alloc(1000);
    reader.push(data);
    const event = reader.next();
    expect(event).toMatchObject({ kind: 'data', remaining: 9007199254739993n });
    expect(event?.bytes.buffer).toBe(data.buffer);
  });

  it('tells of a file that the source could not read to its end', () => {
    const { events } = copied([Buffer.from('C0644 2 a\n\0\0\x01read error\n')]);
    expect(events).toEqual(['file 644 2 a', 'file-end read error']);
  });

  it.each([
    'C0644 1 ../evil\n',
    'C0644 1 a/b\n',
    'C0644 1 ..\n',
    'D0755 0 .\n',
    'C0644 1 \n',
    'C0644 1 a\0b\n',
    'C0644 -1 a\n',
    'C0644 9223372036854775808 a\n',
    'C644 1 a\n',
    'C0644  1 a\n',
    'C0644 1\n',
    'C0894 1 a\n',
    'c0644 1 a\n',
    'T1 0 2\n',
    'T1 0 2 0 \n',
    'T999999999999999 0 2 0\n',
    'E \n',
    'E\n',
    'Last login: today\n',
    '\0',
    '\x03no\n',
  ])('refuses %j', (line) => {
    expectCodecError(() => copied([Buffer.from(line)]));
  });

  it('refuses a record without end, and directories without end', () => {
    expectCodecError(() => copied([Buffer.from('C0644 1 a'), Buffer.alloc(8184, 'a')]), 'limit');
    expectCodecError(() => copied([Buffer.from('D0755 0 d\n'.repeat(257))]), 'limit');
  });

  it('does not count a directory that was refused', () => {
    expectCodecError(() => copied([Buffer.from('D0755 0 d\nE\n')], () => false), 'unexpected');
  });

  it('throws nothing but its own error, and loses no byte, whatever comes', () => {
    const mutated = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }).map((changes) => {
      const bytes = Buffer.from(STREAM);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
    fc.assert(
      fc.property(mutated, fc.nat(STREAM.length), fc.nat(), (stream, at, mask) => {
        let turn = 0;
        expectCodecErrorOnly(() => {
          const accepts = () => ((mask >> (turn++ % 20)) & 1) === 0;
          const { forwarded } = copied([stream.subarray(0, at), stream.subarray(at)], accepts);
          expect(stream.subarray(0, forwarded.length).equals(forwarded)).toBe(true);
        });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('records and replies of scp', () => {
  it('writes records as they are read', () => {
    const name = Buffer.from('a b');
    const records = [
      { kind: 'times', modified: 5, accessed: 6 },
      { kind: 'directory', mode: 0o755, name },
      { kind: 'file', mode: 0o100644, size: 0n, name },
      { kind: 'end-directory' },
    ] as const;
    const stream = Buffer.concat([...records.map(encodeScpRecord).toSpliced(3, 0, Buffer.from('\0'))]);
    expect(stream.toString()).toBe('T5 0 6 0\nD0755 0 a b\nC0644 0 a b\n\0E\n');
    expect(copied([stream]).events).toEqual([
      'times 5 6',
      'directory 755 a b',
      'file 644 0 a b/a b',
      'file-end null',
      'end-directory',
    ]);
    expectCodecError(
      () => encodeScpRecord({ kind: 'directory', mode: 0o755, name: Buffer.from('..') }),
      'value',
    );
  });

  it('reads replies, however they are split', () => {
    const replies = [
      { kind: 'ok' },
      { kind: 'warning', message: 'denied by rule "no copies"' },
      { kind: 'ok' },
      { kind: 'fatal', message: 'ö' },
    ] as const;
    const stream = Buffer.concat(replies.map(encodeScpReply));
    for (let at = 0; at <= stream.length; at++) {
      const reader = new ScpReplyReader();
      const read: ScpReplyRead[] = [];
      for (const chunk of [stream.subarray(0, at), stream.subarray(at)]) {
        reader.push(Buffer.from(chunk));
        for (let reply = reader.next(); reply !== null; reply = reader.next()) read.push(reply);
      }
      expect(read).toMatchObject(replies);
      expect(Buffer.concat(read.map(({ bytes }) => bytes)).equals(stream)).toBe(true);
      expect(reader.atBoundary).toBe(true);
    }
  });

  it('puts no second reply into a message, and refuses what is no reply', () => {
    expect(encodeScpReply({ kind: 'warning', message: 'a\n\0b' }).toString()).toBe('\x01a b\n');
    expect(encodeScpReply({ kind: 'fatal', message: 'x'.repeat(20_000) })).toHaveLength(8192);
    for (const bytes of ['hello\n', '\x03', `\x01${'x'.repeat(9000)}`]) {
      const reader = new ScpReplyReader();
      reader.push(Buffer.from(bytes));
      expectCodecError(() => reader.next());
    }
  });

  it.each([
    [['scp', '-t', '/srv'], { role: 'sink', paths: ['/srv'] }],
    [
      ['/usr/bin/scp', '-v', '-r', '-p', '-d', '-t', '--', '-x'],
      { role: 'sink', recursive: true, preserve: true, targetIsDirectory: true, paths: ['-x'] },
    ],
    [['scp', '-rpf', 'a', 'b c'], { role: 'source', recursive: true, preserve: true, paths: ['a', 'b c'] }],
    [['scp', '-f', '-'], { role: 'source', recursive: false, paths: ['-'] }],
  ])('reads the command %j', (argv, command) => {
    expect(parseScpCommand(argv)).toMatchObject(command);
  });

  it.each([
    [[]],
    [['scp']],
    [['scp', '-t']],
    [['scp', '-t', 'a', 'b']],
    [['scp', '-t', '-f', 'a']],
    [['scp', 'a', 'b:c']],
    [['scp', '-S', '/tmp/evil', '-t', 'x']],
    [['scp', '-oProxyCommand=evil', '-f', 'x']],
    [['scp', '-tS/tmp/evil', 'x']],
    [['scp', '--recursive', '-f', 'x']],
    [['rcp', '-t', 'x']],
  ])('takes %j for no copy', (argv) => {
    expect(parseScpCommand(argv)).toBeNull();
  });
});
