import { create } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import { HoldStateSchema, HoldStatus, type HoldState } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { EventChain, generateSigningKey } from '@sallyport/recording-format';
import { describe, expect, it } from '@jest/globals';
import { MemorySpool } from '../fixtures/memory-spool.ts';
import { decidedStatement, decision } from '../fixtures/statements.ts';
import { SessionRecorder } from '../record/session-recorder.ts';
import { runHold, type HoldResult } from './hold-runner.ts';

class InstantSpool extends MemorySpool {
  override append(...args: Parameters<MemorySpool['append']>): void {
    super.append(...args);
    queueMicrotask(() => {
      this.settle();
    });
  }
}

const state = (status: HoldStatus): HoldState => create(HoldStateSchema, { holdId: 'h1', status });

interface Script {
  readonly states: readonly HoldState[];
  readonly claim?: () => Promise<void>;
  readonly create?: () => Promise<HoldState>;
  /** Watch until aborted after the states. */
  readonly endless?: boolean;
}

async function run(
  script: Script,
  signal = new AbortController().signal,
): Promise<{ result: HoldResult; calls: string[]; kinds: (string | undefined)[] }> {
  const calls: string[] = [];
  const spool = new InstantSpool();
  const recorder = new SessionRecorder({
    chain: new EventChain({ sessionId: 'ses_1', signer: generateSigningKey() }),
    spool,
    onFailure: () => undefined,
  });
  await recorder.opened({});
  const decided = decidedStatement({}, decision({ outcome: Outcome.HOLD }));
  const result = await runHold(
    { kind: 'held', decided },
    {
      sessionId: 'ses_1',
      recorder,
      policyRevision: () => 'r1',
      controlPlane: {
        createHold: script.create ?? (() => Promise.resolve(state(HoldStatus.WAITING))),
        watchHold: async function* (_id, aborted) {
          yield* script.states;
          if (script.endless === true) {
            await new Promise((_resolve, reject) => {
              aborted.addEventListener('abort', () => {
                reject(new Error('aborted'));
              });
            });
          }
        },
        claimApproval: (request) => {
          calls.push(
            `claim ${request.policyRevision} ${Buffer.from(request.digest).toString('hex').slice(0, 4)}`,
          );
          return script.claim?.() ?? Promise.resolve();
        },
        withdrawHold: (id) => {
          calls.push(`withdraw ${id}`);
          return Promise.resolve();
        },
      },
    },
    signal,
    () => calls.push('told'),
  );
  return { result, calls, kinds: spool.kinds() };
}

const codeOf = (result: HoldResult) => (result.kind === 'refused' ? result.error.code : 'permit');

describe('a hold', () => {
  it('tells the caller, claims the approval with the digest and revision, records it, and gives a permit', async () => {
    const { result, calls, kinds } = await run({
      states: [state(HoldStatus.WAITING), state(HoldStatus.APPROVED)],
    });
    expect(result.kind).toBe('permit');
    expect(calls).toEqual(['told', 'claim r1 0707']);
    expect(kinds).toEqual(['sessionOpened', 'holdCreated', 'holdSettled']);
  });

  it('gives no permit when the approval cannot be claimed: used, expired, or of another policy', async () => {
    const claim = () => Promise.reject(new AccessError('approval_not_valid', 'No.'));
    expect(codeOf((await run({ states: [state(HoldStatus.APPROVED)], claim })).result)).toBe(
      'approval_not_valid',
    );
  });

  it.each([
    [HoldStatus.REJECTED, 'hold_rejected'],
    [HoldStatus.TIMED_OUT, 'hold_timed_out'],
    [HoldStatus.WITHDRAWN, 'hold_withdrawn'],
    [HoldStatus.LOCKED, 'locked'],
    [HoldStatus.USED, 'approval_not_valid'],
  ])('that ends as %s is a refusal', async (status, code) => {
    const { result, calls } = await run({ states: [state(status)] });
    expect(codeOf(result)).toBe(code);
    expect(calls).not.toContain('claim r1 0707');
  });

  it('is withdrawn when the caller gives up, and that is recorded', async () => {
    const controller = new AbortController();
    const running = run({ states: [state(HoldStatus.WAITING)], endless: true }, controller.signal);
    setImmediate(() => {
      setImmediate(() => {
        controller.abort();
      });
    });
    const { result, calls, kinds } = await running;
    expect(codeOf(result)).toBe('hold_withdrawn');
    expect(calls).toContain('withdraw h1');
    expect(kinds.at(-1)).toBe('holdSettled');
  });

  it('is a refusal when the control plane cannot be asked, or its watch ends early', async () => {
    const away = () => Promise.reject(new Error('connection refused 10.0.0.1'));
    const { result } = await run({ states: [], create: away });
    expect(codeOf(result)).toBe('control_plane_unavailable');
    expect(codeOf((await run({ states: [state(HoldStatus.WAITING)] })).result)).toBe(
      'control_plane_unavailable',
    );
  });

  it('uses an approval that is there already, without waiting', async () => {
    const { result, calls } = await run({
      states: [],
      create: () => Promise.resolve(state(HoldStatus.APPROVED)),
    });
    expect(result.kind).toBe('permit');
    expect(calls).toEqual(['claim r1 0707']);
  });
});
