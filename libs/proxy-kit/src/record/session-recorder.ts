import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { Durability, Outcome } from '@sallyport/contracts/access';
import {
  HoldCreatedSchema,
  HoldSettledSchema,
  InputSchema,
  PolicyChangedSchema,
  SessionOpenedSchema,
  StatementFinishedSchema,
} from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import {
  BODY_FIELD,
  EventTooLargeError,
  MAX_DATA_BYTES,
  type EncodedEvent,
  type EventChain,
} from '@sallyport/recording-format';
import type { DecidedStatement } from '../decide/decided-statement.ts';
import { refusalOf } from '../decide/refusal-of.ts';
import { ForwardPermit, RecordedInput, type ForwardedStatement } from '../proof/forward-permit.ts';
import { MaskedFrames } from '../proof/masked-frames.ts';
import { DataPacker } from './data-packer.ts';
import { fitStatement } from './oversized-statement.ts';
import { encodeOutput } from './output-encoding.ts';
import type { SpoolDurability, SpoolPort } from './spool-port.ts';
import { encodeStatementDecided } from './statement-encoding.ts';
import { refusedAsTooLarge } from './unrecordable-statement.ts';

/** A statement that waits for approval: what the hold runner turns into a permit. */
export interface HeldStatement {
  readonly kind: 'held';
  readonly decided: DecidedStatement;
}

/** What a recorded decision allows. */
export type RecordedDecision =
  | { readonly kind: 'permit'; readonly permit: ForwardPermit }
  | { readonly kind: 'refused'; readonly decided: DecidedStatement }
  | HeldStatement;

export interface SessionRecorderOptions {
  /** The session's hash chain; nobody else appends to it. */
  readonly chain: EventChain;
  readonly spool: SpoolPort;
  /** Told once, when recording fails: the session must end. */
  readonly onFailure: (reason: AccessError) => void;
}

/**
 * Writes one session's events, in order. Fail closed: after the first error
 * of the spool nothing is accepted, no permit is made and no output released,
 * and the session is told to end.
 */
export class SessionRecorder {
  readonly #options: SessionRecorderOptions;
  readonly #packer = new DataPacker();
  #state: 'open' | 'failed' | 'closed' = 'open';

  constructor(options: SessionRecorderOptions) {
    this.#options = options;
  }

  /** The first event. Resolves once it is durable; nothing may be connected to before. */
  opened(body: MessageInitShape<typeof SessionOpenedSchema>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#append(BODY_FIELD.sessionOpened, encode(SessionOpenedSchema, body), 'written', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /**
   * Records a decision. `then` runs once the event is as durable as the
   * decision's obligations ask, and never if it cannot be made durable.
   * @throws AccessError statement_too_large, when its effects do not fit an event: that it is
   *   refused is what was recorded, and `then` never runs
   */
  decided(decided: DecidedStatement, then: (recorded: RecordedDecision) => void): void {
    const { decided: fitted, overflow } = fitStatement(decided);
    for (const { format, bytes } of overflow) {
      for (const data of piecesOf([bytes])) {
        this.#append(
          BODY_FIELD.input,
          encode(InputSchema, { statementId: decided.request.id, format, data }),
          'written',
          ignore,
        );
      }
    }
    this.#appendDecision(fitted, (error) => {
      if (error !== null) return;
      switch (decided.decision.outcome) {
        case Outcome.ALLOW:
          then({ kind: 'permit', permit: new ForwardPermit(decided) });
          return;
        case Outcome.HOLD:
          then({ kind: 'held', decided });
          return;
        case Outcome.DENY:
        case Outcome.UNSPECIFIED:
        default:
          then({ kind: 'refused', decided });
      }
    });
  }

  #appendDecision(fitted: DecidedStatement, done: (error: AccessError | null) => void): void {
    try {
      const body = encodeStatementDecided(fitted);
      this.#append(BODY_FIELD.statementDecided, body, durabilityOf(fitted), done);
    } catch (thrown) {
      if (!(thrown instanceof EventTooLargeError)) throw thrown;
      const refused = refusedAsTooLarge(fitted);
      this.#append(BODY_FIELD.statementDecided, encodeStatementDecided(refused), 'written', ignore);
      throw refusalOf(refused);
    }
  }

  /** Records that a statement waits; resolves once durable. */
  holdCreated(body: MessageInitShape<typeof HoldCreatedSchema>): Promise<void> {
    return this.#appendSynced(BODY_FIELD.holdCreated, encode(HoldCreatedSchema, body));
  }

  /** Records how a hold ended; resolves once durable. */
  holdSettled(body: MessageInitShape<typeof HoldSettledSchema>): Promise<void> {
    return this.#appendSynced(BODY_FIELD.holdSettled, encode(HoldSettledSchema, body));
  }

  /** Records the caller's further bytes for a statement; `then` gets the proof that sends them. */
  input(
    forwarded: ForwardedStatement,
    format: string,
    recorded: readonly Uint8Array[],
    sent: readonly Uint8Array[],
    then: (input: RecordedInput) => void,
  ): void {
    const pieces = piecesOf(recorded);
    const last = pieces.length - 1;
    const finish = (error: AccessError | null) => {
      if (error === null) then(new RecordedInput(sent));
    };
    if (last < 0) {
      this.#flushed(finish);
      return;
    }
    pieces.forEach((data, index) => {
      const body = encodeOutput(forwarded.statement.request.id, format, this.#packer.pack(data));
      this.#append(BODY_FIELD.input, body, 'written', index === last ? finish : ignore);
    });
  }

  /**
   * Records what the caller is about to receive; `then` runs once it may be sent. `finished` is the body of the
   * statement's end, where this is its last output. `channel`: "stdout", "stderr"; empty where there is one only.
   */
  output(
    statementId: string,
    format: string,
    frames: MaskedFrames,
    then: () => void,
    finished: Uint8Array | null = null,
    channel = '',
  ): void {
    const pieces = piecesOf(MaskedFrames.chunks(frames));
    const last = pieces.length - 1;
    const finish = (error: AccessError | null) => {
      if (error === null) then();
    };
    pieces.forEach((data, index) => {
      const body = encodeOutput(statementId, format, this.#packer.pack(data), channel);
      this.#append(BODY_FIELD.output, body, 'written', index === last && finished === null ? finish : ignore);
    });
    if (finished !== null) this.#append(BODY_FIELD.statementFinished, finished, 'written', finish);
    else if (last < 0) this.#flushed(finish);
  }

  /** Records a statement's end. */
  finished(body: MessageInitShape<typeof StatementFinishedSchema>): void {
    this.#append(BODY_FIELD.statementFinished, encode(StatementFinishedSchema, body), 'written', ignore);
  }

  /** As `finished`, for a body that was encoded by hand. */
  finishedEncoded(body: Uint8Array): void {
    this.#append(BODY_FIELD.statementFinished, body, 'written', ignore);
  }

  policyChanged(policyRevision: string): void {
    this.#append(
      BODY_FIELD.policyChanged,
      encode(PolicyChangedSchema, { policyRevision }),
      'written',
      ignore,
    );
  }

  /** The last event. Resolves when it is durable, or when it cannot be. */
  closed(reason: string): Promise<void> {
    const { spool, chain } = this.#options;
    if (this.#state === 'failed') spool.abandon?.(chain.sessionId);
    if (this.#state !== 'open') return Promise.resolve();
    this.#state = 'closed';
    return new Promise((resolve) => {
      spool.append(chain.sessionId, chain.close(reason).parts, 'written', () => {
        resolve();
      });
    });
  }

  #appendSynced(field: number, body: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#append(field, body, 'synced', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  #append(
    field: number,
    body: Uint8Array | readonly Uint8Array[],
    durability: SpoolDurability,
    done: (error: AccessError | null) => void,
  ): void {
    if (this.#state !== 'open') {
      done(notRecorded(null));
      return;
    }
    const { chain } = this.#options;
    this.#spool(chain.appendEncoded(field, body), durability, done);
    const checkpoint = chain.checkpointIfDue();
    if (checkpoint !== undefined) this.#spool(checkpoint, 'written', ignore);
  }

  #spool(event: EncodedEvent, durability: SpoolDurability, done: (error: AccessError | null) => void): void {
    const { spool, chain } = this.#options;
    spool.append(chain.sessionId, event.parts, durability, (error) => {
      this.#settle(error, done);
    });
  }

  /** Calls back after all that was appended so far. */
  #flushed(done: (error: AccessError | null) => void): void {
    if (this.#state !== 'open') {
      done(notRecorded(null));
      return;
    }
    process.nextTick(() => {
      done(this.#state === 'failed' ? notRecorded(null) : null);
    });
  }

  #settle(error: Error | undefined, done: (error: AccessError | null) => void): void {
    if (error === undefined) {
      done(this.#state === 'failed' ? notRecorded(null) : null);
      return;
    }
    const reason = notRecorded(error);
    if (this.#state !== 'failed') {
      this.#state = 'failed';
      this.#options.onFailure(reason);
    }
    done(reason);
  }
}

function ignore(): void {
  // Failures reach the session through onFailure.
}

function notRecorded(cause: unknown): AccessError {
  return new AccessError('recording_unavailable', 'The session cannot be recorded, so it ends.', {}, cause);
}

function encode<Desc extends DescMessage>(schema: Desc, body: MessageInitShape<Desc>): Uint8Array {
  return toBinary(schema, create(schema, body));
}

/** What policy asks for; where it asks for nothing, whatever changes something is synced (DESIGN.md, 2.7). */
function durabilityOf({ request, decision }: DecidedStatement): SpoolDurability {
  switch (decision.obligations?.durability ?? Durability.UNSPECIFIED) {
    case Durability.ACKED:
      return 'acked';
    case Durability.SYNCED:
      return 'synced';
    case Durability.WRITTEN:
      return 'written';
    case Durability.UNSPECIFIED:
    default:
      if (decision.outcome === Outcome.DENY) return 'written';
      return decision.outcome === Outcome.ALLOW && request.shape.effects.every((effect) => effect.readOnly)
        ? 'written'
        : 'synced';
  }
}

/** Chunks as pieces that fit one event each: small ones joined, large ones split. */
function piecesOf(chunks: readonly Uint8Array[]): Uint8Array[] {
  const only = chunks[0];
  if (chunks.length === 1 && only !== undefined && only.length > 0 && only.length <= MAX_DATA_BYTES)
    return [only];
  const pieces: Uint8Array[] = [];
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  const close = () => {
    const [first] = gathered;
    if (first !== undefined) pieces.push(gathered.length === 1 ? first : Buffer.concat(gathered, bytes));
    gathered = [];
    bytes = 0;
  };
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + MAX_DATA_BYTES - bytes);
      gathered.push(chunk.subarray(at, end));
      bytes += end - at;
      at = end;
      if (bytes === MAX_DATA_BYTES) close();
    }
  }
  close();
  return pieces;
}
