import { describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { readEnvelope } from '@sallyport/recording-format';
import { eventually, startNats, startServerProcess, type NatsServer } from '@sallyport/testing';
import { fileURLToPath } from 'node:url';
import { connectNats } from '../src/nats/nats-options.ts';
import {
  ensureEventStream,
  EVENT_STREAM,
  RECORDER_CONSUMER,
  renewRecorderConsumer,
  UnsafeStreamError,
} from '../src/nats/event-stream.ts';
import { decodeBatch } from '../src/publisher/event-batch.ts';
import { Publisher } from '../src/publisher/publisher.ts';
import { Spool, type SpoolDurability } from '../src/spool/spool.ts';
import { SessionSource } from '../src/testing/session-source.ts';
import { temporaryDirectory } from '../src/testing/spool-directory.ts';

const natsOf = (server: NatsServer) => ({
  servers: [server.url],
  name: 'spec',
  ...(server.token === null ? {} : { token: server.token }),
});

function append(
  spool: Spool,
  session: SessionSource,
  bytes: number,
  durability: SpoolDurability = 'written',
) {
  return new Promise<Error | undefined>((resolve) => {
    spool.append(session.id, session.output(bytes).parts, durability, resolve);
  });
}

/** What is in the stream: for each session, the set of sequences, and the drained markers. */
async function readStream(server: NatsServer) {
  const connection = await connectNats(natsOf(server));
  await renewRecorderConsumer(await jetstreamManager(connection));
  const consumer = await jetstream(connection).consumers.get(EVENT_STREAM, RECORDER_CONSUMER);
  const sequences = new Map<string, Set<number>>();
  const drained: string[] = [];
  const { num_pending: pending } = await consumer.info(true);
  let left = pending;
  const messages = await consumer.consume({ max_messages: 50 });
  for await (const message of messages) {
    left -= 1;
    if (left === 0) messages.stop();
    if (message.subject.startsWith('sallyport.drained.')) {
      drained.push(message.subject);
      continue;
    }
    for (const event of decodeBatch(message.data)) {
      const envelope = readEnvelope(event);
      if (envelope === undefined) throw new Error('not an event');
      expect(message.subject).toBe(`sallyport.events.${envelope.sessionId}`);
      const seen = sequences.get(envelope.sessionId) ?? new Set();
      sequences.set(envelope.sessionId, seen.add(envelope.sequence));
    }
  }
  await connection.close();
  return { sequences, drained };
}

const upTo = (count: number) => new Set(Array.from({ length: count }, (_, index) => index + 1));

describe('Publisher and a real NATS', () => {
  it('brings everything into the stream, and calls an acked append back', async () => {
    await using server = await startNats();
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const publisher = Publisher.start(spool, { nats: natsOf(server) });
    const sessions = ['a', 'b', 'c'].map((id) => new SessionSource(id));
    for (const session of sessions)
      for (let index = 0; index < 100; index += 1) void append(spool, session, 400);
    const [first] = sessions;
    if (first === undefined) throw new Error('a session');
    expect(await append(spool, first, 200_000, 'acked')).toBeUndefined();
    expect(await publisher.stop(5000)).toBe(true);
    expect(publisher.stats().publishedMessages).toBeLessThan(50);
    await spool.close();
    const { sequences } = await readStream(server);
    expect(sequences).toEqual(
      new Map([
        ['a', upTo(101)],
        ['b', upTo(100)],
        ['c', upTo(100)],
      ]),
    );
  });

  it('loses nothing when NATS is killed again and again in mid-load', async () => {
    await using server = await startNats();
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const publisher = Publisher.start(spool, { nats: natsOf(server) });
    const session = new SessionSource('a');
    let count = 0;
    const loading = new AbortController();
    const load = (async () => {
      while (!loading.signal.aborted) {
        for (let index = 0; index < 20; index += 1) void append(spool, session, 2000);
        count += 20;
        await append(spool, session, 10, 'synced');
        count += 1;
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      const before = publisher.stats().publishedMessages;
      await eventually('some is published', () => publisher.stats().publishedMessages > before + 3, {
        timeoutMs: 20_000,
      });
      await server.kill();
      await server.restart();
    }
    loading.abort();
    await load;
    expect(await publisher.stop(20_000)).toBe(true);
    await spool.close();
    const { sequences } = await readStream(server);
    const missing = [...upTo(count)].filter((sequence) => sequences.get('a')?.has(sequence) !== true);
    expect({ count, missing }).toEqual({ count, missing: [] });
  });

  it('starts without NATS, and publishes once it is there', async () => {
    await using server = await startNats();
    await server.kill();
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const publisher = Publisher.start(spool, { nats: natsOf(server) });
    const session = new SessionSource('a');
    await append(spool, session, 10);
    await eventually('it says what keeps it', () =>
      /refused|ECONNREFUSED/i.test(publisher.stats().trouble ?? ''),
    );
    await server.restart();
    expect(await publisher.stop(10_000)).toBe(true);
    await spool.close();
  });

  it('keeps a process alive that stops it, until all is published', async () => {
    await using server = await startNats();
    using directory = temporaryDirectory();
    const script = fileURLToPath(new URL('../src/testing/publish-once.ts', import.meta.url));
    const args = [script, directory.path, JSON.stringify(natsOf(server))];
    const env = { ...process.env, NODE_OPTIONS: '' };
    await using once = await startServerProcess({ command: process.execPath, args, env });
    expect(await once.exited).toBe(0);
    expect(once.output()).toContain('published true');
    expect((await readStream(server)).sequences).toEqual(new Map([['a', upTo(1)]]));
  });

  it('says that the sessions of a crashed process are drained, after their events', async () => {
    await using server = await startNats();
    using directory = temporaryDirectory();
    const before = await Spool.open(directory.path);
    const session = new SessionSource('lost');
    await append(before, session, 10);
    await before.close(); // without closing the session, as a crash
    const spool = await Spool.open(directory.path);
    const publisher = Publisher.start(spool, { nats: natsOf(server) });
    await eventually('the spool knows that it is drained', () => spool.stats().openSessions === 0);
    await publisher.stop();
    await spool.close();
    const stream = await readStream(server);
    expect(stream).toEqual({ sequences: new Map([['lost', upTo(1)]]), drained: ['sallyport.drained.lost'] });
  });

  it('refuses to go on with a server whose messages are too small for an event, and says which setting to change', async () => {
    await using server = await startNats({ maxPayload: 64 * 1024 });
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const publisher = Publisher.start(spool, { nats: natsOf(server) });
    await eventually('it says so', () => publisher.stats().trouble?.includes('max_payload'));
    await publisher.stop();
    await spool.close();
  });

  it('works in a thread of lower priority than its process', async () => {
    await using server = await startNats();
    using directory = temporaryDirectory();
    const spool = await Spool.open(directory.path);
    const publisher = Publisher.start(spool, { nats: natsOf(server), niceness: 7 });
    await eventually('it publishes', () => publisher.stats().trouble === undefined);
    const nices = await threadNices();
    expect(nices.filter((nice) => nice === 7)).toHaveLength(1);
    expect(nices.filter((nice) => nice !== 7).every((nice) => nice === nices[0])).toBe(true);
    await publisher.stop();
    await spool.close();
  });

  it('refuses a stream that could drop events, and leaves one alone that an operator has made larger', async () => {
    await using server = await startNats();
    const connection = await connectNats(natsOf(server));
    const manager = await jetstreamManager(connection);
    await ensureEventStream(manager, { maxBytes: 1_000_000 });
    expect((await ensureEventStream(manager, { maxBytes: 5 })).config.max_bytes).toBe(1_000_000);
    await manager.streams.update(EVENT_STREAM, { max_age: 600_000_000_000 });
    await expect(ensureEventStream(manager)).rejects.toThrow(UnsafeStreamError);
    await connection.close();
  });
});

async function threadNices(): Promise<number[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const threads = await readdir('/proc/self/task');
  return Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    }),
  );
}
