/**
 * One SFTP channel (draft-ietf-secsh-filexfer-02): the caller's packets are
 * read one by one, decided on by path and forwarded as they came but for their
 * id; answers come back in the order in which they are ready.
 */
import {
  CodecError,
  decodeSftpRequest,
  encodeSftpResponse,
  SFTP_VERSION,
  SftpStatus,
  SftpType,
  sftpPacketType,
  sftpRequestId,
  type ChannelRequest,
  type SftpExtension,
} from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import { maskFrames, type ForwardedStatement } from '@sallyport/proxy-kit';
import type { CallerEnd } from '../../connection/caller-end.ts';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import type { UpstreamEnd } from '../../connection/upstream-end.ts';
import { passMasker } from '../../stages/mask/output-masker.ts';
import type { ProgramEnd, StatementRun } from '../../stages/record/statement-run.ts';
import type { SessionCore } from '../session-core.ts';
import { checkRead } from './check-read.ts';
import { CallerOutbox } from './caller-outbox.ts';
import { CreditLedger } from './credit-ledger.ts';
import { CreditedFramer } from './credited-framer.ts';
import { knownExtensions } from './known-extensions.ts';
import { runRequest } from './run-request.ts';
import { SftpExchange } from './sftp-exchange.ts';
import { pathText } from './sftp-path.ts';
import { SftpTarget } from './sftp-target.ts';

export interface SftpRelayOptions {
  readonly core: SessionCore;
  readonly caller: CallerEnd;
  readonly run: StatementRun;
  /** The caller closed the channel, or the session ends. */
  readonly signal: AbortSignal;
}

/** Requests of one channel that may be dealt with at one time, those that wait for approval among them. */
const MAX_OPEN_REQUESTS = 1024;

export class SftpRelay {
  readonly fromCaller: ChannelHandler;
  readonly fromUpstream: ChannelHandler;
  readonly #options: SftpRelayOptions;
  readonly #framer: CreditedFramer;
  readonly #target: SftpTarget;
  /** What goes to the target, and to the caller; each gives back where its bytes came from. */
  readonly #toTarget: CreditLedger;
  readonly #toCaller: CreditLedger;
  readonly #outbox: CallerOutbox;
  readonly #leaving = new AbortController();
  #upstream: UpstreamEnd | null = null;
  #exchange: SftpExchange | null = null;
  #extensions: readonly SftpExtension[] | null = null;
  #greeted = false;
  #gotEof = false;
  #end: ProgramEnd | null = null;
  #over = false;
  #pumping = false;

  constructor(options: SftpRelayOptions) {
    this.#options = options;
    const giveCaller = (bytes: number) => {
      options.caller.handedOn(bytes);
      if (!options.core.isUpstreamCongested()) options.caller.refill();
    };
    const giveTarget = (bytes: number) => {
      this.#upstream?.handedOn(bytes);
      if (!options.core.isCallerCongested()) this.#upstream?.refill();
    };
    this.#framer = new CreditedFramer(giveCaller);
    this.#toTarget = new CreditLedger(giveCaller);
    this.#toCaller = new CreditLedger(giveTarget);
    this.#outbox = new CallerOutbox(options.caller, this.#toCaller);
    this.#target = new SftpTarget({
      onOwnBytes: (bytes) => {
        this.#toTarget.expect(bytes, 0);
      },
      give: giveTarget,
    });
    this.fromCaller = this.#callerHandler();
    this.fromUpstream = this.#upstreamHandler();
  }

  /** The target's side is there, and the subsystem is on its way. */
  attach(upstream: UpstreamEnd, session: ForwardedStatement): void {
    const { core, caller, signal } = this.#options;
    this.#upstream = upstream;
    const exchange = new SftpExchange({
      core,
      outbox: this.#outbox,
      target: this.#target,
      stream: upstream.stream,
      session,
      signal: AbortSignal.any([signal, this.#leaving.signal]),
      ledger: this.#toTarget,
      give: (bytes) => {
        caller.handedOn(bytes);
        caller.refill();
      },
      onRoom: () => {
        this.#pump();
      },
      onFailure: (error) => {
        this.#fail(error);
      },
    });
    this.#exchange = exchange;
    this.#target.greet(upstream.stream);
    exchange.watch(this.#begin(exchange));
  }

  /** Where relative paths begin is asked before anything is decided on. */
  async #begin(exchange: SftpExchange): Promise<void> {
    const extensions = await this.#target.version;
    const start = await this.#target.realPath(Buffer.from('.'));
    exchange.start = start === null ? null : pathText(start);
    this.#extensions = knownExtensions(extensions);
    this.#pump();
  }

  #callerHandler(): ChannelHandler {
    const { caller } = this.#options;
    return {
      onData: (data, dataType) => {
        if (dataType !== null || this.#over || this.#gotEof) {
          caller.handedOn(data.length);
          return;
        }
        this.#framer.push(data);
        this.#pump();
      },
      onEof: () => {
        this.#gotEof = true;
        // Who sends no more is not there to see what an approval would let happen.
        this.#withdraw();
        this.#pump();
      },
      onRequest: ({ wantReply }) => {
        if (wantReply) caller.reply(false);
      },
      onReply: () => undefined,
      onClose: () => {
        this.#finish(StatementOutcome.CANCELED, '');
        this.#upstream?.close();
        caller.close();
      },
      onSent: (bytes) => {
        this.#toCaller.sent(bytes);
      },
      onLost: () => {
        this.#finish(StatementOutcome.CUT_OFF, '');
        this.#upstream?.close();
      },
    };
  }

  #upstreamHandler(): ChannelHandler {
    const { caller } = this.#options;
    return {
      onData: (data, dataType) => {
        this.#fromTarget(data, dataType);
      },
      onEof: () => {
        this.#outbox.lane.pass(() => {
          this.#outbox.flush();
          caller.eof();
        });
      },
      onRequest: (message) => {
        this.#upstreamRequest(message);
      },
      onReply: (success) => {
        this.#upstream?.replied(success);
      },
      onClose: () => {
        this.#upstreamClosed();
      },
      onSent: (bytes) => {
        this.#toTarget.sent(bytes);
      },
      onLost: () => {
        if (this.#over) return;
        this.#fail(new AccessError('target_closed', 'The target closed the connection.'));
      },
    };
  }

  /** Takes the caller's packets while there is room for them. */
  #pump(): void {
    const exchange = this.#exchange;
    if (exchange === null || this.#extensions === null || this.#over || this.#pumping) return;
    // Answers made here make room at once: the loop goes on, it does not begin again within itself.
    this.#pumping = true;
    try {
      while (exchange.open < MAX_OPEN_REQUESTS) {
        const packet = this.#framer.next();
        if (packet === null) break;
        this.#take(exchange, packet, this.#framer.credit);
      }
    } catch (thrown) {
      this.#fail(thrown);
      return;
    } finally {
      this.#pumping = false;
    }
    if (this.#gotEof && this.#framer.isDrained && exchange.open < MAX_OPEN_REQUESTS) {
      exchange.toTarget.pass(() => this.#upstream?.eof());
    }
  }

  /** @throws CodecError where the stream cannot be read on */
  #take(exchange: SftpExchange, packet: Buffer, credit: number): void {
    const id = sftpRequestId(packet);
    if (id === null) {
      this.#greet(packet, credit);
      return;
    }
    if (!this.#greeted) throw new CodecError('unexpected', 'An SFTP request came before the greeting.');
    const ticket = exchange.ticket(id, packet, credit);
    try {
      const request = decodeSftpRequest(packet);
      if (request.type === 'INIT') throw new CodecError('unexpected', 'A second SFTP greeting came.');
      runRequest(exchange, ticket, request);
    } catch (thrown) {
      if (!(thrown instanceof CodecError)) throw thrown;
      const code = thrown.reason === 'unexpected' ? SftpStatus.OP_UNSUPPORTED : SftpStatus.BAD_MESSAGE;
      exchange.toTarget.pass(() => {
        exchange.status(ticket, code, `sallyport: ${thrown.publicMessage}`);
      });
    }
  }

  /** INIT: the caller hears of what can be decided on, and of nothing else that the target can do. */
  #greet(packet: Buffer, credit: number): void {
    const { caller } = this.#options;
    const request = sftpPacketType(packet) === SftpType.INIT ? decodeSftpRequest(packet) : null;
    if (request?.type !== 'INIT' || this.#greeted) {
      throw new CodecError('unexpected', 'An SFTP greeting came that is not expected.');
    }
    if (request.version < SFTP_VERSION) {
      const message = `Version ${request.version} of SFTP is not spoken here; only 3 is.`;
      throw new AccessError('feature_not_supported', message);
    }
    this.#greeted = true;
    caller.handedOn(credit);
    const extensions = this.#extensions ?? [];
    this.#outbox.own(encodeSftpResponse({ type: 'VERSION', version: SFTP_VERSION, extensions }));
  }

  #fromTarget(data: Buffer, dataType: number | null): void {
    if (this.#over) {
      this.#upstream?.handedOn(data.length);
      return;
    }
    if (dataType !== null) {
      this.#errorOutput(data, dataType);
      return;
    }
    try {
      this.#target.receive(data);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** What the target's server says on standard error. */
  #errorOutput(data: Buffer, dataType: number): void {
    const { core, caller, run } = this.#options;
    if (checkRead(run.decided.decision, []) !== null) {
      // What is in it cannot be masked, and nobody waits for it.
      this.#upstream?.handedOn(data.length);
      return;
    }
    const frames = maskFrames(passMasker, data);
    const ready = this.#outbox.lane.wait();
    core.target.recorder.output(
      run.id,
      'bytes',
      frames,
      () => {
        ready(() => {
          this.#outbox.flush();
          this.#toCaller.expect(data.length, data.length);
          caller.send(frames, dataType);
        });
      },
      null,
      'stderr',
    );
  }

  #upstreamRequest({ request, wantReply }: ChannelRequest): void {
    const { caller } = this.#options;
    switch (request.kind) {
      case 'exit-status':
        this.#end ??= { kind: 'exit', status: request.status };
        break;
      case 'exit-signal':
        this.#end ??= { kind: 'signal', signal: request.signal };
        break;
      default:
        if (wantReply) this.#upstream?.reply(false);
        return;
    }
    this.#outbox.lane.pass(() => {
      this.#outbox.flush();
      caller.request(request);
    });
  }

  #upstreamClosed(): void {
    const { caller, run } = this.#options;
    this.#upstream?.close();
    if (this.#over) return;
    run.finishProgram(this.#end);
    this.#finish(StatementOutcome.CUT_OFF, '');
    this.#outbox.lane.pass(() => {
      this.#outbox.flush();
      caller.close();
    });
  }

  /** Ends the channel from here. */
  #fail(thrown: unknown): void {
    if (this.#over) return;
    const error =
      thrown instanceof CodecError
        ? new AccessError('protocol_violation', thrown.publicMessage, {}, thrown)
        : toAccessError(thrown);
    const { caller } = this.#options;
    this.#finish(StatementOutcome.FAILED, error.code);
    this.#upstream?.close();
    this.#outbox.lane.pass(() => {
      this.#outbox.flush();
      caller.refuse(error);
    });
  }

  /** Every statement of the channel has its end; nothing of the caller's is sent any more. */
  #finish(outcome: StatementOutcome, status: string): void {
    this.#over = true;
    this.#withdraw();
    this.#target.end();
    const exchange = this.#exchange;
    exchange?.end();
    for (const file of exchange?.files.values() ?? []) file.finish(StatementOutcome.CUT_OFF, 'not closed');
    exchange?.files.clear();
    this.#options.run.finish(outcome, status);
  }

  #withdraw(): void {
    this.#leaving.abort(new AccessError('hold_withdrawn', 'The caller left.'));
  }
}
