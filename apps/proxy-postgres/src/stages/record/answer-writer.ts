import { create, toBinary } from '@bufbuild/protobuf';
import { StatementFinishedSchema, StatementOutcome } from '@sallyport/contracts/event';
import {
  encodeFinished,
  joinFrames,
  maskFrames,
  proxyMadeFrames,
  type ClientChannel,
  type FrameMasker,
  type MaskedFrames,
  type SessionRecorder,
} from '@sallyport/proxy-kit';
import type { StatementRun } from '../../loops/statement-run.ts';

/** How recordings say that output is messages of this protocol's server side. */
const FORMAT = 'postgres.backend';

/** What an answer plan decided to pass goes through as it came. */
const UNTOUCHED: FrameMasker = { mask: (bytes) => [bytes] };

/**
 * Records what goes to the client, then sends it: in this order, in one piece
 * for each statement and read. Bytes that lie side by side stay one piece.
 */
export class AnswerWriter {
  readonly #recorder: SessionRecorder;
  readonly #client: ClientChannel;
  readonly #onSent: () => void;
  #run: StatementRun | null = null;
  #frames: MaskedFrames[] = [];
  /** A region of one buffer that passes as it is. */
  #source: Buffer | null = null;
  #start = 0;
  #end = 0;
  readonly #finishing: StatementRun[] = [];

  /** @param onSent called after something was sent, to look whether the client keeps up */
  constructor(recorder: SessionRecorder, client: ClientChannel, onSent: () => void) {
    this.#recorder = recorder;
    this.#client = client;
    this.#onSent = onSent;
  }

  /** Bytes whose plan lets them pass. */
  pass(run: StatementRun | null, source: Buffer, start: number, end: number): void {
    this.#switchTo(run);
    if (this.#source === source && this.#end === start) {
      this.#end = end;
      return;
    }
    this.#closeRegion();
    this.#source = source;
    this.#start = start;
    this.#end = end;
  }

  /** Bytes that were masked. */
  masked(run: StatementRun | null, masker: FrameMasker, bytes: Uint8Array): void {
    this.#switchTo(run);
    this.#closeRegion();
    this.#frames.push(maskFrames(masker, bytes));
  }

  /** Messages of the proxy's own. */
  own(run: StatementRun | null, bytes: Uint8Array): void {
    this.#switchTo(run);
    this.#closeRegion();
    this.#frames.push(proxyMadeFrames(bytes));
  }

  /** A statement's end; recorded after what of its answer is still here. */
  finish(run: StatementRun): void {
    if (run.finished) return;
    run.finished = true;
    if (run === this.#run) {
      this.#finishing.push(run);
      return;
    }
    this.flush();
    this.#recorder.finishedEncoded(encodeEnd(run));
  }

  /** Hands everything over; called at the end of each read. */
  flush(): void {
    this.#closeRegion();
    const frames = this.#frames;
    const run = this.#run;
    if (frames.length > 0) {
      this.#frames = [];
      const all = joinFrames(frames);
      if (run !== null) run.bytes += all.byteLength;
      const send = () => {
        this.#client.send(all);
        this.#onSent();
      };
      this.#recorder.output(run?.id ?? '', FORMAT, all, send, this.#takeEnd());
    }
    this.#run = null;
    for (let end = this.#takeEnd(); end !== null; end = this.#takeEnd()) this.#recorder.finishedEncoded(end);
  }

  #takeEnd(): Uint8Array | null {
    const run = this.#finishing.shift();
    return run === undefined ? null : encodeEnd(run);
  }

  #switchTo(run: StatementRun | null): void {
    if (
      run === this.#run ||
      (run === null && this.#frames.length > 0) ||
      (run === null && this.#source !== null)
    )
      return;
    this.flush();
    this.#run = run;
  }

  #closeRegion(): void {
    if (this.#source === null) return;
    this.#frames.push(maskFrames(UNTOUCHED, this.#source.subarray(this.#start, this.#end)));
    this.#source = null;
  }
}

/** The end of a statement as a StatementFinished event. */
function encodeEnd(run: StatementRun): Uint8Array {
  const durationUs =
    run.forwarded === null
      ? 0
      : Math.max(0, Math.round(performance.now() * 1000) - run.forwarded.forwardedAtUs);
  const outcome = run.outcome === StatementOutcome.UNSPECIFIED ? StatementOutcome.COMPLETED : run.outcome;
  const { id: statementId, status, rows, bytes } = run;
  if (run.masks.size === 0 && isAscii(status))
    return encodeFinished(statementId, status, { outcome, rows, bytes, durationUs });
  const finished = create(StatementFinishedSchema, {
    statementId,
    outcome,
    status,
    rows: BigInt(rows),
    bytes: BigInt(bytes),
    durationUs: BigInt(durationUs),
    masks: [...run.masks.values()].map((mask) => ({ ...mask, values: BigInt(mask.values) })),
  });
  return toBinary(StatementFinishedSchema, finished);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
