import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { setTimeout as delay } from 'node:timers/promises';
import { RecordedSession } from './support/recorded-session.ts';
import { setUp } from './support/setup.ts';

/** Room for a machine that does other things as well. */
jest.setTimeout(90_000);

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('what was accepted is in the recording, in order, once', () => {
  it('after the recorder was killed again and again in mid-load', async () => {
    await using setup = await setUp();
    const spool = await setup.openSpool();
    const sessions = ['a', 'b', 'c'].map((id) => new RecordedSession(spool, setup.index.recordingKey, id));
    const loading = new AbortController();
    const load = sessions.map(async (session) => {
      await session.open();
      // Paced, so that a slow machine does not make it a test of volume.
      while (!loading.signal.aborted) await Promise.all([session.statement(1000, 'synced'), delay(20)]);
      await session.close();
    });
    let written = 0;
    for (let round = 0; round < 3; round += 1) {
      const recorder = await setup.startRecorderProcess();
      await eventually('it writes more', () => setup.size('a') > written + 30_000, { timeoutMs: 20_000 });
      await recorder.stop('SIGKILL');
      written = setup.size('a');
    }
    loading.abort();
    await Promise.all(load);
    await setup.startRecorderProcess();
    for (const { id, chain } of sessions) {
      await setup.sealed(id);
      expect(await setup.verify(id)).toMatchObject({
        verdict: 'whole',
        problems: [],
        events: chain.sequence,
      });
      expect(await setup.sequences(id)).toEqual(upTo(chain.sequence));
    }
    expect(setup.index.entries.size).toBe(sessions.reduce((sum, { statements }) => sum + 2 * statements, 0));
  });

  it('after the proxy was killed, whose sessions are sealed as broken once it is back', async () => {
    await using setup = await setUp();
    await setup.startRecorder();
    const proxy = await setup.startProxyProcess(['a', 'b']);
    await eventually(
      'both are busy',
      () => [...proxy.accepted().values()].filter((sequence) => sequence > 60).length === 2,
      { timeoutMs: 20_000 },
    );
    await proxy.stop('SIGKILL');
    const accepted = proxy.accepted();
    await setup.startProxyProcess([]); // opens the same spool, and publishes what is left in it
    for (const [id, sequence] of accepted) {
      await setup.sealed(id);
      const report = await setup.verify(id);
      expect(report).toMatchObject({ verdict: 'broken', problems: [] });
      expect(report.events).toBeGreaterThanOrEqual(sequence);
      expect(await setup.sequences(id)).toEqual(upTo(report.events));
    }
  });

  it('after NATS was killed again and again in mid-load', async () => {
    await using setup = await setUp();
    await setup.startRecorder();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    const loading = new AbortController();
    const load = (async () => {
      await session.open();
      while (!loading.signal.aborted) await Promise.all([session.statement(1000, 'synced'), delay(5)]);
      await session.close();
    })();
    for (let round = 0; round < 3; round += 1) {
      const before = setup.size('a');
      await eventually('more is recorded', () => setup.size('a') > before + 30_000, { timeoutMs: 20_000 });
      await setup.nats.kill();
      await setup.nats.restart();
    }
    loading.abort();
    await load;
    await setup.sealed('a');
    expect(await setup.verify('a')).toMatchObject({
      verdict: 'whole',
      problems: [],
      events: session.chain.sequence,
    });
  });

  it('after the recorder that led was killed, and another stood in for it', async () => {
    await using setup = await setUp();
    const first = await setup.startRecorderProcess();
    const spool = await setup.openSpool();
    const session = new RecordedSession(spool, setup.index.recordingKey, 'a');
    await session.open();
    await session.statement();
    await eventually('the first writes', async () => (await setup.sequences('a')).length === 5);
    await setup.startRecorder({ componentId: 'recorder-1' });
    await first.stop('SIGKILL');
    await session.statement();
    await session.close();
    await setup.sealed('a');
    expect(await setup.verify('a')).toMatchObject({ verdict: 'whole', problems: [], events: 10 });
  });
});
