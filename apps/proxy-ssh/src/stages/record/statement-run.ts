import { StatementOutcome } from '@sallyport/contracts/event';
import {
  encodeFinished,
  type DecidedStatement,
  type SessionRecorder,
  type StatementMeter,
} from '@sallyport/proxy-kit';
import type { MaskCount } from '../../mask-count.ts';

/** One statement between its decision and its end. */
export class StatementRun {
  readonly decided: DecidedStatement;
  readonly meter: StatementMeter | null;
  readonly #recorder: SessionRecorder;
  readonly #startedUs = nowUs();
  /** Bytes that its caller received. */
  bytes = 0;
  /** What was hidden in them. */
  maskCounts: () => readonly MaskCount[] = () => [];
  #finished = false;

  constructor(decided: DecidedStatement, meter: StatementMeter | null, recorder: SessionRecorder) {
    this.decided = decided;
    this.meter = meter;
    this.#recorder = recorder;
  }

  get id(): string {
    return this.decided.request.id;
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  /** Records its end, once. `status` is the target's own word for it: "exit 0", "signal TERM"; ASCII. */
  finish(outcome: StatementOutcome, status: string): void {
    if (this.#finished) return;
    this.#finished = true;
    const word = status.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_STATUS);
    const durationUs = Math.max(0, nowUs() - this.#startedUs);
    const masks = this.maskCounts();
    if (masks.length > 0) {
      this.#recorder.finished({
        statementId: this.id,
        outcome,
        status: word,
        bytes: BigInt(this.bytes),
        durationUs: BigInt(durationUs),
        masks: masks.map((count) => ({ ...count, values: BigInt(count.values) })),
      });
      return;
    }
    this.#recorder.finishedEncoded(
      encodeFinished(this.id, word, {
        outcome,
        rows: 0,
        bytes: this.bytes,
        durationUs,
      }),
    );
  }

  /** As `finish`, for what a program ended with; null: the target did not say. */
  finishProgram(end: ProgramEnd | null): void {
    if (end === null) this.finish(StatementOutcome.COMPLETED, '');
    else if (end.kind === 'signal') this.finish(StatementOutcome.FAILED, `signal ${end.signal}`);
    else
      this.finish(
        end.status === 0 ? StatementOutcome.COMPLETED : StatementOutcome.FAILED,
        `exit ${end.status}`,
      );
  }
}

/** How a program on the target ended (RFC 4254, 6.10). */
export type ProgramEnd =
  { readonly kind: 'exit'; readonly status: number } | { readonly kind: 'signal'; readonly signal: string };

const MAX_STATUS = 200;

function nowUs(): number {
  return Math.round(performance.now() * 1000);
}
