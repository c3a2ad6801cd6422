import { SealState } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import {
  certifyRecorder,
  EventChain,
  generateSigningKey,
  readRecordingFile,
  RecordingReader,
  recordingPath,
} from '@sallyport/recording-format';
import type { ArrivedMessage, DrainedMessage, EventsMessage } from '@sallyport/session-events';
import { temporaryDirectory } from '@sallyport/testing';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Ledger } from './ledger.ts';
import { RecordingStore } from './recording-store.ts';
import { Sealer } from './sealer.ts';

const recordingKey = generateSigningKey();

/** The encoded events of a session: `count` and then its close. */
function eventsOf(sessionId: string, count: number): Uint8Array[] {
  const chain = new EventChain({ sessionId, signer: generateSigningKey() });
  const events = [chain.append({ case: 'sessionOpened', value: {} })];
  while (events.length < count) events.push(chain.append({ case: 'policyChanged', value: {} }));
  return [...events, chain.close('client_closed')].map(({ parts }) => Buffer.concat(parts));
}

async function setUp(options: { certified?: boolean; maxEarlyBytes?: number; maxOpenFiles?: number } = {}) {
  const directory = temporaryDirectory('store');
  const ledger = await Ledger.open(directory.path);
  const sealer = new Sealer();
  if (options.certified !== false)
    sealer.certify(certifyRecorder(recordingKey, { recorderId: 'r', publicKey: sealer.publicKey }));
  /** What became of each message, by place in the stream. */
  const said: string[] = [];
  const rejected: string[] = [];
  const sealed: string[] = [];
  const discarded: string[] = [];
  const stream = { left: 0 };
  const clock = { nowMs: 0 };
  const store = new RecordingStore({
    directory: directory.path,
    ledger,
    sealer,
    maxOpenFiles: options.maxOpenFiles ?? 100,
    maxEarlyBytes: options.maxEarlyBytes ?? 1_000_000,
    monotonicClock: () => clock.nowMs,
    stream: {
      remaining: () => Promise.resolve(stream.left),
      discardPartial: (sessionId) => discarded.push(sessionId),
    },
    observe: {
      written: () => undefined,
      sealed: (sessionId, closed) => sealed.push(`${sessionId} ${closed ? 'whole' : 'broken'}`),
      rejected: (sessionId, reason) => rejected.push(`${sessionId} ${reason}`),
    },
  });
  let streamSequence = 0;
  const settlement = (place: number) => ({
    streamSequence: place,
    ack: () => said.push(`ack ${place}`),
    reject: () => said.push(`reject ${place}`),
    later: () => said.push(`later ${place}`),
  });
  const message = (sessionId: string, ...events: readonly Uint8Array[]): EventsMessage => ({
    kind: 'events',
    sessionId,
    events,
    byteLength: events.reduce((sum, event) => sum + event.length, 0),
    streamMessages: 1,
    ...settlement((streamSequence += 1)),
  });
  const drained = (sessionId: string, lastSequence: number): DrainedMessage => ({
    kind: 'drained',
    sessionId,
    lastSequence,
    byteLength: 0,
    ...settlement((streamSequence += 1)),
  });
  const path = (sessionId: string) => recordingPath(directory.path, sessionId);
  const read = async (sessionId: string) => {
    const reader = new RecordingReader(readRecordingFile(path(sessionId)));
    const sequences: number[] = [];
    for await (const { event } of reader) sequences.push(Number(event.sequence));
    return { sequences, sealed: reader.seal !== undefined };
  };
  return {
    ...{
      store,
      ledger,
      sealer,
      said,
      rejected,
      sealed,
      discarded,
      stream,
      clock,
      message,
      drained,
      path,
      read,
    },
    take: (...group: readonly ArrivedMessage[]) => store.take(group),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      directory.remove();
    },
  };
}

describe('RecordingStore', () => {
  it('writes a session, acknowledges each message, and seals it as whole at its close', async () => {
    await using setup = await setUp();
    const events = eventsOf('a', 5);
    await setup.take(setup.message('a', ...events.slice(0, 2)), setup.message('a', ...events.slice(2)));
    expect(setup.said).toEqual(['ack 1', 'ack 2']);
    expect(await setup.read('a')).toEqual({ sequences: [1, 2, 3, 4, 5, 6], sealed: true });
    expect(setup.ledger.get('a')).toMatchObject({ closed: true, seal: { state: SealState.WHOLE } });
    expect(setup.sealed).toEqual(['a whole']);
  });

  it('holds what came too early without acknowledging it, and writes it when the rest is there', async () => {
    await using setup = await setUp();
    const [one, two, three, ...rest] = eventsOf('a', 3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('three events');
    await setup.take(setup.message('a', three), setup.message('a', two));
    expect(setup.said).toEqual([]);
    expect(setup.store.earlyBytes).toBe(two.length + three.length);
    await setup.take(setup.message('a', one, ...rest));
    expect(setup.said.toSorted()).toEqual(['ack 1', 'ack 2', 'ack 3']);
    expect(setup.store.earlyBytes).toBe(0);
    expect((await setup.read('a')).sequences).toEqual([1, 2, 3, 4]);
  });

  it('lets early messages go beyond its bound: they are not acknowledged, so they come again', async () => {
    await using setup = await setUp({ maxEarlyBytes: 10 });
    const events = eventsOf('a', 3);
    const late = setup.message('a', ...events.slice(1));
    await setup.take(late);
    expect([setup.said, setup.store.earlyBytes]).toEqual([[], 0]);
    await setup.take(setup.message('a', ...events.slice(0, 1)));
    await setup.take(late);
    expect(setup.said).toEqual(['ack 2', 'ack 1']);
  });

  it('changes nothing when messages come again, also after the seal', async () => {
    await using setup = await setUp();
    const message = setup.message('a', ...eventsOf('a', 3));
    await setup.take(message);
    const before = await setup.read('a');
    await setup.take(message, message);
    expect(setup.said).toEqual(['ack 1', 'ack 1']);
    expect(await setup.read('a')).toEqual(before);
    expect(setup.sealed).toEqual(['a whole']);
  });

  it('drops what cannot be of the session, says so, and takes the genuine events', async () => {
    await using setup = await setUp();
    const events = eventsOf('a', 3);
    const forged = eventsOf('a', 3).slice(1, 2);
    await setup.take(setup.message('a', ...events.slice(0, 1)));
    await setup.take(
      setup.message('a', ...forged),
      setup.message('a', ...eventsOf('b', 1)),
      setup.message('a', Buffer.from('junk')),
    );
    expect(setup.said).toEqual(['ack 1', 'reject 2', 'reject 3', 'reject 4']);
    expect(setup.rejected).toEqual(['a unchained', 'a foreign', 'a malformed']);
    await setup.take(setup.message('a', ...events.slice(1)));
    expect((await setup.read('a')).sequences).toEqual([1, 2, 3, 4]);
  });

  it('seals as broken when its proxy says no more will come', async () => {
    await using setup = await setUp();
    await setup.take(setup.message('a', ...eventsOf('a', 3).slice(0, 3)), setup.drained('a', 3));
    expect(setup.said).toEqual(['ack 1', 'ack 2']);
    expect(setup.sealed).toEqual(['a broken']);
    expect(setup.ledger.get('a')?.seal?.state).toBe(SealState.BROKEN);
  });

  it('waits with that while events of it are under way, and gives up what has no place when none are', async () => {
    await using setup = await setUp();
    const events = eventsOf('a', 4);
    setup.stream.left = 3;
    await setup.take(
      setup.message('a', ...events.slice(0, 1)),
      setup.message('a', ...events.slice(2, 3)),
      setup.drained('a', 3),
    );
    expect(setup.said).toEqual(['ack 1', 'later 3']);
    setup.stream.left = 1; // only the one that waits here
    await setup.take(setup.drained('a', 3));
    expect(setup.said.slice(2)).toEqual(['reject 2', 'ack 4']);
    expect([setup.rejected, setup.sealed, setup.discarded]).toEqual([['a gap'], ['a broken'], ['a']]);
    expect((await setup.read('a')).sequences).toEqual([1]);
  });

  it('gives a gap up that lasts, and seals what came before it', async () => {
    await using setup = await setUp();
    const events = eventsOf('a', 4);
    await setup.take(setup.message('a', ...events.slice(0, 1)), setup.message('a', ...events.slice(2)));
    setup.clock.nowMs = 599_999;
    await setup.store.giveUpGaps();
    expect(setup.sealed).toEqual([]);
    setup.clock.nowMs = 600_000;
    await setup.store.giveUpGaps();
    expect([setup.sealed, setup.rejected, setup.said]).toEqual([
      ['a broken'],
      ['a gap'],
      ['ack 1', 'reject 2'],
    ]);
    await setup.store.giveUpGaps();
    expect(setup.sealed).toEqual(['a broken']);
  });

  it('goes on after a seal as broken when more arrives, and seals anew', async () => {
    await using setup = await setUp();
    const events = eventsOf('a', 4);
    await setup.take(setup.message('a', ...events.slice(0, 2)), setup.drained('a', 2));
    await setup.take(setup.message('a', ...events.slice(2)));
    expect(setup.sealed).toEqual(['a broken', 'a whole']);
    expect(await setup.read('a')).toEqual({ sequences: [1, 2, 3, 4, 5], sealed: true });
  });

  it('does not call a session lost whose events are still under way', async () => {
    await using setup = await setUp();
    setup.stream.left = 1;
    await setup.store.sealLost('a');
    expect(setup.sealed).toEqual([]);
    setup.stream.left = 0;
    await setup.store.sealLost('a');
    expect(setup.sealed).toEqual(['a broken']);
  });

  it('acknowledges what is durable before it can seal, and seals once it can', async () => {
    await using setup = await setUp({ certified: false });
    await setup.take(
      setup.message('a', ...eventsOf('a', 2)),
      setup.message('b', ...eventsOf('b', 2).slice(0, 1)),
      setup.drained('b', 1),
    );
    expect(setup.said).toEqual(['ack 1', 'ack 2', 'later 3']);
    setup.sealer.certify(
      certifyRecorder(recordingKey, { recorderId: 'r', publicKey: setup.sealer.publicKey }),
    );
    await setup.store.look('a');
    expect(setup.sealed).toEqual(['a whole']);
  });

  it('acknowledges nothing of a group that the disk refused, and takes the same group again as a whole', async () => {
    await using setup = await setUp();
    const folder = dirname(setup.path('a'));
    writeFileSync(folder, ''); // the folder of the recording cannot be made
    const group = [setup.message('b', ...eventsOf('b', 2)), setup.message('a', ...eventsOf('a', 2))];
    await expect(setup.take(...group)).rejects.toThrow();
    expect(setup.said).toEqual([]);
    rmSync(folder);
    await setup.take(...group);
    expect(setup.said).toEqual(['ack 1', 'ack 2']);
    expect((await setup.read('b')).sequences).toEqual([1, 2, 3]);
    expect((await setup.read('a')).sequences).toEqual([1, 2, 3]);
  });

  it('writes many more sessions than it keeps files open', async () => {
    await using setup = await setUp({ maxOpenFiles: 2 });
    const sessions = Array.from({ length: 12 }, (_, index) => ({
      id: `s${index}`,
      events: eventsOf(`s${index}`, 2),
    }));
    for (let at = 0; at < 3; at += 1) {
      await setup.take(...sessions.map(({ id, events }) => setup.message(id, ...events.slice(at, at + 1))));
    }
    for (const { id } of sessions)
      expect(await setup.read(id)).toEqual({ sequences: [1, 2, 3], sealed: true });
  });
});

describe('Ledger', () => {
  it('knows after a restart what is unfinished and how far it is indexed, and ignores what is no session', async () => {
    using directory = temporaryDirectory('ledger');
    const ledger = await Ledger.open(directory.path);
    await ledger.begin(['a', 'b']);
    await ledger.begin(['b', 'c']);
    const first = ledger.get('a');
    if (first !== undefined) first.indexedOffset = 1234;
    await ledger.keep();
    await ledger.finish('b');
    writeFileSync(directory.join('.unfinished', 'd.new'), '99');
    writeFileSync(directory.join('.unfinished', 'c'), 'junk');
    const again = await Ledger.open(directory.path);
    const found = [...again.entries()].map(({ sessionId, indexedOffset, durableSize }) => [
      sessionId,
      indexedOffset,
      durableSize,
    ]);
    expect(found.toSorted()).toEqual([
      ['a', 1234, undefined],
      ['c', 16, undefined],
    ]);
    expect(again.get('a')?.path).toBe(recordingPath(directory.path, 'a'));
  });
});
