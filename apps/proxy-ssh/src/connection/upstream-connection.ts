import {
  ChannelOpenFailureReason,
  encodeRequestFailure,
  type ChannelOpenFailure,
  type ChannelOpenKind,
} from '@sallyport/codec-ssh';
import {
  UpstreamChannel,
  type AuthorizedTarget,
  type ForwardPermit,
  type ForwardedStatement,
} from '@sallyport/proxy-kit';
import type { SshTransport } from '../transport/ssh-transport.ts';
import type { ChannelEnd, ChannelHandler } from './channel-end.ts';
import { ConnectionLayer, type ConnectionLimits } from './connection-layer.ts';
import { Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { proofPort } from './proof-port.ts';
import { UpstreamEnd } from './upstream-end.ts';

export interface UpstreamConnectionOptions {
  readonly target: AuthorizedTarget;
  readonly transport: SshTransport;
  readonly limits: ConnectionLimits;
  readonly keepalive: Pick<KeepaliveOptions, 'intervalMs' | 'countMax'>;
  /** Messages of one read were handled. */
  readonly onTurn: () => void;
  /** The target takes bytes again. */
  readonly onDrain: () => void;
}

type OpenAnswer = UpstreamEnd | ChannelOpenFailure;

/** The session's one connection to its target: opens channels for what is permitted, and takes none. */
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
          // Forwarded connections, agents and displays: nothing was asked for that would bring them.
          this.#layer.refuse(open, ChannelOpenFailureReason.ADMINISTRATIVELY_PROHIBITED, 'not asked for');
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
