import { decodeQuery, frameBytes, type ScannedPart } from '@sallyport/codec-postgres';
import type { AccessErrorCode } from '@sallyport/errors';
import type { SqlStatement } from '@sallyport/sql-inspect';
import type { KnownText } from '../stages/classify/classify.ts';
import type { OutgoingBatch } from '../stages/forward/outbox.ts';
import { standInQuery } from '../stages/forward/stand-in.ts';
import type { SessionCore } from './session-core.ts';
import type { StatementRun } from './statement-run.ts';
import type { GateForms } from './statement-gate.ts';

/**
 * The simple protocol: one text of any number of statements (protocol document,
 * 55.2.2). The text is one unit: it is decided on, held, recorded and refused
 * as a whole, so that nothing of it runs unless all of it may.
 */
export class SimpleQuery {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  handle(part: ScannedPart): void | Promise<void> {
    const { sql } = decodeQuery(part);
    return this.#whenKnown(sql, frameBytes(part), true);
  }

  #whenKnown(sql: string | null, bytes: Buffer, mayRefresh: boolean): void | Promise<void> {
    const waiting = this.#core.upkeep.ensure();
    return waiting === null
      ? this.#classify(sql, bytes, mayRefresh)
      : waiting.then(() => this.#classify(sql, bytes, mayRefresh));
  }

  /** A Query or FunctionCall that is refused without being understood. */
  refuse(code: 'statement_too_large' | 'feature_not_supported', message: string): void {
    // A refusal never waits.
    void this.#admit(this.#core.decider.refuse(NOT_UNDERSTOOD, '', code, message), Buffer.alloc(0), []);
  }

  #classify(sql: string | null, bytes: Buffer, mayRefresh: boolean): void | Promise<void> {
    const { classifier, upkeep } = this.#core;
    const classification = classifier.classify(sql);
    if (classification.kind === 'pending')
      return classification.ready.then(() => this.#whenKnown(sql, bytes, mayRefresh));
    if (classification.kind === 'unresolved' && mayRefresh) {
      return upkeep.refreshCatalog().then(() => this.#classify(sql, bytes, false));
    }
    return this.#decide(classification, sql ?? '', bytes);
  }

  #decide(classification: KnownText, sql: string, bytes: Buffer): void | Promise<void> {
    const { decider, decisions, environment } = this.#core;
    const refusal = refusalOf(classification) ?? environment.refusalWhileStale(classification);
    if (refusal !== null || classification.kind !== 'classified') {
      const { code, message } = refusal ?? NOT_CLASSIFIED;
      return this.#admit(
        decider.refuse(NOT_UNDERSTOOD, classification.recordedText, code, message),
        bytes,
        [],
      );
    }
    const { text, recordedText } = classification;
    const run = decider.decide({
      shape: text.shape('sql.simple', decisions.compiled),
      statements: text.statements,
      recordedText,
      exactText: sql,
      parameters: [],
      context: environment.context(this.#core.database),
      effectiveRole: environment.facts?.currentUser ?? '',
      preparation: false,
    });
    if (run instanceof Promise) return run.then((later) => this.#admit(later, bytes, text.statements));
    return this.#admit(run, bytes, text.statements);
  }

  #admit(run: StatementRun, bytes: Buffer, statements: readonly SqlStatement[]): void | Promise<void> {
    const { gate, outbox, environment } = this.#core;
    const batch: OutgoingBatch = { items: [], unrecorded: 0 };
    const admitted = gate.admit(run, batch, formsOf(bytes));
    const send = (runs: boolean) => {
      if (runs) {
        for (const statement of statements) environment.noteForwarded(statement);
      }
      environment.noteSimpleQuery();
      outbox.add(batch);
    };
    if (admitted instanceof Promise) return admitted.then(send);
    send(admitted);
  }
}

function formsOf(bytes: Buffer): GateForms {
  return {
    permitted: (run) => ({
      kind: 'statement',
      run,
      bytes,
      permit: null,
      slots: [{ kind: 'query', run, refusal: null, index: 0 }],
    }),
    refused: (run, refusal) => ({
      kind: 'own',
      frames: standInQuery(run.id),
      slots: [{ kind: 'query', run, refusal, index: 0 }],
    }),
  };
}

/** Why a text that could not be classified is refused; null where it was. */
export function refusalOf(
  classification: KnownText,
): { readonly code: AccessErrorCode; readonly message: string } | null {
  switch (classification.kind) {
    case 'classified':
      return null;
    case 'refused':
      return classification;
    case 'unresolved':
      return {
        code: 'statement_not_understood',
        message: `The target has nothing called ${classification.names
          .slice(0, 3)
          .map((name) => `"${name}"`)
          .join(', ')}, or the name is ambiguous.`,
      };
  }
}

const NOT_CLASSIFIED = {
  code: 'statement_not_understood',
  message: 'The statement was not understood.',
} as const;

/** What is recorded of something that was not understood: an effect nobody knows. */
export const NOT_UNDERSTOOD = {
  kind: 'sql.simple',
  effects: [{ action: 'sql.unknown', objects: [], readOnly: false }],
  effectiveRole: '',
} as const;
