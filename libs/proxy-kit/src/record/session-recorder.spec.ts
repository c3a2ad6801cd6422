import { Durability, Outcome } from '@sallyport/contracts/access';
import type { AccessError } from '@sallyport/errors';
import { EventChain, generateSigningKey, MAX_EVENT_BYTES } from '@sallyport/recording-format';
import { describe, expect, it } from '@jest/globals';
import { decidedStatement, decision } from '../fixtures/statements.ts';
import { MemorySpool } from '../fixtures/memory-spool.ts';
import { proxyMadeFrames } from '../proof/masked-frames.ts';
import { SessionRecorder, type RecordedDecision } from './session-recorder.ts';

async function openRecorder(maxEventBytes = MAX_EVENT_BYTES) {
  const spool = new MemorySpool();
  const failures: AccessError[] = [];
  const signer = generateSigningKey();
  const chain = new EventChain({ sessionId: 'ses_1', signer, clock: () => 1, maxEventBytes });
  const recorder = new SessionRecorder({ chain, spool, onFailure: (reason) => failures.push(reason) });
  const opened = recorder.opened({ proxyId: 'p' });
  spool.settle();
  await opened;
  return { spool, recorder, failures };
}

describe('SessionRecorder', () => {
  it('gives a permit only once the decision is durable', async () => {
    const { spool, recorder } = await openRecorder();
    const given: RecordedDecision[] = [];
    recorder.decided(decidedStatement(), (recorded) => given.push(recorded));
    expect(given).toEqual([]);
    spool.settle();
    expect(given.map(({ kind }) => kind)).toEqual(['permit']);
  });

  it('gives none for a denied statement, nor for one that waits, nor for an outcome that nobody knows', async () => {
    const { spool, recorder } = await openRecorder();
    const given: string[] = [];
    for (const outcome of [Outcome.DENY, Outcome.HOLD, Outcome.UNSPECIFIED, 99 as Outcome]) {
      recorder.decided(decidedStatement({}, decision({ outcome })), ({ kind }) => given.push(kind));
    }
    spool.settle();
    expect(given).toEqual(['refused', 'held', 'refused', 'refused']);
  });

  it('refuses what does not fit an event: records that, gives no permit, and goes on', async () => {
    const { spool, recorder, failures } = await openRecorder(10_000);
    const objects = Array.from({ length: 1_000 }, (_, index) => ({
      kind: 'table',
      name: `public.t${index}`,
    }));
    const shape = {
      kind: 'sql.simple',
      effects: [{ action: 'sql.read', objects, readOnly: true }],
      effectiveRole: 'app',
    };
    for (const outcome of [Outcome.ALLOW, Outcome.HOLD, Outcome.DENY]) {
      expect(() => {
        recorder.decided(decidedStatement({ shape }, decision({ outcome })), () => {
          throw new Error('it was recorded');
        });
      }).toThrow(expect.objectContaining({ code: 'statement_too_large', facts: { requestId: 'ses_1-1' } }));
    }
    spool.settle();
    expect(spool.kinds()).toEqual(['sessionOpened', ...Array(3).fill('statementDecided')]);
    expect(spool.events.at(-1)?.body.value).toMatchObject({
      statement: { text: 'SELECT id FROM orders', effects: [], effectiveRole: 'app' },
      decision: { outcome: Outcome.DENY, code: 'statement_too_large', policyRevision: 'r1' },
    });
    const kinds: string[] = [];
    recorder.decided(decidedStatement(), ({ kind }) => kinds.push(kind));
    spool.settle();
    expect({ kinds, failures }).toEqual({ kinds: ['permit'], failures: [] });
  });

  it('asks for the durability that the decision obliges to, and syncs what changes something by itself', async () => {
    const { spool, recorder } = await openRecorder();
    const changing = {
      shape: {
        kind: 'k',
        effects: [{ action: 'sql.delete', objects: [], readOnly: false }],
        effectiveRole: '',
      },
    };
    recorder.decided(decidedStatement(), () => undefined);
    recorder.decided(decidedStatement(changing), () => undefined);
    recorder.decided(decidedStatement({}, decision({ outcome: Outcome.HOLD })), () => undefined);
    recorder.decided(
      decidedStatement({}, decision({ obligations: { durability: Durability.ACKED } })),
      () => undefined,
    );
    expect(spool.waiting.map(({ durability }) => durability)).toEqual([
      'written',
      'synced',
      'synced',
      'acked',
    ]);
  });

  it('fails closed: after one error no permit is given, no output released, and the session is told once', async () => {
    const { spool, recorder, failures } = await openRecorder();
    const given: string[] = [];
    recorder.decided(decidedStatement(), ({ kind }) => given.push(kind));
    recorder.output('ses_1-1', 'f', proxyMadeFrames(Buffer.from('x')), () => given.push('output'));
    spool.settle(new Error('disk full'));
    recorder.decided(decidedStatement(), ({ kind }) => given.push(kind));
    recorder.output('ses_1-1', 'f', proxyMadeFrames(Buffer.from('x')), () => given.push('output'));
    spool.settle();
    expect(given).toEqual([]);
    expect(failures.map(({ code }) => code)).toEqual(['recording_unavailable']);
    await recorder.closed('client_closed');
    expect(spool.abandoned).toEqual(['ses_1']);
    expect(spool.kinds()).not.toContain('sessionClosed');
  });

  it('releases output in pieces of at most 256 KiB, after the last piece is recorded', async () => {
    const { spool, recorder } = await openRecorder();
    let released = false;
    recorder.output(
      'ses_1-1',
      'f',
      proxyMadeFrames(Buffer.alloc(300_000, 1), Buffer.alloc(300_000, 2)),
      () => {
        released = true;
      },
    );
    const sizes = spool.events.flatMap(({ body }) =>
      body.case === 'output' ? [body.value.decodedBytes || body.value.data.length] : [],
    );
    expect(sizes).toEqual([262_144, 262_144, 75_712]);
    expect(released).toBe(false);
    spool.settle();
    expect(released).toBe(true);
  });

  it('keeps all of a statement that is too long for one event', async () => {
    const { spool, recorder } = await openRecorder();
    const text = `SELECT '${'é'.repeat(700_000)}'`;
    const parameters = [{ name: '1', type: '', value: Buffer.alloc(500_000, 3) }];
    recorder.decided(decidedStatement({ text, parameters }), () => undefined);
    const inputs = spool.events.flatMap(({ body }) => (body.case === 'input' ? [body.value] : []));
    const whole = (format: string) =>
      Buffer.concat(inputs.filter((input) => input.format === format).map(({ data }) => data));
    expect(whole('statement.text').toString()).toBe(text);
    expect(whole('statement.parameter.1').equals(Buffer.alloc(500_000, 3))).toBe(true);
    expect(spool.kinds().at(-1)).toBe('statementDecided');
  });

  it('writes nothing after the session is closed', async () => {
    const { spool, recorder } = await openRecorder();
    const closed = recorder.closed('client_closed');
    recorder.policyChanged('r2');
    spool.settle();
    await closed;
    expect(spool.kinds().at(-1)).toBe('sessionClosed');
  });
});
