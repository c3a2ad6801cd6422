import { describe, expect, it } from '@jest/globals';
import { SealState } from '@sallyport/contracts/event';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { recordingPath } from '../recording-path.ts';
import { fileOf, recordingFixture, sealOf } from '../testing/recording-fixture.ts';
import { EventChain } from './event-chain.ts';
import { RecordingWriter } from './recording-writer.ts';
import { generateSigningKey } from './signing-key.ts';
import { verifyRecordingFile } from './recording-file.ts';

const fixture = recordingFixture();
const lost = recordingFixture({ lost: true, sessionId: 'ses_lost' });

function place(sessionId: string): { readonly path: string } & Disposable {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-recording-'));
  return {
    path: recordingPath(directory, sessionId),
    [Symbol.dispose]: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

describe('RecordingWriter', () => {
  it('writes the file that verification calls whole', async () => {
    using at = place(fixture.sessionId);
    const writer = await RecordingWriter.open(at.path, fixture.sessionId);
    expect(new Set(await writer.append(fixture.events))).toEqual(new Set(['next']));
    await writer.sync();
    await writer.appendSeal(fixture.seal);
    await writer.close();
    expect(readFileSync(at.path).equals(fileOf(fixture.events, fixture.seal))).toBe(true);
    expect((await verifyRecordingFile(at.path, fixture.recordingKey.publicKey)).verdict).toBe('whole');
    expect(statSync(at.path).mode & 0o777).toBe(0o600);
  });

  it('writes small and large events together, in the order they came', async () => {
    using at = place('ses_sizes');
    const chain = new EventChain({ sessionId: 'ses_sizes', signer: generateSigningKey() });
    const events = [10, 70_000, 16 * 1024, 20, 30, 200_000].map((bytes) =>
      Buffer.concat(chain.append({ case: 'output', value: { data: Buffer.alloc(bytes, bytes) } }).parts),
    );
    const writer = await RecordingWriter.open(at.path, 'ses_sizes');
    await writer.append(events.slice(0, 4));
    await writer.append(events.slice(4));
    await writer.close();
    expect(readFileSync(at.path).equals(fileOf(events))).toBe(true);
    expect(writer.size).toBe(fileOf(events).length);
  });

  it('takes each event once and in order, whatever arrives', async () => {
    using at = place(fixture.sessionId);
    const writer = await RecordingWriter.open(at.path, fixture.sessionId);
    const [one, two, three] = fixture.events;
    if (one === undefined || two === undefined || three === undefined) throw new Error('three events');
    const foreign = lost.events[0] ?? one;
    expect(await writer.append([two])).toEqual(['early']);
    expect(await writer.append([one, one, foreign, three, two])).toEqual([
      'next',
      'old',
      'foreign',
      'early',
      'next',
    ]);
    expect(await writer.append([Buffer.from('junk'), three, two])).toEqual(['malformed', 'next', 'old']);
    await writer.close();
    expect(readFileSync(at.path).equals(fileOf([one, two, three]))).toBe(true);
  });

  it('refuses an event that does not carry the hash of the last, and any after the close', async () => {
    using at = place(fixture.sessionId);
    const rival = recordingFixture();
    const writer = await RecordingWriter.open(at.path, fixture.sessionId);
    await writer.append(fixture.events.slice(0, 1));
    expect(await writer.append(rival.events.slice(1, 2))).toEqual(['unchained']);
    await writer.append(fixture.events.slice(1));
    const longer = recordingFixture({ statements: 9 });
    expect(await writer.append(longer.events.slice(14, 15))).toEqual(['after-close']);
    await writer.close();
  });

  it('goes on after a crash at any byte, and ends with the same file', async () => {
    const complete = fileOf(fixture.events, fixture.seal);
    for (let length = 0; length < complete.length; length += 97) {
      using at = place(fixture.sessionId);
      const first = await RecordingWriter.open(at.path, fixture.sessionId);
      await first.close();
      writeFileSync(at.path, complete.subarray(0, length));
      const writer = await RecordingWriter.open(at.path, fixture.sessionId);
      expect(writer.seal).toBeUndefined();
      await writer.append(fixture.events);
      await writer.appendSeal(fixture.seal);
      await writer.close();
      expect(readFileSync(at.path).equals(complete)).toBe(true);
    }
  });

  it('knows after a restart what it holds and that it is sealed', async () => {
    using at = place(fixture.sessionId);
    const writer = await RecordingWriter.open(at.path, fixture.sessionId);
    await writer.append(fixture.events);
    await writer.appendSeal(fixture.seal);
    await writer.close();
    const again = await RecordingWriter.open(at.path, fixture.sessionId);
    expect(again.tail).toMatchObject({ lastSequence: fixture.events.length, closed: true });
    expect(again.seal?.state).toBe(SealState.WHOLE);
    expect(await again.append(fixture.events.slice(-1))).toEqual(['old']);
    await expect(again.appendSeal(fixture.seal)).rejects.toThrow('sealed already');
    await again.close();
  });

  it('takes a seal as broken off again when what was thought lost arrives', async () => {
    using at = place(lost.sessionId);
    const { recordingKey, recorderKey, sessionId, events } = lost;
    const early = sealOf(recordingKey, recorderKey, sessionId, SealState.BROKEN, events.slice(0, 4));
    const writer = await RecordingWriter.open(at.path, sessionId);
    await writer.append(events.slice(0, 4));
    await writer.appendSeal(early);
    expect(new Set(await writer.append(events.slice(4)))).toEqual(new Set(['next']));
    await writer.appendSeal(lost.seal);
    await writer.close();
    expect((await verifyRecordingFile(at.path, recordingKey.publicKey)).verdict).toBe('broken');
    expect(readFileSync(at.path).equals(fileOf(events, lost.seal))).toBe(true);
  });

  it('keeps beside the file what it cuts off without being sure that it is half a frame', async () => {
    using at = place(fixture.sessionId);
    const writer = await RecordingWriter.open(at.path, fixture.sessionId);
    await writer.append(fixture.events.slice(0, 3));
    await writer.close();
    const end = statSync(at.path).size;
    const file = readFileSync(at.path);
    file[end - 1] = (file.at(-1) ?? 0) ^ 1;
    writeFileSync(at.path, file);
    const again = await RecordingWriter.open(at.path, fixture.sessionId);
    expect(again.tail.lastSequence).toBe(2);
    await again.close();
    expect(readdirSync(dirname(at.path)).filter((name) => name.includes('.cut-'))).toHaveLength(1);
  });

  it('takes zeros at the end for nothing, as a machine without power leaves them', async () => {
    using at = place(fixture.sessionId);
    const writer = await RecordingWriter.open(at.path, fixture.sessionId);
    await writer.append(fixture.events.slice(0, 3));
    await writer.close();
    truncateSync(at.path, statSync(at.path).size + 5000);
    const again = await RecordingWriter.open(at.path, fixture.sessionId);
    expect(await again.append(fixture.events.slice(3, 4))).toEqual(['next']);
    await again.close();
    expect(readFileSync(at.path).equals(fileOf(fixture.events.slice(0, 4)))).toBe(true);
    expect(readdirSync(dirname(at.path))).toHaveLength(1);
  });
});
