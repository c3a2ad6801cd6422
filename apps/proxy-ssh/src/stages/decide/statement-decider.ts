import type { Outcome } from '@sallyport/contracts/access';
import {
  statementDigest,
  type DecidedStatement,
  type DecisionStage,
  type SessionLimits,
  type SessionRecorder,
  type StatementRequest,
} from '@sallyport/proxy-kit';
import { checkMasks } from '../mask/check-masks.ts';
import type { StatementAsk } from '../classify/statement-ask.ts';
import { StatementRun } from '../record/statement-run.ts';

export interface StatementDeciderOptions {
  readonly sessionId: string;
  readonly targetName: string;
  /** As whom the session acts on the target. */
  readonly login: string;
  readonly decisions: DecisionStage;
  readonly limits: SessionLimits;
  readonly recorder: SessionRecorder;
  /** Told of every decision. */
  readonly onDecided: (outcome: Outcome) => void;
}

/** Decides statements of one session. Never throws: what cannot be decided is refused. */
export class StatementDecider {
  readonly #options: StatementDeciderOptions;
  #count = 0;

  constructor(options: StatementDeciderOptions) {
    this.#options = options;
  }

  async decide(ask: StatementAsk): Promise<StatementRun> {
    const { decisions, limits, recorder, onDecided } = this.#options;
    const request = this.#request(ask);
    let decided: DecidedStatement =
      ask.refusal === undefined
        ? await decisions.decide(request)
        : decisions.refuse(request, ask.refusal.code, ask.refusal.message);
    const meter = limits.meter(decided);
    const obstacle = checkMasks(ask.kind, decided.decision) ?? meter?.exhausted() ?? null;
    if (obstacle !== null) decided = decisions.refuse(request, obstacle.code, obstacle.publicMessage);
    onDecided(decided.decision.outcome);
    return new StatementRun(decided, meter, recorder);
  }

  /** What would be decided, where that tells which of two things to ask for. Nothing is recorded or permitted by it. */
  async foresee(ask: StatementAsk): Promise<Outcome> {
    const { decision } = await this.#options.decisions.decide(this.#request(ask));
    return decision.outcome;
  }

  #request(ask: StatementAsk): StatementRequest {
    const { sessionId, targetName, login } = this.#options;
    this.#count++;
    return {
      id: `${sessionId}-${this.#count}`,
      shape: { kind: ask.kind, effects: ask.effects, effectiveRole: login },
      text: ask.text,
      parameters: [],
      fields: { login, ...ask.fields },
      digest: () =>
        statementDigest({
          target: targetName,
          effectiveRole: login,
          context: [ask.kind, ...ask.context],
          text: ask.exactText,
          parameters: [],
        }),
    };
  }
}
