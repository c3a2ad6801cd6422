import { SealState } from '@sallyport/contracts/event';
import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingPath } from '@sallyport/recording-format';
import { connectNats, eventSubject } from '@sallyport/session-events';
import { RecordedSession } from './support/recorded-session.ts';
import { setUp, type Setup } from './support/setup.ts';

/** Room for a machine that does other things as well. */
jest.setTimeout(60_000);

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const unfinished = (setup: Setup) => readdirSync(join(setup.directory, '.unfinished'));

async function readiness(port: number): Promise<{ status: number; checks: Record<string, boolean> }> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return {
    status: response.status,
    checks: ((await response.json()) as { checks: Record<string, boolean> }).checks,
  };
}

describe('recorder', () => {
  it('writes, seals, indexes and reports the sessions of a proxy', async () => {
    await using setup = await setUp();
    const recorder = await setup.startRecorder();
    const spool = await setup.openSpool();
    const sessions = ['a', 'b', 'c'].map((id) => new RecordedSession(spool, setup.index.recordingKey, id));
    await Promise.all(
      sessions.map(async (session) => {
        await session.open();
        for (let count = 0; count < 20; count += 1) await session.statement();
        await session.close();
      }),
    );
    for (const { id } of sessions) {
      await setup.sealed(id);
      expect(await setup.verify(id)).toMatchObject({
        verdict: 'whole',
        problems: [],
        events: 82,
        signedThrough: 82,
      });
      expect(setup.index.seals.get(id)).toMatchObject({ state: SealState.WHOLE, lastSequence: 82n });
    }
    expect(setup.index.entries.size).toBe(3 * 40);
    const entry = setup.index.entries.get('a 2')?.entry;
    expect(entry).toMatchObject({
      case: 'statement',
      value: { statementId: 'a-1', text: 'select 1', outcome: 1 },
    });
    await eventually('nothing is unfinished', () => unfinished(setup).length === 0);
    expect(await readiness(recorder.opsPort)).toMatchObject({
      status: 200,
      checks: { nats: true, storage: true, certified: true },
    });
    const metrics = await (await fetch(`http://127.0.0.1:${recorder.opsPort}/metrics`)).text();
    expect(metrics).toMatch(/sallyport_recorder_events_total\{[^}]*\} 246/);
  });

  it('records while the control plane is away, and seals and indexes everything once it is back', async () => {
    await using setup = await setUp();
    setup.index.away = true;
    const recorder = await setup.startRecorder();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await session.statement();
    await session.close();
    await eventually('it is on the disk', async () => (await setup.sequences('a')).length === 6);
    expect((await readiness(recorder.opsPort)).checks).toMatchObject({ certified: false, storage: true });
    expect((await setup.verify('a')).problems.map(({ code }) => code)).toEqual(['seal_missing']);
    setup.index.away = false;
    await setup.sealed('a');
    expect((await setup.verify('a')).verdict).toBe('whole');
    expect(setup.index.entries.size).toBe(2);
  });

  it('takes up what an earlier process left unsealed and unindexed', async () => {
    await using setup = await setUp();
    setup.index.away = true;
    const first = await setup.startRecorder();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await session.statement();
    await session.close();
    await eventually('it is on the disk', async () => (await setup.sequences('a')).length === 6);
    await first.stop(AbortSignal.timeout(5000));
    expect(unfinished(setup)).toEqual(['a']);
    setup.index.away = false;
    await setup.startRecorder();
    await setup.sealed('a');
    expect((await setup.verify('a')).verdict).toBe('whole');
    expect(setup.index.entries.size).toBe(2);
  });

  it('seals a lost session as broken when the control plane says it is lost, and one of which nothing came', async () => {
    await using setup = await setUp();
    await setup.startRecorder();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'lost');
    await session.open();
    await session.statement();
    await eventually('it is on the disk', async () => (await setup.sequences('lost')).length === 5);
    setup.index.lost.add('lost');
    setup.index.lost.add('nothing');
    await setup.sealed('lost');
    await setup.sealed('nothing');
    expect(await setup.verify('lost')).toMatchObject({ verdict: 'broken', signedThrough: 5 });
    expect(await setup.verify('nothing')).toMatchObject({ verdict: 'broken', events: 0 });
  });

  it('goes on with a session sealed as broken when its proxy turns out to be alive', async () => {
    await using setup = await setUp();
    await setup.startRecorder();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await eventually('it is on the disk', async () => (await setup.sequences('a')).length === 1);
    setup.index.lost.add('a');
    await setup.sealed('a');
    await session.statement();
    await session.close();
    await eventually('it is sealed anew', () => setup.index.seals.get('a')?.state === SealState.WHOLE);
    expect(await setup.verify('a')).toMatchObject({ verdict: 'whole', events: 6 });
    expect(setup.index.entries.size).toBe(2);
  });

  it('writes each event once and in order, however often and in whatever order messages come', async () => {
    await using setup = await setUp();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await session.statement();
    await session.close();
    await eventually('it is published', () => spool.stats().lagBytes === 0);
    // Take what was published off the stream and put it back in pieces, shuffled and twice.
    await shuffleStream(setup, 'a');
    await setup.startRecorder();
    await setup.sealed('a');
    expect(await setup.sequences('a')).toEqual(upTo(6));
    expect((await setup.verify('a')).verdict).toBe('whole');
  });

  it('records a statement of 16 MiB, which is larger than any message', async () => {
    await using setup = await setUp();
    await setup.startRecorder();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    const text = 'x'.repeat(16 * 1024 * 1024);
    await session.append(
      session.chain.append({ case: 'statementDecided', value: { statement: { id: 's', text } } }),
    );
    await session.close();
    await setup.sealed('a');
    expect(await setup.verify('a')).toMatchObject({ verdict: 'whole', events: 3 });
    const entry = setup.index.entries.get('a 2')?.entry;
    expect(entry?.case === 'statement' && entry.value.text.length).toBe(text.length);
  });

  it('drops what is no session event, and is not kept from recording by it', async () => {
    await using setup = await setUp();
    await setup.startRecorder();
    const spool = await setup.openSpool();
    const connection = await connectNats(setup.natsOptions);
    await eventually('the stream is there', () => spool.stats().oldestUnackedMs === 0);
    for (const junk of ['', 'junk', '\0\0\0\0\0\0\0\0', 'x'.repeat(5000)])
      connection.publish(eventSubject('a'), junk);
    await connection.flush();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await session.close();
    await setup.sealed('a');
    expect((await setup.verify('a')).verdict).toBe('whole');
    await connection.close();
  });

  it('is not ready while its disk takes nothing, acknowledges nothing, and goes on afterwards', async () => {
    await using setup = await setUp();
    const recorder = await setup.startRecorder();
    const spool = await setup.openSpool();
    // A file where the recording's folder must be: it cannot be made, as on a disk that is full.
    const folder = join(recordingPath(setup.directory, 'a'), '..');
    writeFileSync(folder, '');
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await session.close();
    await eventually(
      'it says so',
      async () => (await readiness(recorder.opsPort)).checks['storage'] === false,
    );
    expect((await readiness(recorder.opsPort)).status).toBe(503);
    expect(setup.index.seals.size).toBe(0);
    rmSync(folder);
    await setup.sealed('a');
    expect((await setup.verify('a')).verdict).toBe('whole');
    expect((await readiness(recorder.opsPort)).status).toBe(200);
    expect(existsSync(folder)).toBe(true);
  });

  it('lets a second recorder stand in for the first, and only then', async () => {
    await using setup = await setUp();
    const first = await setup.startRecorder({ componentId: 'recorder-0' });
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await eventually('the first writes', async () => (await setup.sequences('a')).length === 1);
    const second = await setup.startRecorder({ componentId: 'recorder-1' });
    const leading = async (port: number) =>
      /sallyport_recorder_leading\{[^}]*\} 1/.test(
        await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      );
    await eventually(
      'the second stands by',
      async () => (await readiness(second.opsPort)).checks['nats'] === true,
    );
    expect([await leading(first.opsPort), await leading(second.opsPort)]).toEqual([true, false]);
    await first.stop(AbortSignal.timeout(5000));
    await session.statement();
    await session.close();
    await setup.sealed('a');
    expect((await setup.verify('a')).verdict).toBe('whole');
    expect(await leading(second.opsPort)).toBe(true);
  });
});

async function shuffleStream(setup: Setup, sessionId: string): Promise<void> {
  const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const connection = await connectNats(setup.natsOptions);
  const manager = await jetstreamManager(connection);
  const subject = eventSubject(sessionId);
  const pieces: Uint8Array[] = [];
  const { state } = await manager.streams.info('SALLYPORT_EVENTS');
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage('SALLYPORT_EVENTS', { seq });
    if (message?.subject !== subject) continue;
    for (let at = 0; at < message.data.length;) {
      const end = at + 8 + Buffer.from(message.data).readUInt32LE(at);
      pieces.push(message.data.slice(at, end));
      at = end;
    }
  }
  await manager.streams.purge('SALLYPORT_EVENTS', { filter: subject });
  for (const piece of [...pieces.toReversed(), ...pieces])
    await jetstream(connection).publish(subject, piece);
  await connection.close();
}
