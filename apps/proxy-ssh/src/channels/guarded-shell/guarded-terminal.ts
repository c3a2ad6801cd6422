/**
 * Between a guarded shell and its caller: answers what the guard on the target
 * asks, and ends the shell when what it says does not add up.
 *
 *   starting -> (hello) -> idle -> (ready) -> reading -> (ask) -> asking -> running | idle | reading
 */
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { randomBytes } from 'node:crypto';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import type { UpstreamEnd } from '../../connection/upstream-end.ts';
import type { Admission } from '../../stages/decide/statement-gate.ts';
import type { StatementAsk } from '../../stages/classify/statement-ask.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import { refusalText } from '../../wire-errors.ts';
import { classifyLine } from './classify-line.ts';
import { encodeAnswer, encodeNonce, encodeNotes, type GuardAnswer } from './guard-answer.ts';
import { InputGate } from './input-gate.ts';
import { MarkReader, type GuardMark } from './mark-reader.ts';

export interface GuardedTerminalOptions {
  /** What relays the channel otherwise. */
  readonly relay: {
    readonly fromCaller: ChannelHandler;
    readonly fromUpstream: ChannelHandler;
    cut(error: AccessError): void;
  };
  readonly upstream: UpstreamEnd;
  readonly admit: (
    ask: StatementAsk,
    signal: AbortSignal,
    onHeld: (text: string) => void,
  ) => Promise<Admission>;
  /** Masks that a line asks for and that this terminal does not do, as an error; null: all are done. */
  readonly unmasked: (run: StatementRun) => AccessError | null;
  readonly maxLineBytes: number;
  /** Bytes of the caller's that go nowhere. */
  readonly onDropped: (bytes: number) => void;
  readonly onDefect: (error: unknown) => void;
  readonly startTimeoutMs?: number;
  readonly lineTimeoutMs?: number;
}

type State =
  | { readonly kind: 'starting' | 'idle' | 'reading' | 'over' }
  | { readonly kind: 'asking'; readonly id: string; readonly leaving: AbortController }
  | { readonly kind: 'running'; readonly run: StatementRun };

const START_TIMEOUT_MS = 15_000;
const LINE_TIMEOUT_MS = 250;
const INTERRUPT = 0x03;

export class GuardedTerminal {
  readonly fromCaller: ChannelHandler;
  readonly fromUpstream: ChannelHandler;
  readonly #options: GuardedTerminalOptions;
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #marks = new MarkReader(this.#nonce);
  readonly #gate: InputGate;
  readonly #startTimer: NodeJS.Timeout;
  #state: State = { kind: 'starting' };

  constructor(options: GuardedTerminalOptions) {
    this.#options = options;
    this.#gate = new InputGate(options.relay.fromCaller, options.lineTimeoutMs ?? LINE_TIMEOUT_MS);
    this.fromCaller = this.#callerHandler();
    this.fromUpstream = this.#upstreamHandler();
    this.#startTimer = setTimeout(() => {
      this.#cut('the target started no bash that can be guarded');
    }, options.startTimeoutMs ?? START_TIMEOUT_MS);
  }

  #callerHandler(): ChannelHandler {
    const { fromCaller } = this.#options.relay;
    return {
      ...fromCaller,
      onData: (data, dataType) => {
        if (dataType === null) this.#typed(data);
        else fromCaller.onData(data, dataType);
      },
      onEof: () => {
        this.#gate.end();
      },
      onClose: () => {
        this.#end('canceled');
        fromCaller.onClose();
      },
      onLost: () => {
        this.#end('cut off');
        fromCaller.onLost();
      },
    };
  }

  #upstreamHandler(): ChannelHandler {
    const { fromUpstream } = this.#options.relay;
    return {
      ...fromUpstream,
      onData: (data, dataType) => {
        if (dataType === null) this.#output(data);
        else fromUpstream.onData(data, dataType);
      },
      onEof: () => {
        this.#flush();
        fromUpstream.onEof();
      },
      onRequest: (message) => {
        if (message.request.kind === 'exit-status') this.#flush();
        fromUpstream.onRequest(message);
      },
      onClose: () => {
        this.#flush();
        this.#end('completed');
        fromUpstream.onClose();
      },
      onLost: () => {
        this.#end('cut off');
        fromUpstream.onLost();
      },
    };
  }

  #typed(data: Buffer): void {
    this.#gate.data(data);
    if (this.#state.kind !== 'asking') return;
    const dropped = this.#gate.dropThrough(INTERRUPT);
    if (dropped === 0) return;
    this.#options.onDropped(dropped);
    this.#state.leaving.abort(new AccessError('hold_withdrawn', 'The line was interrupted.'));
  }

  #output(data: Buffer): void {
    const { relay, upstream } = this.#options;
    const parts = this.#marks.read(data);
    if (parts === null) {
      this.#cut('the target sent a question without an end');
      return;
    }
    for (const part of parts) {
      if (part.kind === 'bytes') relay.fromUpstream.onData(part.bytes, null);
      else {
        upstream.handedOn(part.length);
        this.#mark(part.mark);
      }
    }
  }

  #flush(): void {
    const kept = this.#marks.flush();
    if (kept.length > 0) this.#options.relay.fromUpstream.onData(kept, null);
  }

  #mark(mark: GuardMark): void {
    const state = this.#state;
    if (state.kind === 'over') return;
    switch (mark.kind) {
      case 'hello':
        // Before anything of the caller's ran; later it is some program's output.
        if (state.kind !== 'starting') return;
        clearTimeout(this.#startTimer);
        this.#state = { kind: 'idle' };
        this.#options.upstream.own(encodeNonce(this.#nonce));
        return;
      case 'ready':
        if (state.kind === 'asking') this.#withdraw(state.leaving);
        if (state.kind === 'running') finish(state.run, mark.status);
        this.#state = { kind: 'reading' };
        this.#gate.set('line');
        return;
      case 'ask':
        if (state.kind === 'reading') this.#ask(mark.id, mark.text).catch(this.#options.onDefect);
        else this.#cut('it asked about a line when none was being read');
    }
  }

  async #ask(id: string, text: string | null): Promise<void> {
    const { admit, maxLineBytes, upstream } = this.#options;
    const reading = classifyLine(text, maxLineBytes);
    if (reading.kind !== 'statement') {
      const isMore = reading.kind === 'incomplete';
      this.#gate.set('closed');
      this.#reply(id, isMore ? 'more' : 'skip');
      this.#state = { kind: isMore ? 'reading' : 'idle' };
      if (isMore) this.#gate.set('line');
      return;
    }
    const leaving = new AbortController();
    const asking: State = { kind: 'asking', id, leaving };
    this.#state = asking;
    this.#gate.set('closed');
    const admission = await admit(reading.ask, leaving.signal, (held) => {
      if (this.#state === asking) upstream.own(encodeNotes(id, held));
    });
    if (this.#state !== asking) {
      // It is asked about no more: nobody waits for this.
      if (admission.kind === 'permit') admission.run.finish(StatementOutcome.CANCELED, 'interrupted');
      return;
    }
    const error = admission.kind === 'refused' ? admission.error : this.#unmasked(admission.run);
    if (admission.kind === 'refused' || error !== null) {
      this.#state = { kind: 'idle' };
      if (error !== null) upstream.own(encodeNotes(id, refusalText(error)));
      this.#reply(id, 'deny');
      return;
    }
    this.#state = { kind: 'running', run: admission.run };
    upstream.answer(admission.permit, encodeAnswer(id, 'allow'));
    this.#gate.set('open');
  }

  #unmasked(run: StatementRun): AccessError | null {
    const error = this.#options.unmasked(run);
    if (error !== null) run.finish(StatementOutcome.REFUSED, error.code);
    return error;
  }

  #reply(id: string, answer: Exclude<GuardAnswer, 'allow'>): void {
    this.#options.upstream.own(encodeAnswer(id, answer));
  }

  #withdraw(leaving: AbortController): void {
    leaving.abort(new AccessError('hold_withdrawn', 'The line was interrupted.'));
  }

  #cut(what: string): void {
    this.#end('cut off');
    this.#options.relay.cut(
      new AccessError('feature_not_supported', `The guarded shell cannot go on: ${what}.`),
    );
  }

  #end(how: 'canceled' | 'cut off' | 'completed'): void {
    const state = this.#state;
    clearTimeout(this.#startTimer);
    this.#gate.close();
    this.#state = { kind: 'over' };
    if (state.kind === 'asking') this.#withdraw(state.leaving);
    if (state.kind === 'running') state.run.finish(OUTCOMES[how], '');
  }
}

const OUTCOMES = {
  canceled: StatementOutcome.CANCELED,
  'cut off': StatementOutcome.CUT_OFF,
  completed: StatementOutcome.COMPLETED,
} as const;

function finish(run: StatementRun, status: string): void {
  run.finish(status === '0' ? StatementOutcome.COMPLETED : StatementOutcome.FAILED, `exit ${status}`);
}
