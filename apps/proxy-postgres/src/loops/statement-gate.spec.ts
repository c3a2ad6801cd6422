import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { DecisionSchema, Outcome } from '@sallyport/contracts/access';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import type { DecidedStatement, SessionRecorder } from '@sallyport/proxy-kit';
import type { Outbox, OutgoingBatch } from '../stages/forward/outbox.ts';
import { PASS_PLAN } from '../stages/mask/answer-plan.ts';
import { StatementGate, type GateForms } from './statement-gate.ts';
import { StatementRun } from './statement-run.ts';

/** A gate before a recorder that throws, and the batch that it fills. */
function gate(thrown: Error) {
  const batch: OutgoingBatch = { items: [], unrecorded: 0 };
  const recorder = {
    decided: () => {
      throw thrown;
    },
  } as unknown as SessionRecorder;
  const subject = new StatementGate({
    recorder,
    outbox: { release: () => undefined } as unknown as Outbox,
    hold: () => Promise.reject(new Error('nothing waits that was not recorded')),
    stillDoesTheSame: () => Promise.resolve(true),
  });
  const refusals: string[] = [];
  const forms: GateForms = {
    permitted: () => {
      throw new Error('nothing is sent that was not recorded');
    },
    refused: (_run, refusal) => {
      refusals.push(refusal.toString('utf8'));
      return { kind: 'own', frames: { purpose: 'stand-in', bytes: Buffer.alloc(0) }, slots: [] };
    },
  };
  return { batch, subject, forms, refusals };
}

function runOf(outcome: Outcome): StatementRun {
  const decided = { request: { id: 'ses_1-1' }, decision: create(DecisionSchema, { outcome }) };
  return new StatementRun(decided as unknown as DecidedStatement, PASS_PLAN, null);
}

describe('a decision that does not fit the record', () => {
  it.each([Outcome.ALLOW, Outcome.HOLD, Outcome.DENY])(
    'refuses its statement with the code for it, whatever was decided (%p), and the session goes on',
    async (outcome) => {
      const tooLarge = new AccessError('statement_too_large', 'It is too much to be recorded.');
      const { batch, subject, forms, refusals } = gate(tooLarge);
      const run = runOf(outcome);
      expect(await subject.admit(run, batch, forms)).toBe(false);
      expect(batch).toMatchObject({ unrecorded: 0, items: [{ kind: 'own' }] });
      expect(refusals).toEqual([expect.stringContaining('54000')]);
      expect({ outcome: run.outcome, status: run.status }).toEqual({
        outcome: StatementOutcome.REFUSED,
        status: 'statement_too_large',
      });
    },
  );

  it.each([Outcome.ALLOW, Outcome.HOLD, Outcome.DENY])(
    'ends the session for any other reason (%p)',
    async (outcome) => {
      const { batch, subject, forms } = gate(new AccessError('recording_unavailable', 'The disk is full.'));
      await expect(async () => subject.admit(runOf(outcome), batch, forms)).rejects.toMatchObject({
        code: 'recording_unavailable',
      });
      expect(batch.items).toEqual([]);
    },
  );
});
