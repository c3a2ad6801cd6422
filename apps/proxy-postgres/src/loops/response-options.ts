import type { ScannedPart, TransactionStatus } from '@sallyport/codec-postgres';
import type { ExecuteSlot, QuerySlot, ReplyQueue, ReplySlot } from './reply-slot.ts';
import type { StatementRun } from './statement-run.ts';

/** Where answers are gathered, recorded and sent; see stages/record. */
export interface AnswerSink {
  pass(run: StatementRun | null, source: Buffer, start: number, end: number): void;
  own(run: StatementRun | null, bytes: Uint8Array): void;
  finish(run: StatementRun): void;
  flush(): void;
}

/** What the mask stage does for an answer; see stages/mask. */
export interface AnswerMask {
  /** Whether the rows of what is at the head are read. */
  isMasked(slot: ReplySlot): boolean;
  /** The columns of the rows that follow, as the server describes them. */
  described(slot: QuerySlot, message: ScannedPart): void;
  rows(slot: QuerySlot | ExecuteSlot, run: StatementRun, part: ScannedPart): void;
  /** The server ends a COPY TO STDOUT. @throws AccessError something of it is still held back */
  copyDone(slot: QuerySlot | ExecuteSlot): void;
  diagnostic(run: StatementRun | null, part: ScannedPart): void;
  parameterStatus(run: StatementRun | null, part: ScannedPart): void;
  notification(part: ScannedPart): void;
}

export interface ResponseLoopOptions {
  readonly queue: ReplyQueue;
  readonly writer: AnswerSink;
  readonly mask: AnswerMask;
  /** Asks the server to cancel what it runs. */
  readonly cancel: () => void;
  /** The statement `index` of a text, or the one of a portal, ran to its end. */
  readonly onStatementDone: (run: StatementRun, index: number) => void;
  readonly onReady: (status: TransactionStatus) => void;
  /** The server waits for COPY data of this statement. */
  readonly onCopyIn: (run: StatementRun) => void;
  readonly onCopyInEnd: () => void;
}
