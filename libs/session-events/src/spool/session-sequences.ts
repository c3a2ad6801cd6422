import type { OpenSessions } from './segment.ts';
import { SpoolRefusedError } from './spool-errors.ts';

/** A session of which no more will come, though it was not closed: its recording is to be sealed as broken. */
export interface OrphanedSession {
  readonly sessionId: string;
  /** The last event that was written to the spool. */
  readonly lastSequence: number;
  /** Every event of it lies before this position. */
  readonly end: number;
}

/** Which sessions are open and which event of each comes next, so that none gets a gap. */
export class SessionSequences {
  /** Last sequence written, of each open session. */
  readonly #open: Map<string, number>;
  /** Last sequences of what is about to be written. */
  readonly #pending = new Map<string, number>();
  readonly #abandoned = new Map<string, OrphanedSession>();

  constructor(open: OpenSessions) {
    this.#open = new Map(open);
  }

  get open(): OpenSessions {
    return this.#open;
  }

  /** Abandoned sessions that were not drained yet. */
  get abandoned(): readonly OrphanedSession[] {
    return [...this.#abandoned.values()];
  }

  /** Why event `sequence` of a session may not be next; undefined when it may. */
  refuse(sessionId: string, sequence: number): SpoolRefusedError | undefined {
    if (this.#abandoned.has(sessionId)) return new SpoolRefusedError('gap', 'the session was abandoned');
    const last = this.#pending.get(sessionId) ?? this.#open.get(sessionId) ?? 0;
    if (sequence === last + 1) return undefined;
    return new SpoolRefusedError('gap', `event ${sequence} does not follow event ${last} of its session`);
  }

  /** Event `sequence` is about to be written. */
  pend(sessionId: string, sequence: number): void {
    this.#pending.set(sessionId, sequence);
  }

  /** What was pending is written, or is not: `written` tells of each that is. */
  clearPending(): void {
    this.#pending.clear();
  }

  written(sessionId: string, sequence: number, closes: boolean): void {
    if (closes) this.#open.delete(sessionId);
    else this.#open.set(sessionId, sequence);
  }

  /** Nothing more of an open session is to be accepted; what there is of it lies before `end`. */
  abandon(sessionId: string, end: number): void {
    const lastSequence = this.#open.get(sessionId);
    if (lastSequence !== undefined) this.#abandoned.set(sessionId, { sessionId, lastSequence, end });
  }

  /** The recorder knows that no more of a session will come. */
  drained(sessionId: string): void {
    this.#open.delete(sessionId);
    this.#abandoned.delete(sessionId);
  }
}
