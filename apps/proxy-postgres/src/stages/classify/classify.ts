import type { AccessErrorCode } from '@sallyport/errors';
import {
  inspectSql,
  isLargeSql,
  literalFreeKey,
  MAX_SQL_BYTES,
  redactSecrets,
  type InspectionFailure,
  type SqlEnvironment,
  type SqlInspection,
  type SqlStatement,
} from '@sallyport/sql-inspect';
import { ClassifiedText } from './classified-text.ts';
import { LargeTextInspector } from './large/large-text-inspector.ts';
import { excerptOf, recordedTextOf } from './large/recorded-text.ts';
import { catalogRowsOf } from './load-catalog.ts';
import type { PreparedText, SessionEnvironment } from './session-environment.ts';

/** What is known of a text, or `pending`: it is being inspected in another thread. Once `ready`, classify it again. */
export type Classification = KnownText | { readonly kind: 'pending'; readonly ready: Promise<void> };

export type KnownText =
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
/** Times that a large text is inspected anew because the session changed meanwhile. */
const MAX_LARGE_TRIES = 3;

/** The one large text of a session that is being inspected, or was and is asked for again. */
interface LargeText {
  readonly sql: string;
  readonly environment: SqlEnvironment;
  readonly tries: number;
  outcome: KnownText | null;
  ready: Promise<void>;
}

/** One thread for all sessions of the process; it starts with the first text that needs it. */
const largeTexts = new LargeTextInspector({ rowsOf: catalogRowsOf });

/**
 * Understands texts of one session (DESIGN.md, section 4). Forms of text are
 * kept by what is left without their literals, where literals decide nothing.
 * The cache belongs to one state of the environment and goes with it.
 */
export class Classifier {
  readonly #environment: SessionEnvironment;
  readonly #largeTexts: Pick<LargeTextInspector, 'inspect'>;
  #large: LargeText | null = null;
  #cache = new Map<string, ClassifiedText>();
  #cacheOf: SqlEnvironment | null = null;
  readonly #prepared = new WeakMap<
    PreparedText,
    { readonly environment: SqlEnvironment; readonly classification: Classification }
  >();

  constructor(environment: SessionEnvironment, inspector: Pick<LargeTextInspector, 'inspect'> = largeTexts) {
    this.#environment = environment;
    this.#largeTexts = inspector;
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
        excerptOf(sql),
      );
    }
    // In other encodings the same bytes can be other characters to the server than to the inspection.
    if (facts.clientEncoding !== 'UTF8' && !isAscii(sql)) {
      return refused(
        'statement_not_understood',
        'With this client_encoding only ASCII can be inspected.',
        excerptOf(sql),
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

  /** As `classify`, for whoever can wait. */
  async classifySettled(sql: string): Promise<KnownText> {
    let classification = this.classify(sql);
    while (classification.kind === 'pending') {
      await classification.ready;
      classification = this.classify(sql);
    }
    return classification;
  }

  #inspect(sql: string, key: string | null, environment: SqlEnvironment): Classification {
    if (isLargeSql(sql) && sql.length <= MAX_SQL_BYTES) return this.#inspectLarge(sql, key, environment);
    const inspection = inspectSql(sql, environment);
    return this.#known({ sql, key, environment, inspection, recordedText: recordedTextOf(sql, inspection) });
  }

  /** Used once: what names in it mean may be different the next time. */
  #inspectLarge(sql: string, key: string | null, environment: SqlEnvironment): Classification {
    const large = this.#large?.sql === sql ? this.#large : null;
    if (large !== null && large.environment === environment) {
      if (large.outcome === null) return { kind: 'pending', ready: large.ready };
      this.#large = null;
      return large.outcome;
    }
    const tries = (large?.tries ?? 0) + 1;
    if (tries > MAX_LARGE_TRIES) {
      this.#large = null;
      return notInspected(sql);
    }
    const pending: LargeText = { sql, environment, tries, outcome: null, ready: Promise.resolve() };
    pending.ready = this.#largeTexts.inspect(sql, environment, this.#environment.names).then((answer) => {
      pending.outcome =
        answer === null ? notInspected(sql) : this.#known({ sql, key, environment, ...answer });
    });
    this.#large = pending;
    return { kind: 'pending', ready: pending.ready };
  }

  #known({ sql, key, environment, inspection, recordedText }: InspectedText): KnownText {
    if (!inspection.ok) {
      const { code, message } = FAILURES[inspection.reason];
      const detail = inspection.reason === 'syntax' ? `: ${inspection.message}` : '.';
      return refused(code, `${message}${detail}`, recordedText);
    }
    const breaking = inspection.statements
      .flatMap((statement) => statement.settings)
      .find((setting) => setting.breaksInspection);
    if (breaking !== undefined) {
      return refused(
        'feature_not_supported',
        `Setting "${breaking.name}" like this would change how statements are read.`,
        recordedText,
      );
    }
    const text = new ClassifiedText(inspection.statements, environment.currentUser);
    const names = inspection.statements.flatMap((statement) => statement.unresolved);
    if (names.length > 0) return { kind: 'unresolved', text, names, recordedText };
    if (environment !== this.#cacheOf) return { kind: 'classified', text, recordedText };
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

/** A text with what its inspection said of it, here or in another thread. */
interface InspectedText {
  readonly sql: string;
  readonly key: string | null;
  readonly environment: SqlEnvironment;
  readonly inspection: SqlInspection;
  readonly recordedText: string;
}

function notInspected(sql: string): KnownText {
  const message = 'The statement is large, and could not be inspected in time.';
  return refused('statement_not_understood', message, excerptOf(sql));
}

function refused(code: AccessErrorCode, message: string, recordedText: string): KnownText {
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

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
