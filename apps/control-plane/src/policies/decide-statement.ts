import { clone } from '@bufbuild/protobuf';
import { DecisionSchema, DecisionSource, type Decision, type Statement } from '@sallyport/contracts/access';
import { compileView, type StatementInput } from '@sallyport/policy-sdk';
import type { LiveSession } from '../sessions/live-session.ts';

/** The decision on a statement by the session's newest view, with the code that proxies decide with. */
export function decideStatement({ session, view }: LiveSession, statement: Statement, now: Date): Decision {
  const { id, principal, target, clientAddress, clientName, openedAt } = session;
  const compiled = compileView(view, {
    principal,
    target,
    session: { id, clientAddress, clientName, openedAt },
  });
  // What decide gives is shared between decisions; this one is changed.
  const decision = clone(DecisionSchema, compiled.decide(inputOf(statement), now).decision);
  decision.source = DecisionSource.CENTRAL;
  return decision;
}

function inputOf({ kind, text, effects, fields, effectiveRole, parameters }: Statement): StatementInput {
  return {
    kind,
    text,
    effects,
    effectiveRole,
    ...(fields === undefined ? {} : { fields }),
    parameters: parameters.map(({ value }) => {
      switch (value.case) {
        case 'text':
          return value.value;
        case 'binary':
          return Buffer.from(value.value).toString('base64');
        case undefined:
          return null;
        default:
          return value satisfies never;
      }
    }),
  };
}
