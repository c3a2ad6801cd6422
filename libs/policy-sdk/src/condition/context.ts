import { PrincipalKind, type Principal } from '@sallyport/contracts/access';
import type { Effect, PolicyContext, StatementInput } from '../model.ts';
import type { Roots, RootName } from './frame.ts';
import type { Value, ValueObject } from './value.ts';

/** The words that manifests and conditions have for kinds of principals. */
export const PRINCIPAL_KIND_WORDS = {
  user: PrincipalKind.USER,
  workload: PrincipalKind.WORKLOAD,
  agent: PrincipalKind.AGENT,
} as const;

/** The word for a kind; empty where the kind is not known. */
export function principalKindWord(kind: PrincipalKind): string {
  return Object.entries(PRINCIPAL_KIND_WORDS).find(([, value]) => value === kind)?.[0] ?? '';
}

/** The roots that stay the same for a session. */
export interface SessionRoots {
  readonly principal: ValueObject;
  readonly target: ValueObject;
  readonly session: ValueObject;
}

export function sessionRoots(context: PolicyContext): SessionRoots {
  const { target, session } = context;
  return {
    principal: principalValue(context.principal),
    target: { name: target.name, protocol: target.protocol, labels: target.labels },
    session: {
      id: session.id,
      clientAddress: session.clientAddress,
      clientName: session.clientName,
      openedAt: session.openedAt,
    },
  };
}

function principalValue(principal: Principal): ValueObject {
  return {
    id: principal.id,
    name: principal.name,
    kind: principalKindWord(principal.kind),
    issuer: principal.issuer,
    subject: principal.subject,
    groups: principal.groups,
    claims: principal.claims ?? {},
    delegates: principal.delegationChain.map(({ id, name, kind }) => ({
      id,
      name,
      kind: principalKindWord(kind),
    })),
    delegationDepth: BigInt(principal.delegationChain.length),
  };
}

function effectValue(effect: Effect): ValueObject {
  return {
    action: effect.action,
    readOnly: effect.readOnly,
    objects: effect.objects.map(({ kind, name, parts }) => ({ kind, name, parts: parts ?? [] })),
  };
}

/** The roots of one statement; each is made when a condition first reads it. */
export class StatementRoots implements Roots {
  readonly #session: SessionRoots;
  readonly #statement: StatementInput;
  readonly #now: Date;
  #statementValue: ValueObject | undefined;
  #effect: Effect | undefined;
  #effectValue: ValueObject | undefined;

  constructor(session: SessionRoots, statement: StatementInput, now: Date) {
    this.#session = session;
    this.#statement = statement;
    this.#now = now;
  }

  /** Says which effect `effect` stands for from here on. */
  focus(effect: Effect | undefined): void {
    if (this.#effect === effect) return;
    this.#effect = effect;
    this.#effectValue = undefined;
  }

  read(root: RootName): Value {
    switch (root) {
      case 'principal':
      case 'target':
      case 'session':
        return this.#session[root];
      case 'statement':
        return (this.#statementValue ??= this.#readStatement());
      case 'effect':
        return (this.#effectValue ??= this.#effect === undefined ? {} : effectValue(this.#effect));
      case 'fields':
        return this.#statement.fields ?? {};
      case 'time':
        return { now: this.#now };
    }
  }

  #readStatement(): ValueObject {
    const { kind, text, effectiveRole, parameters, effects } = this.#statement;
    return {
      kind,
      text,
      effectiveRole: effectiveRole ?? '',
      parameters: parameters ?? [],
      effects: effects.map(effectValue),
    };
  }
}

/** Roots for a condition that reads none but the session's. */
export function staticRoots(session: SessionRoots): Roots {
  return {
    read: (root) => (root === 'principal' || root === 'target' || root === 'session' ? session[root] : null),
  };
}
