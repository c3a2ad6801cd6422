import type { AccessErrorCode } from '@sallyport/errors';
import {
  inspectSql,
  literalFreeKey,
  redactSecrets,
  type InspectionFailure,
  type SqlEnvironment,
  type SqlInspection,
  type SqlStatement,
} from '@sallyport/sql-inspect';
import { ClassifiedText } from './classified-text.ts';
import type { PreparedText, SessionEnvironment } from './session-environment.ts';

export type Classification =
  | {
      readonly kind: 'classified';
      readonly text: ClassifiedText;
      /** As it may be recorded. */
      readonly recordedText: string;
    }
  | {
      readonly kind: 'refused';
      readonly code: AccessErrorCode;
      readonly message: string;
      readonly recordedText: string;
    }
  /** Names are not in the catalog; look again once it was refreshed. */
  | {
      readonly kind: 'unresolved';
      readonly text: ClassifiedText;
      readonly names: readonly string[];
      readonly recordedText: string;
    };

const CACHED_FORMS = 4096;

/**
 * Understands texts of one session (DESIGN.md, section 4). Forms of text are
 * kept by what is left without their literals, where literals decide nothing.
 * The cache belongs to one state of the environment and goes with it.
 */
export class Classifier {
  readonly #environment: SessionEnvironment;
  #cache = new Map<string, ClassifiedText>();
  #cacheOf: SqlEnvironment | null = null;
  readonly #prepared = new WeakMap<
    PreparedText,
    { readonly environment: SqlEnvironment; readonly classification: Classification }
  >();

  constructor(environment: SessionEnvironment) {
    this.#environment = environment;
  }

  /** @param sql null: the bytes were not valid UTF-8 */
  classify(sql: string | null): Classification {
    const environment = this.#environment.inspection;
    const facts = this.#environment.facts;
    if (sql === null) return refused('statement_not_understood', 'The statement is not valid UTF-8.', '');
    if (environment === null || facts === null) {
      return refused(
        'statement_not_understood',
        'The catalog of the target could not be read.',
        redactSecrets(sql),
      );
    }
    // In other encodings the same bytes can be other characters to the server than to the inspection.
    if (facts.clientEncoding !== 'UTF8' && !isAscii(sql)) {
      return refused(
        'statement_not_understood',
        'With this client_encoding only ASCII can be inspected.',
        redactSecrets(sql),
      );
    }
    if (environment !== this.#cacheOf) {
      this.#cache = new Map();
      this.#cacheOf = environment;
    }
    const key = literalFreeKey(sql);
    const known = key === null ? undefined : this.#cache.get(key);
    // The literals are others than those of the text that was inspected, and so are the secrets among them.
    if (known !== undefined) return { kind: 'classified', text: known, recordedText: redactSecrets(sql) };
    return this.#inspect(sql, key, environment);
  }

  /** As `classify`, for a prepared statement: the same text again and again needs no look at its letters. */
  classifyPrepared(prepared: PreparedText): Classification {
    const known = this.#prepared.get(prepared);
    if (known !== undefined && known.environment === this.#environment.inspection)
      return known.classification;
    const classification = this.classify(prepared.sql);
    const environment = this.#environment.inspection;
    if (
      environment !== null &&
      classification.kind === 'classified' &&
      !dependsOnNames(classification.text.statements)
    ) {
      this.#prepared.set(prepared, { environment, classification });
    }
    return classification;
  }

  #inspect(sql: string, key: string | null, environment: SqlEnvironment): Classification {
    const inspection = inspectSql(sql, environment);
    if (!inspection.ok) {
      const { code, message } = FAILURES[inspection.reason];
      const detail = inspection.reason === 'syntax' ? `: ${inspection.message}` : '.';
      return refused(code, `${message}${detail}`, redactSecrets(sql));
    }
    const breaking = inspection.statements
      .flatMap((statement) => statement.settings)
      .find((setting) => setting.breaksInspection);
    if (breaking !== undefined) {
      return refused(
        'feature_not_supported',
        `Setting "${breaking.name}" like this would change how statements are read.`,
        redactSecrets(sql),
      );
    }
    const text = new ClassifiedText(inspection.statements, environment.currentUser);
    const recordedText = redacted(sql, inspection);
    const names = inspection.statements.flatMap((statement) => statement.unresolved);
    if (names.length > 0) return { kind: 'unresolved', text, names, recordedText };
    if (key !== null && recordedText === sql && isCacheable(inspection, key)) this.#keep(key, text);
    return { kind: 'classified', text, recordedText };
  }

  #keep(key: string, text: ClassifiedText): void {
    if (this.#cache.size >= CACHED_FORMS) this.#cache.clear();
    this.#cache.set(key, text);
  }
}

const FAILURES: Readonly<Record<InspectionFailure, { code: AccessErrorCode; message: string }>> = {
  syntax: { code: 'statement_not_understood', message: 'The statement cannot be parsed' },
  'too-large': { code: 'statement_too_large', message: 'The statement is too large to be inspected' },
  'too-complex': {
    code: 'statement_not_understood',
    message: 'The statement is too complex to be inspected',
  },
  'not-utf8': { code: 'statement_not_understood', message: 'The statement is not valid UTF-8' },
  'contains-nul': { code: 'statement_not_understood', message: 'The statement holds a zero byte' },
  'backslash-without-standard-strings': {
    code: 'statement_not_understood',
    message: 'With standard_conforming_strings off a statement with a backslash cannot be inspected',
  },
};

function refused(code: AccessErrorCode, message: string, recordedText: string): Classification {
  return { kind: 'refused', code, message, recordedText };
}

/** What EXECUTE, FETCH and the like do depends on the session, not on the text. A key that is the text itself holds its literals. */
function isCacheable(inspection: SqlInspection & { readonly ok: true }, key: string): boolean {
  if (dependsOnNames(inspection.statements)) return false;
  return key.startsWith('=') || !inspection.literalSensitive;
}

function dependsOnNames(statements: readonly SqlStatement[]): boolean {
  return statements.some((statement) => statement.sessionSensitive);
}

function redacted(sql: string, inspection: SqlInspection & { readonly ok: true }): string {
  const { statements } = inspection;
  if (statements.every((statement) => statement.redactedText === statement.text)) return sql;
  return statements.map((statement) => statement.redactedText).join(';\n');
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
