import { create } from '@bufbuild/protobuf';
import { DecisionSchema, Outcome } from '@sallyport/contracts/access';
import type { DecidedStatement } from '../decide/decided-statement.ts';
import { encodeDecisionField } from './statement-encoding.ts';

/**
 * What is recorded in the place of a decision that does not fit an event: a
 * refusal of the same statement, without the effects and fields that are too much.
 */
export function refusedAsTooLarge({ request, decision }: DecidedStatement): DecidedStatement {
  const { id, shape, text, parameters, digest } = request;
  const refusal = create(DecisionSchema, {
    outcome: Outcome.DENY,
    code: 'statement_too_large',
    message: 'What the statement would do is too much to be recorded, so it does not run.',
    policyRevision: decision.policyRevision,
    source: decision.source,
  });
  return {
    request: { id, shape: { ...shape, effects: [] }, text, parameters, digest },
    decision: refusal,
    encodedDecision: encodeDecisionField(refusal),
  };
}
