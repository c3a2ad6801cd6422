import type { FieldDescription } from '@sallyport/codec-postgres';
import type { StatementRun } from './statement-run.ts';

/*
 * What the server still owes. The request loop pushes one slot for each
 * message that it sends, and the response loop answers them in order
 * (protocol document, 55.2.3: "the possible responses").
 */

/** Gathers the answer to a query of the proxy's own; the client sees none of it. */
export interface OwnAnswer {
  row(values: readonly (Buffer | null)[]): void;
  failed(sqlState: string): void;
}

/** A Query: answers of each of its statements, then ReadyForQuery. */
export interface QuerySlot {
  readonly kind: 'query';
  readonly run: StatementRun | null;
  /** An ErrorResponse that takes the place of the stand-in's own. */
  readonly refusal: Buffer | null;
  /** Which statement of the text is being answered. */
  index: number;
}

/** Parse, Bind or Close: one message without data. */
export interface MessageSlot {
  readonly kind: 'parse' | 'bind' | 'close';
  readonly own: boolean;
  readonly run: StatementRun | null;
  readonly refusal: Buffer | null;
  /** The server did it. */
  readonly done: (() => void) | null;
  /** The server skipped or refused it. */
  readonly dropped: (() => void) | null;
}

/** Describe of a statement or portal. */
export interface DescribeSlot {
  readonly kind: 'describe';
  readonly own: boolean;
  /** Told the columns of a portal that is described for masking; null: it returns no rows. */
  readonly described: ((fields: readonly FieldDescription[] | null) => void) | null;
}

/** Execute of a portal. */
export interface ExecuteSlot {
  readonly kind: 'execute';
  readonly run: StatementRun | null;
  /** The portal's columns, as far as its answer is masked; see DescribeSlot. */
  readonly portal: { fields: readonly FieldDescription[] | null | undefined } | null;
  readonly own: OwnAnswer | null;
  /** The statement's command ended (not: the portal was suspended). */
  readonly done: (() => void) | null;
}

/** Sync: ReadyForQuery. */
export interface SyncSlot {
  readonly kind: 'sync';
  readonly own: boolean;
}

/** A Query of the proxy's own; the client sees none of its answer. */
export interface OwnQuerySlot {
  readonly kind: 'own-query';
  failed: string | null;
  readonly ready: (failed: string | null) => void;
}

export type ReplySlot = QuerySlot | OwnQuerySlot | MessageSlot | DescribeSlot | ExecuteSlot | SyncSlot;

/** The slots in order. The one at the head is being answered. */
export class ReplyQueue {
  #slots: ReplySlot[] = [];
  #head = 0;
  /** After an error the server skips everything up to the next Sync, also what is sent later. */
  #skipping = false;
  readonly #onDropped: (slot: ReplySlot) => void;

  constructor(onDropped: (slot: ReplySlot) => void) {
    this.#onDropped = onDropped;
  }

  get head(): ReplySlot | undefined {
    return this.#slots[this.#head];
  }

  get length(): number {
    return this.#slots.length - this.#head;
  }

  push(slot: ReplySlot): void {
    if (this.#skipping) {
      if (slot.kind !== 'sync') {
        this.#onDropped(slot);
        return;
      }
      this.#skipping = false;
    }
    this.#slots.push(slot);
  }

  shift(): void {
    this.#head++;
    if (this.#head === this.#slots.length) {
      this.#slots = [];
      this.#head = 0;
    } else if (this.#head > 1024) {
      this.#slots = this.#slots.slice(this.#head);
      this.#head = 0;
    }
  }

  /** After an error of the extended protocol: nothing is owed up to the next Sync. */
  skipToSync(): void {
    for (let slot = this.head; slot !== undefined; slot = this.head) {
      if (slot.kind === 'sync') return;
      this.#onDropped(slot);
      this.shift();
    }
    this.#skipping = true;
  }

  /** All that is owed, which will not come. */
  drain(): readonly ReplySlot[] {
    const owed = this.#slots.slice(this.#head);
    this.#slots = [];
    this.#head = 0;
    return owed;
  }

  /** While COPY data is awaited the server ignores Sync (protocol document, 55.2.7), so none of those sent is answered. */
  dropSyncsBehindHead(): void {
    const head = this.head;
    if (head === undefined) return;
    const rest = this.#slots.slice(this.#head + 1);
    const first = rest.findIndex((slot) => slot.kind !== 'sync');
    this.#slots = [head, ...(first < 0 ? [] : rest.slice(first))];
    this.#head = 0;
  }
}
