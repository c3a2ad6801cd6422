import type { PolicyView } from '@sallyport/contracts/policy';
import { AccessError } from '@sallyport/errors';
import { sessionRoots } from '../condition/context.ts';
import type { CompiledView, PolicyContext } from '../model.ts';
import { actionPatternProblem } from '../pattern/action-pattern.ts';
import { PatternColumns } from '../pattern/column-matcher.ts';
import { ActionPlans } from './action-plan.ts';
import { compileRules } from './compiled-rule.ts';
import { Decider } from './decide.ts';
import { ObligationRules } from './obligations.ts';
import { settleRules } from './settle-rules.ts';

/**
 * Prepares a view for one session. Everything that can be known before the
 * first statement is worked out here: patterns, conditions that read only the
 * session, obligations that never change.
 *
 * @throws AccessError `policy_stale` for a view without a revision, `internal`
 *   for one that holds anything this version does not understand. The session
 *   cannot go on: a rule left out could be the one that denies.
 */
export function compileView(view: PolicyView, context: PolicyContext): CompiledView {
  if (view.revision === '') throw new AccessError('policy_stale', 'There is no policy to decide with.');
  const scopeActions = view.scope?.actions ?? [];
  const scopeProblem = scopeActions.map(actionPatternProblem).find((problem) => problem !== undefined);
  if (scopeProblem !== undefined) {
    throw new AccessError('internal', 'The scope of this token cannot be used.', {}, new Error(scopeProblem));
  }
  const session = sessionRoots(context);
  const rules = settleRules(compileRules(view), session);
  const obligations = new ObligationRules(rules.maskRules, rules.limitRules);
  const plans = new ActionPlans(rules.effectRules, scopeActions);
  const decider = new Decider(view.revision, plans, obligations, session);
  return {
    revision: view.revision,
    maskColumns: new PatternColumns(obligations.masks.flatMap((rule) => rule.mask.columns)),
    hasMasks: obligations.masks.length > 0,
    hasColumnMasks: obligations.masks.some((rule) => rule.mask.columns.length > 0),
    hasDetectors: obligations.masks.some((rule) => rule.mask.detectors.length > 0),
    decide: (statement, now) => decider.decide(statement, now),
  };
}
