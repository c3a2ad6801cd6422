import { describe, expect, it } from '@jest/globals';
import { readEnvelope, type EncodedEvent } from '@sallyport/recording-format';
import fc from 'fast-check';
import { appendFileSync, copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { faultyFiles } from '../testing/faulty-files.ts';
import { SessionSource } from '../testing/session-source.ts';
import { readSpool, temporaryDirectory } from '../testing/spool-directory.ts';
import { listSegments, segmentName } from './segment.ts';
import { NotDurableError, SpoolRefusedError } from './spool-errors.ts';
import { Spool, type SpoolDurability, type SpoolOptions } from './spool.ts';

const bytesOf = (event: EncodedEvent): Buffer => Buffer.concat(event.parts);

function append(
  spool: Spool,
  session: SessionSource,
  event: EncodedEvent,
  durability: SpoolDurability = 'written',
) {
  return new Promise<Error | undefined>((resolve) => {
    spool.append(session.id, event.parts, durability, resolve);
  });
}

/** What a process that died leaves behind: a copy of the files, without the lock. */
function crashCopy(from: string, to: string): void {
  for (const name of readdirSync(from)) if (name !== 'lock') copyFileSync(join(from, name), join(to, name));
}

function sequences(directory: string, sessionId: string): number[] {
  const envelopes = readSpool(directory).map((event) => readEnvelope(event));
  return envelopes.flatMap((envelope) => (envelope?.sessionId === sessionId ? envelope.sequence : []));
}

async function refusalOf(result: Promise<Error | undefined>): Promise<string | undefined> {
  const error = await result;
  return error instanceof SpoolRefusedError ? error.code : error?.name;
}

describe('Spool', () => {
  it('keeps every byte of every record, in order, in one write a turn', async () => {
    using directory = temporaryDirectory();
    const files = faultyFiles();
    const spool = await Spool.open(directory.path, { files });
    const session = new SessionSource('one');
    const events = [session.open(), session.output(10), session.output(100_000), session.close()];
    await Promise.all(events.map((event) => append(spool, session, event)));
    expect(files.writes).toBe(2); // the segment's header, then all four records
    await spool.close();
    expect(readSpool(directory.path)).toEqual(events.map(bytesOf));
  });

  it('never calls back before append returns, nor twice', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path, { maxBytes: 2000 });
    const calls: (Error | undefined)[] = [];
    const session = new SessionSource('one');
    for (const event of [session.open(), session.output(5000)]) {
      spool.append(session.id, event.parts, 'written', (error) => calls.push(error));
      expect(calls).toEqual([]);
    }
    spool.flush();
    spool.flush();
    expect(calls.map((error) => error === undefined)).toEqual([true, false]);
    await spool.close();
  });

  it('begins another segment when one is full and loses nothing in between', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path, { segmentBytes: 4096 });
    const session = new SessionSource('one');
    const events = [session.open(), ...Array.from({ length: 50 }, () => session.output(500))];
    for (const event of events) expect(await append(spool, session, event)).toBeUndefined();
    await spool.close();
    expect(listSegments(directory.path).length).toBeGreaterThan(5);
    expect(readSpool(directory.path)).toEqual(events.map(bytesOf));
  });

  it('is one process at a time', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    await expect(Spool.open(directory.path)).rejects.toThrow('another process');
    await spool.close();
    await (await Spool.open(directory.path)).close();
  });
});

describe('Spool and the order of a session', () => {
  it('takes no event twice, out of order, or after the close', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const session = new SessionSource('one');
    const [first, second, third] = [session.open(), session.output(1), session.output(2)];
    const codes = [first, first, third, second, third, session.close()].map((event) =>
      append(spool, session, event),
    );
    const expected = [undefined, 'gap', 'gap', undefined, undefined, undefined];
    expect(await Promise.all(codes.map(refusalOf))).toEqual(expected);
    expect(await refusalOf(append(spool, session, third))).toBe('gap');
    await spool.close();
    expect(sequences(directory.path, 'one')).toEqual([1, 2, 3, 4]);
  });
});

describe('Spool and a session that cannot be closed', () => {
  it('names it until the recorder knows, keeps it open over a crash, and takes nothing more of it', async () => {
    using directory = temporaryDirectory();
    using crashed = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const session = new SessionSource('one');
    await append(spool, session, session.open());
    spool.abandon('one');
    spool.abandon('never-seen');
    const expected = [{ sessionId: 'one', lastSequence: 1, end: spool.progress.written }];
    expect(spool.abandonedSessions()).toEqual(expected);
    expect(await refusalOf(append(spool, session, session.output(1)))).toBe('gap');
    crashCopy(directory.path, crashed.path);
    const recovered = await Spool.open(crashed.path);
    expect(recovered.orphanedSessions()).toEqual(expected);
    spool.drained('one');
    expect(spool.abandonedSessions()).toEqual([]);
    expect(spool.stats().openSessions).toBe(0);
    await Promise.all([recovered.close(), spool.close()]);
  });
});

describe('Spool on a disk that fails', () => {
  it('reports a full disk to every record of the turn, leaves nothing of them, and goes on once there is room', async () => {
    using directory = temporaryDirectory();
    const files = faultyFiles();
    let nowMs = 0;
    const spool = await Spool.open(directory.path, { files, monotonicClock: () => nowMs, retryDiskMs: 100 });
    const [kept, hit, late] = [
      new SessionSource('kept'),
      new SessionSource('hit'),
      new SessionSource('late'),
    ];
    expect(await append(spool, kept, kept.open())).toBeUndefined();
    files.room = 150; // the next turn is cut off in the middle of a record
    const codes = [append(spool, hit, hit.open()), append(spool, kept, kept.output(400))].map(refusalOf);
    expect(await Promise.all(codes)).toEqual(['disk', 'disk']);
    expect(spool.stats().diskError?.message).toContain('no space');
    expect(readSpool(directory.path)).toHaveLength(1);

    files.room = Infinity;
    expect(await refusalOf(append(spool, late, late.open()))).toBe('disk'); // not tried again before its time
    nowMs = 100;
    const again = new SessionSource('late');
    expect(await append(spool, again, again.open())).toBeUndefined();
    expect(spool.stats().diskError).toBeUndefined();
    await spool.close();
    expect(sequences(directory.path, 'kept')).toEqual([1]);
    expect(sequences(directory.path, 'late')).toEqual([1]);
  });

  it('refuses what follows a refused event of the same session, so that no recording has a silent gap', async () => {
    using directory = temporaryDirectory();
    const files = faultyFiles();
    let nowMs = 0;
    const spool = await Spool.open(directory.path, { files, monotonicClock: () => nowMs });
    const session = new SessionSource('one');
    await append(spool, session, session.open());
    const before = session.chain.position();
    files.room = 0;
    expect(await refusalOf(append(spool, session, session.output(1)))).toBe('disk');
    files.room = Infinity;
    nowMs = 1000;
    expect(await refusalOf(append(spool, session, session.output(1)))).toBe('gap');
    session.chain.rewind(before);
    expect(await append(spool, session, session.output(1))).toBeUndefined();
    await spool.close();
    expect(sequences(directory.path, 'one')).toEqual([1, 2]);
  });

  it('leaves a file alone whose torn record it could not cut off, and every record is still found after a crash', async () => {
    using directory = temporaryDirectory();
    using crashed = temporaryDirectory();
    const files = faultyFiles();
    let nowMs = 0;
    const spool = await Spool.open(directory.path, { files, monotonicClock: () => nowMs });
    const [one, two] = [new SessionSource('one'), new SessionSource('two')];
    await append(spool, one, one.open());
    files.room = 30;
    files.truncateFails = true;
    expect(await refusalOf(append(spool, two, two.open()))).toBe('disk');
    files.room = Infinity;
    nowMs = 1000;
    await append(spool, one, one.output(3));
    expect(listSegments(directory.path)).toHaveLength(2);
    crashCopy(directory.path, crashed.path);
    const recovered = await Spool.open(crashed.path);
    expect(recovered.orphanedSessions()).toMatchObject([{ sessionId: 'one', lastSequence: 2 }]);
    expect(sequences(crashed.path, 'one')).toEqual([1, 2]);
    await Promise.all([recovered.close(), spool.close()]);
  });

  it('leaves no half-made segment behind when the disk is full at its header', async () => {
    using directory = temporaryDirectory();
    const files = faultyFiles();
    files.room = 5;
    const spool = await Spool.open(directory.path, { files, retryDiskMs: 0 });
    const session = new SessionSource('one');
    expect(await refusalOf(append(spool, session, session.open()))).toBe('disk');
    expect(listSegments(directory.path)).toEqual([]);
    files.room = Infinity;
    expect(await append(spool, session, new SessionSource('one').open())).toBeUndefined();
    await spool.close();
  });

  it('refuses at its bound and takes more as soon as JetStream has the oldest segments', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path, { maxBytes: 20_000, segmentBytes: 4000 });
    const session = new SessionSource('one');
    await append(spool, session, session.open());
    let accepted = 0;
    while ((await refusalOf(append(spool, session, session.output(1000)))) === undefined) accepted += 1;
    expect(accepted).toBeGreaterThan(10);
    const other = new SessionSource('other');
    expect(await refusalOf(append(spool, other, other.output(1000)))).toBe('full');
    expect(spool.stats().totalBytes).toBeLessThanOrEqual(20_000);
    spool.progress.acked = 10_000;
    const third = new SessionSource('third');
    expect(await refusalOf(append(spool, third, third.output(1000)))).toBeUndefined();
    expect(spool.stats().totalBytes).toBeLessThanOrEqual(20_000);
    await spool.close();
  });

  it('refuses an event too large for a message, and what is no event', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path, { maxEventBytes: 1000 });
    const session = new SessionSource('one');
    expect(await refusalOf(append(spool, session, session.output(1000)))).toBe('too_large');
    const junk: Promise<Error | undefined> = new Promise((resolve) => {
      spool.append('junk', Buffer.from('junk'), 'written', resolve);
    });
    expect(await refusalOf(junk)).toBe('invalid');
    await spool.close();
  });
});

describe('Spool durability', () => {
  it('calls a synced append back only after an fdatasync that began after its write, one sync for all that wait', async () => {
    using directory = temporaryDirectory();
    const files = faultyFiles();
    const spool = await Spool.open(directory.path, { files });
    const session = new SessionSource('one');
    await append(spool, session, session.open(), 'synced');
    files.holdSyncs = true;
    const before = files.syncs;
    const done: string[] = [];
    const note = (name: string) => (error: Error | undefined) =>
      done.push(error === undefined ? name : 'error');
    const first = append(spool, session, session.output(1), 'synced').then(note('first'));
    spool.flush();
    expect(files.syncs).toBe(before + 1);
    const others = ['second', 'third'].map((name) =>
      append(spool, session, session.output(1), 'synced').then(note(name)),
    );
    spool.flush();
    expect(files.syncs).toBe(before + 1);
    files.heldSyncs.shift()?.();
    await first;
    expect(done).toEqual(['first']);
    files.heldSyncs.shift()?.();
    await Promise.all(others);
    expect(files.syncs).toBe(before + 2);
    await close(spool, files);
  });

  it('fails every synced append that a failing disk may have lost, and never trusts that file again', async () => {
    using directory = temporaryDirectory();
    const files = faultyFiles();
    const spool = await Spool.open(directory.path, { files });
    const session = new SessionSource('one');
    await append(spool, session, session.open(), 'synced');
    files.holdSyncs = true;
    files.syncError = new Error('i/o error');
    const first = append(spool, session, session.output(1), 'synced');
    spool.flush();
    const meanwhile = append(spool, session, session.output(1), 'synced');
    spool.flush();
    files.heldSyncs.shift()?.();
    expect(await first).toBeInstanceOf(NotDurableError);
    expect(await meanwhile).toBeInstanceOf(NotDurableError);
    files.holdSyncs = false;
    files.syncError = null;
    expect(await append(spool, session, session.output(1), 'synced')).toBeUndefined();
    expect(listSegments(directory.path)).toHaveLength(2);
    await spool.close();
    expect(sequences(directory.path, 'one')).toEqual([1, 2, 3, 4]);
  });

  it('calls an acked append back when JetStream has it, and with an error when the spool closes first', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const session = new SessionSource('one');
    const first = append(spool, session, session.open(), 'acked');
    spool.flush();
    const firstEnd = spool.progress.written;
    const second = append(spool, session, session.output(1), 'acked');
    spool.flush();
    expect(spool.progress.urgent).toBe(true);
    spool.progress.acked = firstEnd;
    spool.collect();
    expect(await first).toBeUndefined();
    await spool.close();
    expect(await second).toBeInstanceOf(NotDurableError);
  });
});

describe('Spool after a crash', () => {
  it('keeps every complete record and cuts a torn one, wherever the write was cut off', async () => {
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const session = new SessionSource('one');
    for (const event of [session.open(), session.output(300)]) await append(spool, session, event);
    const whole = statSync(join(directory.path, segmentName(0))).size;
    await append(spool, session, session.output(120));
    const full = statSync(join(directory.path, segmentName(0))).size;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: whole, max: full - 1 }), async (length) => {
        using crashed = temporaryDirectory();
        crashCopy(directory.path, crashed.path);
        truncateSync(join(crashed.path, segmentName(0)), length);
        const recovered = await Spool.open(crashed.path);
        expect(recovered.orphanedSessions()).toMatchObject([{ sessionId: 'one', lastSequence: 2 }]);
        const other = new SessionSource('two');
        await append(recovered, other, other.open());
        await recovered.close();
        expect(sequences(crashed.path, 'one')).toEqual([1, 2]);
        expect(sequences(crashed.path, 'two')).toEqual([1]);
      }),
      { numRuns: 40 },
    );
    await spool.close();
  });

  it('takes zeros at the end, as a machine that lost power leaves them, for no records', async () => {
    using crashed = temporaryDirectory();
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const session = new SessionSource('one');
    await append(spool, session, session.open());
    crashCopy(directory.path, crashed.path);
    appendFileSync(join(crashed.path, segmentName(0)), Buffer.alloc(4096));
    const recovered = await Spool.open(crashed.path);
    expect(readSpool(crashed.path)).toHaveLength(1);
    await Promise.all([recovered.close(), spool.close()]);
  });

  it('knows the sessions that were open even when their events are long gone from the spool', async () => {
    using directory = temporaryDirectory();
    using crashed = temporaryDirectory();
    const spool = await Spool.open(directory.path, { segmentBytes: 2000, retainAckedMs: 0 });
    const [idle, busy, ended] = ['idle', 'busy', 'ended'].map((id) => new SessionSource(id));
    if (idle === undefined || busy === undefined || ended === undefined) throw new Error('three sessions');
    await Promise.all([append(spool, idle, idle.open()), append(spool, busy, busy.open())]);
    await append(spool, ended, ended.open());
    await append(spool, ended, ended.close());
    for (let index = 0; index < 10; index += 1) await append(spool, busy, busy.output(900));
    spool.progress.acked = spool.progress.written;
    spool.collect();
    expect(sequences(directory.path, 'idle')).toEqual([]);
    crashCopy(directory.path, crashed.path);
    const recovered = await Spool.open(crashed.path);
    expect(recovered.orphanedSessions()).toMatchObject([
      { sessionId: 'idle', lastSequence: 1 },
      { sessionId: 'busy', lastSequence: 11 },
    ]);
    await Promise.all([recovered.close(), spool.close()]);
  });

  it('keeps an acknowledged segment for a while, in case JetStream loses it', async () => {
    using directory = temporaryDirectory();
    let nowMs = 0;
    const options: SpoolOptions = { segmentBytes: 2000, retainAckedMs: 60_000, monotonicClock: () => nowMs };
    const spool = await Spool.open(directory.path, options);
    const session = new SessionSource('one');
    for (let index = 0; index < 5; index += 1)
      expect(await append(spool, session, session.output(1500))).toBeUndefined();
    spool.progress.acked = spool.progress.written;
    spool.collect();
    expect(listSegments(directory.path)).toHaveLength(5);
    nowMs = 60_000;
    spool.collect();
    expect(listSegments(directory.path)).toHaveLength(1);
    await spool.close();
  });
});

async function close(spool: Spool, files: ReturnType<typeof faultyFiles>): Promise<void> {
  files.holdSyncs = false;
  for (const sync of files.heldSyncs.splice(0)) sync();
  await spool.close();
}
