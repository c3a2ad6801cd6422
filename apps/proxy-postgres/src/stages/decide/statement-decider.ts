import type { Decision } from '@sallyport/contracts/access';
import { toAccessError, type AccessErrorCode } from '@sallyport/errors';
import {
  statementDigest,
  type DecidedStatement,
  type DecisionStage,
  type SessionLimits,
  type StatementParameter,
  type StatementRequest,
  type StatementShape,
} from '@sallyport/proxy-kit';
import type { SqlStatement } from '@sallyport/sql-inspect';
import { StatementRun } from '../../loops/statement-run.ts';
import { PASS_PLAN, planAnswer, type AnswerPlan } from '../mask/answer-plan.ts';

/** One message of the client that would make the target do something. */
export interface StatementAsk {
  readonly shape: StatementShape;
  readonly statements: readonly SqlStatement[];
  /** As it may be recorded. */
  readonly recordedText: string;
  /** As it came: what an approval is bound to. */
  readonly exactText: string;
  readonly parameters: readonly BoundParameter[];
  /** What decides how names in it resolve. */
  readonly context: readonly string[];
  readonly effectiveRole: string;
  /** Only prepared now: a hold waits until it is to run. */
  readonly preparation: boolean;
}

export interface BoundParameter {
  readonly typeOid: number;
  readonly binary: boolean;
  /** Null: SQL NULL. */
  readonly value: Buffer | null;
}

export interface StatementDeciderOptions {
  readonly sessionId: string;
  readonly targetName: string;
  readonly decisions: DecisionStage;
  readonly limits: SessionLimits;
  /** Told of every statement that was decided on. */
  readonly onStatement: (run: StatementRun) => void;
  /** For hashes and tokens of masked values. */
  readonly maskingKey: Uint8Array;
}

/** Decides statements of one session and works out what their answers go through. */
export class StatementDecider {
  readonly #options: StatementDeciderOptions;
  readonly #plans = new WeakMap<Decision, AnswerPlan>();
  #count = 0;

  constructor(options: StatementDeciderOptions) {
    this.#options = options;
  }

  /** Never throws: what cannot be decided is refused. */
  decide(ask: StatementAsk): StatementRun | Promise<StatementRun> {
    const { decisions } = this.#options;
    const request = this.#request(ask);
    const decided = ask.preparation ? decisions.decidePreparation(request) : decisions.decide(request);
    return decided instanceof Promise
      ? decided.then((later) => this.#made(later, ask))
      : this.#made(decided, ask);
  }

  /** Something that no policy is asked about, because it was not understood or cannot be done. */
  refuse(shape: StatementShape, recordedText: string, code: AccessErrorCode, message: string): StatementRun {
    const request: StatementRequest = {
      id: this.#nextId(),
      shape,
      text: recordedText,
      parameters: [],
      digest: NO_DIGEST,
    };
    const run = new StatementRun(this.#options.decisions.refuse(request, code, message), PASS_PLAN, null);
    this.#options.onStatement(run);
    return run;
  }

  #made(decided: DecidedStatement, ask: StatementAsk): StatementRun {
    const run = this.#run(decided, ask);
    run.statements = ask.statements;
    run.exactText = ask.exactText;
    this.#options.onStatement(run);
    return run;
  }

  #request(ask: StatementAsk): StatementRequest {
    const { shape, recordedText, parameters } = ask;
    return {
      id: this.#nextId(),
      shape,
      text: recordedText,
      parameters: parameters.length === 0 ? NO_PARAMETERS : parameters.map(toParameter),
      digest: () => this.#digest(ask),
    };
  }

  #digest(ask: StatementAsk): Uint8Array {
    return statementDigest({
      target: this.#options.targetName,
      effectiveRole: ask.effectiveRole,
      context: ask.context,
      text: ask.exactText,
      parameters: ask.parameters.flatMap(({ typeOid, binary, value }) => [
        `${typeOid}${binary ? 'b' : 't'}`,
        value,
      ]),
    });
  }

  #run(decided: DecidedStatement, ask: StatementAsk): StatementRun {
    const { decisions, limits } = this.#options;
    let plan: AnswerPlan;
    try {
      plan = this.#plan(decided.decision, ask.statements);
    } catch (thrown) {
      const { code, publicMessage } = toAccessError(thrown);
      return new StatementRun(decisions.refuse(decided.request, code, publicMessage), PASS_PLAN, null);
    }
    const meter = limits.meter(decided);
    const exhausted = meter?.exhausted() ?? null;
    if (exhausted !== null) {
      return new StatementRun(
        decisions.refuse(decided.request, exhausted.code, exhausted.publicMessage),
        PASS_PLAN,
        null,
      );
    }
    return new StatementRun(decided, plan, meter);
  }

  /** A decision that is used again belongs to the same form of text, so its plan is used again too. */
  #plan(decision: Decision, statements: readonly SqlStatement[]): AnswerPlan {
    let plan = this.#plans.get(decision);
    if (plan === undefined) {
      plan = planAnswer(statements, decision, this.#options.maskingKey);
      this.#plans.set(decision, plan);
    }
    return plan;
  }

  #nextId(): string {
    this.#count++;
    return `${this.#options.sessionId}-${this.#count}`;
  }
}

const NO_DIGEST = () => new Uint8Array();
const NO_PARAMETERS: readonly StatementParameter[] = [];

function toParameter({ typeOid, binary, value }: BoundParameter, index: number): StatementParameter {
  const type = typeOid === 0 ? '' : String(typeOid);
  return { name: String(index + 1), type, value: value === null || binary ? value : value.toString('utf8') };
}
