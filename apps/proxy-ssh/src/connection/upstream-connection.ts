import {
  encodeGlobalRequest,
  encodeRequestFailure,
  type ChannelOpen,
  type ChannelOpenFailure,
  type ChannelOpenKind,
  type GlobalRequestKind,
} from '@sallyport/codec-ssh';
import {
  UpstreamChannel,
  type AuthorizedTarget,
  type ForwardPermit,
  type ForwardedStatement,
  type RecordedInput,
} from '@sallyport/proxy-kit';
import type { SshTransport } from '../transport/ssh-transport.ts';
import type { ChannelEnd, ChannelHandler } from './channel-end.ts';
import { ConnectionLayer, type ConnectionLimits, type GlobalReply } from './connection-layer.ts';
import { Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { proofPort } from './proof-port.ts';
import { UpstreamEnd } from './upstream-end.ts';

export interface UpstreamConnectionOptions {
  readonly target: AuthorizedTarget;
  readonly transport: SshTransport;
  readonly limits: ConnectionLimits;
  readonly keepalive: Pick<KeepaliveOptions, 'intervalMs' | 'countMax'>;
  /** The target opens a channel; it is accepted or refused by whoever knows whether it was asked for. */
  readonly onChannel: (upstream: UpstreamConnection, open: ChannelOpen) => void;
  /** Messages of one read were handled. */
  readonly onTurn: () => void;
  /** The target takes bytes again. */
  readonly onDrain: () => void;
}

type OpenAnswer = UpstreamEnd | ChannelOpenFailure;

/** The session's one connection to its target: opens channels for what is permitted. */
export class UpstreamConnection {
  readonly transport: SshTransport;
  readonly #target: AuthorizedTarget;
  readonly #layer: ConnectionLayer;
  readonly #openings: UpstreamChannel;
  readonly #keepalive: Keepalive;

  constructor(options: UpstreamConnectionOptions) {
    const { target, transport, limits, keepalive } = options;
    this.transport = transport;
    this.#target = target;
    this.#layer = new ConnectionLayer(
      transport,
      {
        onOpen: (open) => {
          options.onChannel(this, open);
        },
        onGlobalRequest: ({ wantReply }) => {
          if (wantReply) transport.send(encodeRequestFailure());
        },
        onViolation: () => {
          transport.destroy();
        },
        onTurn: options.onTurn,
        onDrain: options.onDrain,
      },
      limits,
    );
    this.#openings = new UpstreamChannel(
      target,
      proofPort((payload) => {
        transport.send(payload);
      }),
      Number.POSITIVE_INFINITY,
    );
    this.#keepalive = new Keepalive(this.#layer, {
      ...keepalive,
      received: () => transport.receivedBytes,
      onGone: () => {
        transport.destroy();
      },
    });
    void transport.ended.then(() => {
      this.#keepalive.stop();
      this.#layer.lost();
    });
    transport.listen(this.#layer);
  }

  /** Opens a channel for a statement that may run. The opening itself says nothing of the caller's. */
  openSession(_permit: ForwardPermit, handler: ChannelHandler, onAnswer: (answer: OpenAnswer) => void): void {
    this.transport.send(this.#prepare({ kind: 'session' }, handler, onAnswer));
  }

  /** Opens a channel whose opening is the statement: a forwarded connection. */
  openForward(
    permit: ForwardPermit,
    open: ChannelOpenKind,
    handler: ChannelHandler,
    onAnswer: (answer: OpenAnswer) => void,
  ): ForwardedStatement {
    const forwarded = this.#openings.send(permit, this.#prepare(open, handler, onAnswer));
    this.#openings.flush();
    return forwarded;
  }

  /** Sends a global request that is the statement: to listen for the caller. */
  requestForward(
    permit: ForwardPermit,
    request: GlobalRequestKind,
    onReply: GlobalReply,
  ): ForwardedStatement {
    this.#layer.expectGlobalReply(onReply);
    const forwarded = this.#openings.send(permit, this.encodeGlobal(request));
    this.#openings.flush();
    return forwarded;
  }

  /** The message of a global request, to be recorded and then sent with `tellGlobal`. */
  encodeGlobal(request: GlobalRequestKind): Buffer {
    return encodeGlobalRequest({ wantReply: true, request });
  }

  tellGlobal(recorded: RecordedInput, onReply: (success: boolean) => void): void {
    this.#layer.expectGlobalReply(onReply);
    this.#openings.sendInput(recorded);
    this.#openings.flush();
  }

  /** Takes a channel that the target opened. */
  accept(open: ChannelOpen, handler: ChannelHandler): UpstreamEnd {
    return new UpstreamEnd(this.#target, this.#layer.accept(open, handler));
  }

  refuse(open: ChannelOpen, reasonCode: number, description: string): void {
    this.#layer.refuse(open, reasonCode, description);
  }

  /** Gives windows back that wait for the caller to take bytes. */
  refill(): void {
    this.#layer.refill();
  }

  #prepare(open: ChannelOpenKind, handler: ChannelHandler, onAnswer: (answer: OpenAnswer) => void): Buffer {
    return this.#layer.prepareOpen(open, handler, (answer) => {
      onAnswer(isFailure(answer) ? answer : new UpstreamEnd(this.#target, answer));
    });
  }
}

function isFailure(answer: ChannelEnd | ChannelOpenFailure): answer is ChannelOpenFailure {
  return 'type' in answer;
}
