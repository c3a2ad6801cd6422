import { clone, create } from '@bufbuild/protobuf';
import { DecisionSchema, DecisionSource, Outcome, type Decision } from '@sallyport/contracts/access';
import type { PolicyView } from '@sallyport/contracts/policy';
import { toAccessError, type AccessErrorCode } from '@sallyport/errors';
import { compileView, type CompiledView, type PolicyContext } from '@sallyport/policy-sdk';
import type { ControlPlanePort, OpenedSession } from '../control-plane-port.ts';
import { encodeDecisionField } from '../record/statement-encoding.ts';
import { toStatement } from '../record/to-statement.ts';
import type {
  DecidedStatement,
  StatementParameter,
  StatementRequest,
  StatementShape,
} from './decided-statement.ts';

export interface DecisionStageOptions {
  readonly session: OpenedSession;
  readonly controlPlane: Pick<ControlPlanePort, 'decide'>;
  readonly clientAddress: string;
  readonly clientName: string;
  /** Wall clock, milliseconds. */
  readonly nowMs: () => number;
  /** Told of every revision that takes effect after the first, to record it. */
  readonly onRevision: (revision: string) => void;
}

interface MadeDecision {
  readonly decision: Decision;
  readonly encoded: Uint8Array;
}

/**
 * Decides statements of one session: against the policy view while that is
 * fresh, else by the control plane, else it refuses. Never throws and never
 * allows by accident: every way out that is not a decision is a deny.
 */
export class DecisionStage {
  readonly #options: DecisionStageOptions;
  readonly #context: PolicyContext;
  #compiled: CompiledView | null = null;
  #cache = new WeakMap<StatementShape, MadeDecision>();
  readonly #preparations = new WeakMap<Decision, MadeDecision>();

  constructor(options: DecisionStageOptions) {
    this.#options = options;
    const { session } = options;
    this.#context = {
      principal: session.principal,
      target: session.target,
      session: {
        id: session.id,
        clientAddress: options.clientAddress,
        clientName: options.clientName,
        openedAt: new Date(options.nowMs()),
      },
    };
    this.#compile(session.view);
    session.onView((view) => {
      const before = this.#compiled?.revision;
      this.#compile(view);
      if (view.revision !== before) options.onRevision(view.revision);
    });
  }

  /** The view in use, for what other stages must know of it (which columns could be masked); null: none compiles. */
  get compiled(): CompiledView | null {
    return this.#compiled;
  }

  /** A decision at once, or a promise where only the control plane can make it. */
  decide(request: StatementRequest): DecidedStatement | Promise<DecidedStatement> {
    const nowMs = this.#options.nowMs();
    const compiled = this.#compiled;
    if (compiled === null || !this.#options.session.isViewFresh(nowMs)) return this.#decideCentrally(request);
    const known = this.#cache.get(request.shape);
    if (known !== undefined) return { request, decision: known.decision, encodedDecision: known.encoded };
    const { decision, reusable } = compiled.decide(
      {
        kind: request.shape.kind,
        text: request.text,
        effects: request.shape.effects,
        effectiveRole: request.shape.effectiveRole,
        parameters: request.parameters.map(parameterText),
        ...(request.fields === undefined ? {} : { fields: request.fields }),
      },
      new Date(nowMs),
    );
    const made = { decision, encoded: encodeDecisionField(decision) };
    if (reusable) this.#cache.set(request.shape, made);
    return { request, decision, encodedDecision: made.encoded };
  }

  /**
   * Decides whether a statement may be prepared: read by the target, not run.
   * What would be held may be; the hold comes when it is to run.
   */
  decidePreparation(request: StatementRequest): DecidedStatement | Promise<DecidedStatement> {
    const decided = this.decide(request);
    return decided instanceof Promise
      ? decided.then((later) => this.#prepared(later))
      : this.#prepared(decided);
  }

  #prepared(decided: DecidedStatement): DecidedStatement {
    if (decided.decision.outcome !== Outcome.HOLD) return decided;
    const { request } = decided;
    let made = this.#preparations.get(decided.decision);
    if (made === undefined) {
      const decision = clone(DecisionSchema, decided.decision);
      decision.outcome = Outcome.ALLOW;
      decision.message = 'It may be prepared; running it will be held.';
      made = { decision, encoded: encodeDecisionField(decision) };
      this.#preparations.set(decided.decision, made);
    }
    return { request, decision: made.decision, encodedDecision: made.encoded };
  }

  /** A refusal that no rule made: the statement could not be understood, or a part of Sallyport is missing. */
  refuse(request: StatementRequest, code: AccessErrorCode, message: string): DecidedStatement {
    const decision = create(DecisionSchema, {
      outcome: Outcome.DENY,
      code,
      message,
      policyRevision: this.#compiled?.revision ?? '',
      source: DecisionSource.VIEW,
    });
    return { request, decision, encodedDecision: encodeDecisionField(decision) };
  }

  async #decideCentrally(request: StatementRequest): Promise<DecidedStatement> {
    try {
      const decision = await this.#options.controlPlane.decide(
        this.#options.session.id,
        toStatement(request),
      );
      if (decision.outcome === Outcome.UNSPECIFIED) {
        return this.refuse(request, 'control_plane_unavailable', 'The control plane gave no decision.');
      }
      return { request, decision, encodedDecision: encodeDecisionField(decision) };
    } catch (thrown) {
      const error = toAccessError(thrown);
      const code = error.code === 'internal' ? 'policy_stale' : error.code;
      return this.refuse(
        request,
        code,
        'The policy in this proxy is too old, and the control plane could not decide.',
      );
    }
  }

  #compile(view: PolicyView): void {
    this.#cache = new WeakMap();
    try {
      this.#compiled = compileView(view, this.#context);
    } catch (thrown) {
      // A view that does not compile decides nothing; until the next one the control plane is asked.
      this.#compiled = null;
      this.#compileError = toAccessError(thrown);
    }
  }

  #compileError: Error | null = null;

  /** Why there is no compiled view, for the log. */
  get compileError(): Error | null {
    return this.#compiled === null ? this.#compileError : null;
  }
}

/** A parameter as conditions read it: text where it is text, null for NULL; binary values as hex, as Postgres shows bytea. */
function parameterText({ value }: StatementParameter): string | null {
  if (value === null || typeof value === 'string') return value;
  return `\\x${Buffer.from(value).toString('hex')}`;
}
