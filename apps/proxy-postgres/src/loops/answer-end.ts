import { BackendType, parseCommandTag, type ScannedPart } from '@sallyport/codec-postgres';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import type { ReplySlot } from './reply-slot.ts';
import type { StatementRun } from './statement-run.ts';
import { encodeRefusal } from '../wire-errors.ts';
import type { ResponseLoopOptions } from './response-options.ts';

/** The end of one statement's answer: CommandComplete, EmptyQueryResponse or PortalSuspended. */
export class AnswerEnd {
  readonly #options: ResponseLoopOptions;
  /** After an answer was cut, the client expects nothing more before ReadyForQuery. */
  swallowing = false;

  constructor(options: ResponseLoopOptions) {
    this.#options = options;
  }

  take(slot: ReplySlot, part: ScannedPart, tag: string): void {
    if (slot.kind === 'execute' && slot.own !== null) {
      this.#options.queue.shift();
      return;
    }
    if ((slot.kind !== 'query' && slot.kind !== 'execute') || slot.run === null) throw unasked();
    const { run } = slot;
    if (tag !== '') {
      run.noteTag(tag);
      // Rows that came by are counted already; those that were only changed are in the tag.
      if (run.rows === 0) run.rows = parseCommandTag(tag).rows ?? 0;
    }
    this.#options.onCopyInEnd();
    if (part.type === BackendType.CommandComplete) {
      this.#options.onStatementDone(run, slot.kind === 'query' ? slot.index : 0);
    }
    if (run.cut !== null && !this.swallowing) this.emitCut(run, run.cut);
    else if (!this.swallowing) this.#options.writer.pass(run, part.source, part.start, part.end);
    if (slot.kind === 'query') {
      slot.index++;
      return;
    }
    this.#options.queue.shift();
    if (part.type === BackendType.PortalSuspended) return;
    slot.done?.();
    this.#options.writer.finish(run);
  }

  /** The error in the place of the rest of an answer. */
  emitCut(run: StatementRun, reason: AccessError): void {
    run.outcome = StatementOutcome.FAILED;
    this.swallowing = true;
    this.#options.writer.own(run, encodeRefusal(reason, 'ERROR'));
  }
}

function unasked(): AccessError {
  return new AccessError('target_closed', 'The target answered what was not asked, so the session ends.');
}
