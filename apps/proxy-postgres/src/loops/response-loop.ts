/**
 * From the target to the client: reads what the server answers, matches it
 * with what it owes (ReplyQueue), and passes, masks, replaces or swallows each
 * message (protocol document, 55.2.2 to 55.2.7). The request loop runs beside
 * it and knows nothing of it but the queue.
 */
import {
  BACKEND_RULES,
  BackendType,
  decodeCommandComplete,
  decodeDataRow,
  decodeErrorResponse,
  decodeReadyForQuery,
  decodeRowDescription,
  FrameScanner,
  type ScannedPart,
  type TransactionStatus,
} from '@sallyport/codec-postgres';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import type { OwnQuerySlot, ReplyQueue, ReplySlot } from './reply-slot.ts';
import type { StatementRun } from './statement-run.ts';
import { AnswerEnd } from './answer-end.ts';
import type { ResponseLoopOptions } from './response-options.ts';

const MAX_MASKED_ROW_BYTES = 64 * 1024 * 1024;
const BATCH = { treatment: 'batch', maxBytes: MAX_MASKED_ROW_BYTES } as const;

export class ResponseLoop {
  readonly #options: ResponseLoopOptions;
  readonly #queue: ReplyQueue;
  readonly #scanner = new FrameScanner(BACKEND_RULES);
  readonly #end: AnswerEnd;
  #insertions: Buffer[] = [];
  #status: TransactionStatus = 'idle';
  /** How rows are treated now; kept to change the scanner's rules only when that changes. */
  #batching = false;

  constructor(options: ResponseLoopOptions) {
    this.#options = options;
    this.#queue = options.queue;
    this.#end = new AnswerEnd(options);
  }

  /** As of the last ReadyForQuery. */
  get status(): TransactionStatus {
    return this.#status;
  }

  /** Whether the client has whole messages only. */
  get atBoundary(): boolean {
    return this.#scanner.atBoundary;
  }

  /**
   * Bytes of the target. True: all of them were rows that were only passed on,
   * so nothing but the client's channel has them. @throws AccessError the connection cannot go on
   */
  onData(chunk: Buffer): boolean {
    let passedOn = true;
    this.#scanner.push(chunk);
    this.#arm();
    for (let part = this.#next(); part !== null; part = this.#next()) {
      passedOn &&= part.kind === 'stream' && !this.#batching;
      if (part.kind === 'messages' && this.#insertions.length > 0) this.#insertNow();
      this.#take(part);
    }
    if (this.#insertions.length > 0 && this.#scanner.atBoundary) this.#insertNow();
    this.#options.writer.flush();
    return passedOn;
  }

  /** Sends a message of the proxy's own as soon as no message of the target is half sent. */
  insert(message: Buffer): void {
    this.#insertions.push(message);
    if (!this.#scanner.atBoundary) return;
    this.#insertNow();
    this.#options.writer.flush();
  }

  #insertNow(): void {
    for (const message of this.#insertions.splice(0)) this.#options.writer.own(null, message);
  }

  #next(): ScannedPart | null {
    const meter = currentRun(this.#queue.head)?.meter;
    return this.#scanner.next(meter ? Math.max(1, meter.rowsLeft) : undefined);
  }

  /** Rows are taken whole only where they are read: for a mask, or by the proxy itself. */
  #arm(): void {
    const slot = this.#queue.head;
    const batching =
      slot !== undefined &&
      ((slot.kind === 'execute' && slot.own !== null) || this.#options.mask.isMasked(slot));
    if (batching === this.#batching) return;
    this.#batching = batching;
    const { dataRow, copyData } = STREAM_RULES;
    this.#scanner.setRule(BackendType.DataRow, batching ? BATCH : dataRow);
    this.#scanner.setRule(BackendType.CopyData, batching ? BATCH : copyData);
  }

  #take(part: ScannedPart): void {
    const slot = this.#queue.head;
    if (part.kind === 'oversized') {
      this.#oversized(slot);
      return;
    }
    if (slot?.kind === 'own-query' && this.#takeOwn(slot, part)) return;
    switch (part.type) {
      case BackendType.DataRow:
      case BackendType.CopyData:
        this.#takeRows(slot, part);
        return;
      case BackendType.NoticeResponse:
      case BackendType.NotificationResponse:
      case BackendType.ParameterStatus:
        this.#takeAsynchronous(slot, part);
        return;
      case BackendType.ErrorResponse:
        this.#takeError(slot, part);
        break;
      case BackendType.ReadyForQuery:
        this.#takeReady(slot, part);
        break;
      default:
        if (slot === undefined) throw unexpected();
        this.#takeReply(slot, part);
    }
    this.#arm();
  }

  /** True: it belongs to a Query of the proxy's own. */
  #takeOwn(slot: OwnQuerySlot, part: ScannedPart): boolean {
    if (part.type === BackendType.NotificationResponse) return false;
    if (part.type === BackendType.ErrorResponse) slot.failed = decodeErrorResponse(part).fields.code ?? '';
    if (part.type !== BackendType.ReadyForQuery) return true;
    this.#status = decodeReadyForQuery(part).status;
    this.#queue.shift();
    slot.ready(slot.failed);
    this.#options.onReady(this.#status);
    this.#arm();
    return true;
  }

  #takeRows(slot: ReplySlot | undefined, part: ScannedPart): void {
    if (slot === undefined || (slot.kind !== 'query' && slot.kind !== 'execute')) throw unexpected();
    if (slot.kind === 'execute' && slot.own !== null) {
      forEachMessage(part, (message) => slot.own?.row(decodeDataRow(message).values));
      return;
    }
    const { run } = slot;
    if (run === null) throw unexpected();
    if (run.cut !== null || this.#end.swallowing) return;
    if (part.messages > 0 && !this.#within(run, part)) return;
    run.rows += part.messages;
    this.#options.mask.rows(slot, run, part);
  }

  /** Whether the statement's limits leave room for these rows; if not, its answer is cut. */
  #within(run: StatementRun, part: ScannedPart): boolean {
    if (run.meter === null) return true;
    const over = run.meter.count(part.messages, part.end - part.start);
    if (over === null) return true;
    run.cut = over;
    this.#options.cancel();
    return false;
  }

  #takeAsynchronous(slot: ReplySlot | undefined, part: ScannedPart): void {
    if (part.type === BackendType.NoticeResponse && slot !== undefined && isOwn(slot)) return;
    const run = currentRun(slot);
    if (part.type === BackendType.ParameterStatus) this.#options.mask.parameterStatus(run, part);
    else if (part.type === BackendType.NotificationResponse) this.#options.mask.notification(part);
    else this.#options.mask.diagnostic(run, part);
  }

  #takeError(slot: ReplySlot | undefined, part: ScannedPart): void {
    const { code, severity } = decodeErrorResponse(part).fields;
    if (slot === undefined || severity === 'FATAL' || severity === 'PANIC') {
      this.#options.mask.diagnostic(currentRun(slot), part);
      return;
    }
    if (slot.kind === 'execute' && slot.own !== null) slot.own.failed(code ?? '');
    const run = currentRun(slot);
    const refusal = slot.kind === 'query' || slot.kind === 'parse' ? slot.refusal : null;
    if (run !== null)
      run.outcome = code === QUERY_CANCELED ? StatementOutcome.CANCELED : StatementOutcome.FAILED;
    if (run !== null && run.status === '') run.noteTag(code ?? '');
    if (refusal !== null) {
      this.#options.writer.own(run, refusal);
      if (run !== null) run.outcome = StatementOutcome.REFUSED;
    } else if (run?.cut) {
      this.#end.emitCut(run, run.cut);
    } else if (!isOwn(slot) && !this.#end.swallowing) {
      this.#options.mask.diagnostic(run, part);
    }
    this.#options.onCopyInEnd();
    if (slot.kind === 'query') return;
    if (run !== null) this.#options.writer.finish(run);
    this.#queue.skipToSync();
  }

  #takeReady(slot: ReplySlot | undefined, part: ScannedPart): void {
    if (slot === undefined || (slot.kind !== 'query' && slot.kind !== 'sync')) throw unexpected();
    this.#status = decodeReadyForQuery(part).status;
    this.#end.swallowing = false;
    const run = currentRun(slot);
    if (!isOwn(slot)) this.#options.writer.pass(run, part.source, part.start, part.end);
    if (run !== null) this.#options.writer.finish(run);
    this.#queue.shift();
    this.#options.onReady(this.#status);
  }

  #takeReply(slot: ReplySlot, part: ScannedPart): void {
    switch (part.type) {
      case BackendType.CommandComplete:
      case BackendType.EmptyQueryResponse:
      case BackendType.PortalSuspended:
        this.#end.take(
          slot,
          part,
          part.type === BackendType.CommandComplete ? decodeCommandComplete(part).tag : '',
        );
        return;
      case BackendType.RowDescription:
      case BackendType.NoData:
        this.#takeDescription(slot, part);
        return;
      case BackendType.ParameterDescription:
        if (slot.kind !== 'describe') throw unexpected();
        this.#pass(slot, part);
        return;
      case BackendType.ParseComplete:
      case BackendType.BindComplete:
      case BackendType.CloseComplete:
        this.#takeDone(slot, part);
        return;
      case BackendType.CopyInResponse:
        this.#takeCopyIn(slot, part);
        return;
      case BackendType.CopyOutResponse:
      case BackendType.CopyDone:
        if (slot.kind !== 'query' && slot.kind !== 'execute') throw unexpected();
        if (part.type === BackendType.CopyDone) this.#options.mask.copyDone(slot);
        this.#pass(slot, part);
        return;
      default:
        // CopyBothResponse, FunctionCallResponse and the messages of the startup are never asked for.
        throw unexpected();
    }
  }

  #takeDescription(slot: ReplySlot, part: ScannedPart): void {
    const describesRows = part.type === BackendType.RowDescription;
    if (slot.kind === 'query' && describesRows) {
      this.#pass(slot, part);
      this.#options.mask.described(slot, part);
      return;
    }
    if (slot.kind !== 'describe') throw unexpected();
    slot.described?.(describesRows ? decodeRowDescription(part).fields : null);
    if (!slot.own) this.#pass(slot, part);
    this.#queue.shift();
  }

  #takeDone(slot: ReplySlot, part: ScannedPart): void {
    if (slot.kind !== DONE_KIND.get(part.type)) throw unexpected();
    if (!isOwn(slot)) this.#pass(slot, part);
    if (slot.kind === 'parse' || slot.kind === 'bind' || slot.kind === 'close') {
      slot.done?.();
      if (slot.kind === 'parse' && slot.run !== null) this.#options.writer.finish(slot.run);
    }
    this.#queue.shift();
  }

  #takeCopyIn(slot: ReplySlot, part: ScannedPart): void {
    if ((slot.kind !== 'query' && slot.kind !== 'execute') || slot.run === null) throw unexpected();
    this.#pass(slot, part);
    if (slot.kind === 'execute') this.#queue.dropSyncsBehindHead();
    this.#options.onCopyIn(slot.run);
  }

  #oversized(slot: ReplySlot | undefined): void {
    const run = currentRun(slot);
    if (run === null) throw unexpected();
    run.cut ??= new AccessError('masking_not_possible', 'A row is too large to be masked.', {
      requestId: run.id,
    });
    this.#options.cancel();
  }

  #pass(slot: ReplySlot, part: ScannedPart): void {
    if (!this.#end.swallowing) this.#options.writer.pass(currentRun(slot), part.source, part.start, part.end);
  }
}

const QUERY_CANCELED = '57014';

const STREAM_RULES = {
  dataRow: BACKEND_RULES.get(BackendType.DataRow) ?? BATCH,
  copyData: BACKEND_RULES.get(BackendType.CopyData) ?? BATCH,
};

const DONE_KIND = new Map<number, ReplySlot['kind']>([
  [BackendType.ParseComplete, 'parse'],
  [BackendType.BindComplete, 'bind'],
  [BackendType.CloseComplete, 'close'],
]);

/** The statement that a slot's answer belongs to. */
function currentRun(slot: ReplySlot | undefined): StatementRun | null {
  return slot === undefined || slot.kind === 'describe' || slot.kind === 'sync' || slot.kind === 'own-query'
    ? null
    : slot.run;
}

/** Whether the client must see nothing of a slot's answer. */
function isOwn(slot: ReplySlot): boolean {
  switch (slot.kind) {
    case 'query':
      return false;
    case 'own-query':
      return true;
    case 'execute':
      return slot.own !== null;
    case 'parse':
    case 'bind':
    case 'close':
    case 'describe':
    case 'sync':
      return slot.own;
  }
}

function forEachMessage(part: ScannedPart, take: (message: ScannedPart) => void): void {
  for (let at = part.start; at < part.end;) {
    const end = at + 1 + part.source.readInt32BE(at + 1);
    take({ ...part, start: at, end, messages: 1 });
    at = end;
  }
}

function unexpected(): AccessError {
  return new AccessError('target_closed', 'The target answered what was not asked, so the session ends.');
}
