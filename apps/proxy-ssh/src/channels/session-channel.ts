/**
 * A caller's "session" channel until its program runs: gathers the terminal
 * and the variables, decides what must be decided, and hands the channel over
 * to what the caller asks for. Requests are taken one after the other.
 */
import type { ChannelRequest, ChannelRequestKind } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import type { CallerEnd } from '../connection/caller-end.ts';
import type { ChannelHandler } from '../connection/channel-end.ts';
import {
  classifyAgent,
  classifyVariable,
  classifyX11,
  isHarmlessVariable,
} from '../stages/classify/classify-request.ts';
import { CHANNEL_KINDS } from './channel-kinds.ts';
import type { ProgramRequest } from './channel-kind.ts';
import type { SessionCore } from './session-core.ts';
import type { PtyRequest, SetupVariable } from './session-setup.ts';

/** Bounds of what is kept before there is a program. */
const MAX_WAITING_REQUESTS = 256;
const MAX_VARIABLES = 256;

type Early =
  | { readonly kind: 'data'; readonly data: Buffer; readonly dataType: number | null }
  | { readonly kind: 'eof' }
  | { readonly kind: 'request'; readonly message: ChannelRequest };

export class SessionChannel implements ChannelHandler {
  readonly #core: SessionCore;
  readonly #onDefect: (error: unknown) => void;
  readonly #leaving = new AbortController();
  readonly #requests: ChannelRequest[] = [];
  /** What came after the request that starts the program. */
  readonly #early: Early[] = [];
  readonly #variables: SetupVariable[] = [];
  #caller: CallerEnd | null = null;
  #pty: PtyRequest | null = null;
  #working = false;
  #started = false;

  constructor(core: SessionCore, onDefect: (error: unknown) => void) {
    this.#core = core;
    this.#onDefect = onDefect;
  }

  open(caller: CallerEnd): void {
    this.#caller = caller;
  }

  onData(data: Buffer, dataType: number | null): void {
    // As much as the window allows may wait.
    this.#early.push({ kind: 'data', data, dataType });
  }

  onEof(): void {
    this.#early.push({ kind: 'eof' });
  }

  onRequest(message: ChannelRequest): void {
    if (this.#requests.length + this.#early.length > MAX_WAITING_REQUESTS) {
      if (message.wantReply) this.#reply(false);
      return;
    }
    if (this.#started) {
      this.#early.push({ kind: 'request', message });
      return;
    }
    this.#requests.push(message);
    if (!this.#working) this.#work().catch(this.#onDefect);
  }

  onReply(): void {
    // Nothing was asked of the caller.
  }

  onClose(): void {
    if (!this.#started) this.#giveUpVariables();
    this.#leaving.abort(new AccessError('hold_withdrawn', 'The caller closed the channel.'));
    this.#caller?.close();
  }

  onSent(): void {
    // The door's own words cost nobody a window.
  }

  onLost(): void {
    this.#giveUpVariables();
    this.#leaving.abort(new AccessError('hold_withdrawn', 'The connection ended.'));
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.#leaving.signal, this.#core.life.signal]);
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#requests.shift(); next !== undefined; next = this.#requests.shift()) {
      const { request, wantReply } = next;
      switch (request.kind) {
        case 'exec':
        case 'shell':
        case 'subsystem':
          await this.#start(request, wantReply);
          return;
        default: {
          const success = await this.#prepare(request);
          if (wantReply) this.#reply(success);
        }
      }
    }
    this.#working = false;
  }

  /** What comes before the program. False: it was not taken. */
  async #prepare(request: ChannelRequestKind): Promise<boolean> {
    switch (request.kind) {
      case 'pty-req':
        if (this.#pty !== null) return false;
        this.#pty = request;
        return true;
      case 'window-change':
        if (this.#pty !== null) this.#pty = { ...this.#pty, size: request.size };
        return this.#pty !== null;
      case 'env':
        return this.#variable(request.name, request.value);
      case 'auth-agent-req@openssh.com':
        return this.#decideForwarding(classifyAgent(), 'agent');
      case 'x11-req':
        return this.#decideForwarding(classifyX11(), 'X11');
      default:
        return false;
    }
  }

  async #variable(name: string, value: Buffer): Promise<boolean> {
    if (this.#variables.length >= MAX_VARIABLES) return false;
    if (isHarmlessVariable(name, value)) {
      this.#variables.push({ name, value, decided: null });
      return true;
    }
    const admission = await this.#core.gate.admit(classifyVariable(name, value), this.#signal, (text) => {
      this.#caller?.note(text);
    });
    // Clients send variables unasked and expect servers to leave some out, so no word of it.
    if (admission.kind === 'refused') return false;
    this.#variables.push({ name, value, decided: admission });
    return true;
  }

  async #decideForwarding(ask: ReturnType<typeof classifyAgent>, what: string): Promise<boolean> {
    const refusal = {
      code: 'feature_not_supported',
      message: `${what} forwarding does not go through this door.`,
    } as const;
    // Clients ask for it unasked, so no word of it but in the record.
    await this.#core.gate.admit({ ...ask, refusal }, this.#signal, () => undefined);
    return false;
  }

  async #start(request: ProgramRequest, wantReply: boolean): Promise<void> {
    const caller = this.#caller;
    const kind = CHANNEL_KINDS.find((each) => each.takes(request, this.#core));
    if (caller === null || kind === undefined) throw new Error('a program was asked for that no kind takes');
    this.#started = true;
    for (const message of this.#requests.splice(0)) this.#early.push({ kind: 'request', message });
    let answered = !wantReply;
    const answer = (success: boolean) => {
      if (answered) return;
      answered = true;
      caller.reply(success);
    };
    const setup = { pty: this.#pty, variables: this.#variables };
    const signal = this.#signal;
    const handler = await kind.start({ core: this.#core, caller, setup, request, signal, answer });
    this.#giveUpVariables();
    caller.handOver(handler);
    if (this.#leaving.signal.aborted) {
      if (this.#core.life.signal.aborted) handler.onLost();
      else handler.onClose();
      return;
    }
    for (const early of this.#early.splice(0)) deliver(early, handler);
  }

  /** Variables that were allowed and went nowhere have an end too. */
  #giveUpVariables(): void {
    for (const { decided } of this.#variables) decided?.run.finish(StatementOutcome.CANCELED, '');
  }

  #reply(success: boolean): void {
    this.#caller?.reply(success);
  }
}

function deliver(early: Early, handler: ChannelHandler): void {
  switch (early.kind) {
    case 'data':
      handler.onData(early.data, early.dataType);
      return;
    case 'eof':
      handler.onEof();
      return;
    case 'request':
      handler.onRequest(early.message);
  }
}
