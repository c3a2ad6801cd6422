import type { DecidedStatement } from '../decide/decided-statement.ts';

/**
 * Proof that one statement was decided on (allowed, or held and its approval
 * claimed) and that the decision is durable. Exported from the kit as a type
 * only; the recorder and the hold runner make it. It is good for one sending.
 */
export class ForwardPermit {
  readonly statement: DecidedStatement;
  #used = false;

  constructor(statement: DecidedStatement) {
    this.statement = statement;
  }

  /** Uses the permit up. @throws Error when it was used before: a defect, never a caller's fault */
  static consume(permit: ForwardPermit): ForwardedStatement {
    if (permit.#used) throw new Error('a permit was used twice');
    permit.#used = true;
    return new ForwardedStatement(permit.statement);
  }
}

/**
 * A statement on its way at the target: what continuing it (COPY data, the
 * next rows of a portal) and recording its answer ask for.
 */
export class ForwardedStatement {
  readonly statement: DecidedStatement;
  readonly forwardedAtUs: number;
  readonly #mark = true;

  constructor(statement: DecidedStatement) {
    this.statement = statement;
    this.forwardedAtUs = Math.round(performance.now() * 1000);
  }

  static isGenuine(value: ForwardedStatement): boolean {
    return value.#mark;
  }
}

/** Proof that the caller's further bytes for a forwarded statement are recorded. */
export class RecordedInput {
  readonly #bytes: readonly Uint8Array[];

  constructor(bytes: readonly Uint8Array[]) {
    this.#bytes = bytes;
  }

  static bytes(input: RecordedInput): readonly Uint8Array[] {
    return input.#bytes;
  }
}
