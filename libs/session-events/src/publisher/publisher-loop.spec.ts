import { describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, segmentName } from '../spool/segment.ts';
import { Spool, type SpoolOptions } from '../spool/spool.ts';
import type { Watermark } from '../spool/watermark.ts';
import { MemorySink } from '../testing/memory-sink.ts';
import { SessionSource } from '../testing/session-source.ts';
import { temporaryDirectory } from '../testing/spool-directory.ts';
import { decodeBatch } from './event-batch.ts';
import { PublisherLoop, type PublisherLoopOptions } from './publisher-loop.ts';
import { SpoolCursor, type SpoolDamage } from './spool-cursor.ts';

interface Setup extends AsyncDisposable {
  readonly spool: Spool;
  readonly sink: MemorySink;
  readonly loop: PublisherLoop;
  readonly damage: SpoolDamage[];
  readonly troubles: (string | undefined)[];
  readonly drained: string[];
  append(session: SessionSource, event: { readonly parts: readonly Uint8Array[] }): void;
  start(): void;
}

async function setUp(
  options: Partial<PublisherLoopOptions> = {},
  spoolOptions: SpoolOptions = {},
): Promise<Setup> {
  const directory = temporaryDirectory();
  const spool = await Spool.open(directory.path, spoolOptions);
  const sink = new MemorySink();
  const damage: SpoolDamage[] = [];
  const troubles: (string | undefined)[] = [];
  const drained: string[] = [];
  const cursor = new SpoolCursor(directory.path, spool.maxEventBytes, spool.progress.acked, (found) =>
    damage.push(found),
  );
  const loop = new PublisherLoop({
    progress: spool.progress,
    cursor,
    sink,
    watermark: undefined,
    lingerMs: 1,
    retryMs: 1,
    onProgress: () => undefined,
    onDrained: (sessionId) => drained.push(sessionId),
    onTrouble: (error) => troubles.push(error?.message),
    onNotAnEvent: () => undefined,
    ...options,
  });
  let running: Promise<void> = Promise.resolve();
  return {
    spool,
    sink,
    loop,
    damage,
    troubles,
    drained,
    append: (session, event) => {
      spool.append(session.id, event.parts, 'written', (error) => {
        if (error !== undefined) throw error;
      });
      spool.flush();
    },
    start: () => {
      running = loop.run();
    },
    [Symbol.asyncDispose]: async () => {
      loop.stop();
      sink.held = false;
      for (const resolve of sink.waiting.splice(0)) resolve();
      await running;
      await spool.close();
      directory[Symbol.dispose]();
    },
  };
}

const acked = ({ spool }: Setup) =>
  eventually('everything is acknowledged', () => spool.progress.acked === spool.progress.written);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('PublisherLoop', () => {
  it('publishes every event of every session in order, many to a message, over segments', async () => {
    await using setup = await setUp({}, { segmentBytes: 5000 });
    const sessions = ['a', 'b', 'c'].map((id) => new SessionSource(id));
    setup.start();
    for (let round = 0; round < 50; round += 1)
      for (const session of sessions) setup.append(session, session.output(100));
    await acked(setup);
    for (const session of sessions) expect(setup.sink.sequences(session.id)).toEqual(upTo(50));
    expect(listSegments(setup.spool.directory).length).toBeGreaterThan(3);
    expect(setup.sink.batches.length).toBeLessThan(100);
    expect(setup.damage).toEqual([]);
  });

  it('keeps messages of several events under their bound, and sends a larger event alone', async () => {
    await using setup = await setUp({ batchBytes: 1000 });
    const session = new SessionSource('a');
    for (const bytes of [100, 100, 5000, 100]) setup.append(session, session.output(bytes));
    setup.start();
    await acked(setup);
    expect(setup.sink.batches.map((batch) => [batch.firstSequence, batch.lastSequence])).toEqual([
      [1, 2],
      [3, 3],
      [4, 4],
    ]);
  });

  it('splits an event that is too large for a message, and nothing else', async () => {
    await using setup = await setUp();
    const session = new SessionSource('a');
    for (const bytes of [100, 2_000_000, 100]) setup.append(session, session.output(bytes));
    setup.start();
    await acked(setup);
    expect(
      setup.sink.batches.map(({ firstSequence, part }) => [firstSequence, part?.index, part?.count]),
    ).toEqual([
      [1, undefined, undefined],
      [2, 1, 3],
      [2, 2, 3],
      [2, 3, 3],
      [3, undefined, undefined],
    ]);
    const parts = setup.sink.batches.slice(1, 4).map(({ payload }) => payload);
    expect(decodeBatch(Buffer.concat(parts))).toHaveLength(1);
  });

  it('has no more under way than told', async () => {
    await using setup = await setUp({ maxInFlight: 3, windowBytes: 1, batchBytes: 1 });
    const session = new SessionSource('a');
    for (let index = 0; index < 30; index += 1) setup.append(session, session.output(10));
    setup.start();
    await acked(setup);
    expect(setup.sink.mostInFlight).toBeLessThanOrEqual(3);
    expect(setup.sink.sequences('a')).toEqual(upTo(30));
  });

  it('begins again from what was acknowledged when a message fails, and misses nothing', async () => {
    await using setup = await setUp({ batchBytes: 1, windowBytes: 200 });
    const session = new SessionSource('a');
    for (let index = 0; index < 40; index += 1) setup.append(session, session.output(50));
    setup.sink.failNext = 3;
    setup.start();
    await acked(setup);
    expect(new Set(setup.sink.sequences('a'))).toEqual(new Set(upTo(40)));
    expect(setup.troubles).toContain('JetStream took too long');
    expect(setup.troubles.at(-1)).toBeUndefined();
  });

  it('gathers nothing more once somebody waits for an acknowledgement', async () => {
    await using setup = await setUp({ lingerMs: 3_600_000 });
    const session = new SessionSource('a');
    setup.append(session, session.output(10));
    setup.start();
    setup.append(session, session.output(10));
    let known: Error | undefined | 'not yet' = 'not yet';
    setup.spool.append(session.id, session.output(10).parts, 'acked', (error) => {
      known = error;
    });
    setup.spool.flush();
    await eventually('it is acknowledged', () => {
      setup.spool.collect();
      return known !== 'not yet';
    });
    expect(known).toBeUndefined();
    expect(setup.sink.sequences('a')).toEqual([1, 2, 3]);
  });

  it('does not count as acknowledged what came before something that was not', async () => {
    await using setup = await setUp({ batchBytes: 1 });
    const session = new SessionSource('a');
    setup.sink.held = true;
    for (let index = 0; index < 3; index += 1) setup.append(session, session.output(10));
    setup.start();
    await eventually('three are under way', () => setup.sink.waiting.length === 3);
    setup.sink.waiting[2]?.();
    setup.sink.waiting[1]?.();
    await eventually('two arrived', () => setup.sink.batches.length === 2);
    expect(setup.spool.progress.acked).toBe(0);
    setup.sink.waiting[0]?.();
    await acked(setup);
  });

  it('keeps trying while NATS is away, and goes on when it is back', async () => {
    await using setup = await setUp();
    const session = new SessionSource('a');
    setup.sink.unreachable = true;
    setup.append(session, session.output(10));
    setup.start();
    await eventually('it tried again', () => setup.sink.connects > 2);
    expect(setup.troubles).toContain('no route to NATS');
    setup.sink.unreachable = false;
    await acked(setup);
    expect(setup.sink.sequences('a')).toEqual([1]);
  });

  it('publishes again what a server that was started again may have lost', async () => {
    await using setup = await setUp();
    const session = new SessionSource('a');
    setup.append(session, session.output(10));
    setup.start();
    await acked(setup);
    setup.sink.serverId = 'server-2';
    setup.sink.batches.length = 0; // it was acknowledged and is gone
    setup.sink.lose();
    await eventually('it is there again', () => setup.sink.sequences('a').length === 1);
    await acked(setup);
  });

  it('publishes again when the stream has fewer messages than it acknowledged', async () => {
    await using setup = await setUp();
    const session = new SessionSource('a');
    setup.append(session, session.output(10));
    setup.start();
    await acked(setup);
    setup.sink.lastSequence = 0;
    setup.sink.batches.length = 0;
    setup.sink.lose();
    await eventually('it is there again', () => setup.sink.sequences('a').length === 1);
  });

  it('repeats nothing when only the connection was lost', async () => {
    await using setup = await setUp();
    const session = new SessionSource('a');
    setup.append(session, session.output(10));
    setup.start();
    await acked(setup);
    const before = setup.sink.connects;
    setup.sink.lose();
    await eventually('it connected again', () => setup.sink.connects > before);
    setup.append(session, session.output(10));
    await acked(setup);
    expect(setup.sink.sequences('a')).toEqual([1, 2]);
  });

  it('says that a session is drained only after all of it was acknowledged', async () => {
    await using setup = await setUp();
    const session = new SessionSource('a');
    setup.append(session, session.output(10));
    setup.sink.held = true;
    setup.loop.drain([{ sessionId: 'a', lastSequence: 1, end: setup.spool.progress.written }]);
    setup.start();
    await eventually('it is under way', () => setup.sink.waiting.length === 1);
    expect(setup.sink.drained).toEqual([]);
    setup.sink.held = false;
    setup.sink.waiting[0]?.();
    await eventually('it is drained', () => setup.drained.includes('a'));
    expect(setup.sink.drained).toMatchObject([{ sessionId: 'a', lastSequence: 1 }]);
  });

  it('skips a part of the spool that was damaged, says so, and keeps the file', async () => {
    await using setup = await setUp({}, { segmentBytes: 500 });
    const session = new SessionSource('a');
    for (let index = 0; index < 6; index += 1) setup.append(session, session.output(300));
    const [first, second] = listSegments(setup.spool.directory);
    if (first === undefined || second === undefined) throw new Error('two segments');
    truncateSync(join(setup.spool.directory, segmentName(first)), second - first - 10);
    setup.start();
    await acked(setup);
    expect(setup.damage).toMatchObject([{ base: first }]);
    expect(setup.sink.sequences('a')).toEqual([2, 3, 4, 5, 6]);
    expect(existsSync(join(setup.spool.directory, `${segmentName(first)}.damaged`))).toBe(true);
  });

  it('tells how far it is, never further than what was acknowledged', async () => {
    const marks: Watermark[] = [];
    await using setup = await setUp({ onProgress: (mark) => marks.push(mark), batchBytes: 1 });
    const session = new SessionSource('a');
    for (let index = 0; index < 5; index += 1) setup.append(session, session.output(10));
    setup.start();
    await acked(setup);
    expect(marks.at(-1)).toEqual({
      position: setup.spool.progress.written,
      streamSequence: 5,
      serverId: 'server-1',
    });
    const positions = marks.map((mark) => mark.position);
    expect(positions).toEqual([...positions].sort((one, other) => one - other));
  });
});
