import { describe, expect, it } from '@jest/globals';
import {
  EventChain,
  FILE_HEADER_BYTES,
  generateSigningKey,
  RecordingWriter,
  recordingPath,
} from '@sallyport/recording-format';
import { temporaryDirectory } from '@sallyport/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { readStretch, type FoundStretch } from './read-stretch.ts';
import { StretchBuilder } from './stretch-builder.ts';
import { entriesOf } from './testing/entries-of.ts';

const ROOM = { entries: 1000, bytes: 1024 * 1024 };

/** A recording that holds, for each number, output of so many bytes and then a statement; for text, a statement of it. */
async function recordingOf(events: readonly (number | string)[]) {
  const directory = temporaryDirectory('read-stretch');
  const path = recordingPath(directory.path, 'a');
  const writer = await RecordingWriter.open(path, 'a');
  const chain = new EventChain({ sessionId: 'a', signer: generateSigningKey() });
  /** Where each event ends. */
  const ends: number[] = [];
  for (const event of events) {
    const encoded =
      typeof event === 'number'
        ? chain.append({ case: 'output', value: { data: Buffer.alloc(event, 'x') } })
        : chain.append({ case: 'statementDecided', value: { statement: { text: event } } });
    await writer.append([Buffer.concat(encoded.parts)]);
    ends.push(writer.size);
  }
  await writer.close();
  const builder = new StretchBuilder();
  return {
    path,
    ends,
    size: writer.size,
    read: (start = FILE_HEADER_BYTES, room = ROOM) =>
      readStretch({ sessionId: 'a', path }, start, writer.size, room, builder),
    damage: (offset: number, byte: number) => {
      const bytes = readFileSync(path);
      bytes[offset] = byte;
      writeFileSync(path, bytes);
    },
    [Symbol.dispose]: () => {
      directory.remove();
    },
  };
}

const texts = ({ stretch }: FoundStretch): (string | undefined)[] =>
  stretch === undefined
    ? []
    : entriesOf(stretch).map(({ entry }) => (entry.case === 'statement' ? entry.value.text : undefined));

describe('readStretch', () => {
  it.each([
    ['lies within one window', ['a', 100, 'b']],
    ['follows an output larger than a window', ['a', 256 * 1024, 256 * 1024, 256 * 1024, 'b', 'c']],
    ['is larger than a window itself', ['a', 10, 'b'.repeat(700_000), 20, 'c']],
  ])('finds every statement, where one %s', async (_, events) => {
    using recording = await recordingOf(events);
    const found = await recording.read();
    expect(texts(found)).toEqual(events.filter((event) => typeof event === 'string'));
    expect(found).toMatchObject({ end: recording.size, damagedAt: undefined });
  });

  it('finds every statement wherever the windows begin', async () => {
    const events = Array.from({ length: 3000 }, (_, index) => (index % 3 === 0 ? 400 : `s${index}`));
    using recording = await recordingOf(events);
    const wanted = events.filter((event) => typeof event === 'string');
    for (const skipped of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const start = recording.ends[skipped] ?? 0;
      expect(texts(await recording.read(start, { entries: 5000, bytes: 1e9 }))).toEqual(
        wanted.slice(events.slice(0, skipped + 1).filter((event) => typeof event === 'string').length),
      );
    }
  });

  it('stops where there is no more room, and goes on there', async () => {
    using recording = await recordingOf(['a', 'b', 300_000, 'c', 'd', 'e']);
    const found: (string | undefined)[] = [];
    let start = FILE_HEADER_BYTES;
    let readings = 0;
    while (start < recording.size) {
      const part = await recording.read(start, { entries: 2, bytes: 1e9 });
      expect(part.end).toBeGreaterThan(start);
      found.push(...texts(part));
      start = part.end;
      readings += 1;
    }
    expect(found).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(readings).toBe(3);
    expect(texts(await recording.read(FILE_HEADER_BYTES, { entries: 100, bytes: 1 }))).toEqual(['a']);
  });

  it('says where a statement is damaged, and reads nothing behind it', async () => {
    using recording = await recordingOf(['a', 'b', 'c']);
    const [first = 0, second = 0] = recording.ends;
    recording.damage(second - 1, 0x7f);
    const found = await recording.read();
    expect(texts(found)).toEqual(['a']);
    expect(found).toMatchObject({ damagedAt: first, end: recording.size });
  });

  it('says where no frame can begin', async () => {
    using recording = await recordingOf(['a', 100_000, 'c']);
    const [first = 0] = recording.ends;
    recording.damage(first, 0x00);
    expect(await recording.read()).toMatchObject({ damagedAt: first, end: recording.size });
  });

  it('does not wait for what a file that was cut off has lost', async () => {
    using recording = await recordingOf(['a', 'b', 500_000, 'c']);
    const [, second = 0] = recording.ends;
    const whole = readFileSync(recording.path);
    for (const [length, text] of [
      [second, ['a', 'b']],
      [second + 4, ['a', 'b']],
      [second - 3, ['a']],
      [second + 300_000, ['a', 'b']],
      [FILE_HEADER_BYTES, []],
    ] as const) {
      writeFileSync(recording.path, whole.subarray(0, length));
      const found = await recording.read();
      expect(texts(found)).toEqual(text);
      expect(found.damagedAt).toBeDefined();
    }
  });

  it('does not take bytes of an output for a statement', async () => {
    using inner = await recordingOf(['hidden']);
    const bytes = readFileSync(inner.path).subarray(FILE_HEADER_BYTES);
    const directory = temporaryDirectory('read-stretch');
    const path = recordingPath(directory.path, 'b');
    const writer = await RecordingWriter.open(path, 'b');
    const chain = new EventChain({ sessionId: 'b', signer: generateSigningKey() });
    const data = Buffer.concat(new Array<Uint8Array>(1500).fill(bytes));
    await writer.append([Buffer.concat(chain.append({ case: 'output', value: { data } }).parts)]);
    await writer.close();
    const found = await readStretch(
      { sessionId: 'b', path },
      FILE_HEADER_BYTES,
      writer.size,
      ROOM,
      new StretchBuilder(),
    );
    expect(found).toMatchObject({ stretch: undefined, end: writer.size, damagedAt: undefined });
    directory.remove();
  });
});
