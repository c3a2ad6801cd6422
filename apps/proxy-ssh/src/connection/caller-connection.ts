/** The caller's side of a running session: its channels, its global requests, and its end. */
import {
  ChannelOpenFailureReason,
  encodeRequestFailure,
  encodeRequestSuccess,
  type ChannelOpen,
  type GlobalRequest,
  type GlobalRequestKind,
} from '@sallyport/codec-ssh';
import type { AccessError } from '@sallyport/errors';
import { openDirectForward } from '../channels/direct-forward.ts';
import { RemoteForwards, type RemoteForwardRequest } from '../channels/remote-forwards.ts';
import { SessionChannel } from '../channels/session-channel.ts';
import type { SessionCore } from '../channels/session-core.ts';
import { openTargetChannel } from '../channels/target-channel.ts';
import { classifyForward } from '../stages/classify/classify-request.ts';
import type { SshTransport } from '../transport/ssh-transport.ts';
import { refusalSentence, WIRE_FORMS } from '../wire-errors.ts';
import { CallerEnd } from './caller-end.ts';
import { ConnectionLayer } from './connection-layer.ts';
import { Keepalive } from './keepalive.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

export interface CallerConnectionOptions {
  readonly core: SessionCore;
  readonly transport: SshTransport;
  /** Messages of one read were handled. */
  readonly onTurn: () => void;
  /** The caller takes bytes again. */
  readonly onDrain: () => void;
  readonly onDefect: (error: unknown) => void;
}

/** Time for the reason of an end to be read on its channels. */
const LAST_WORDS_MS = 100;
/** Global requests that may wait for their turn. */
const MAX_WAITING = 64;

export class CallerConnection {
  readonly #options: CallerConnectionOptions;
  readonly #layer: ConnectionLayer;
  readonly #keepalive: Keepalive;
  readonly #ends = new Set<CallerEnd>();
  readonly #forwards: RemoteForwards;
  #moreSessions = true;
  #pendingForwards = 0;
  #waitingRequests = 0;
  #requests: Promise<void> = Promise.resolve();

  constructor(options: CallerConnectionOptions) {
    this.#options = options;
    const { core, transport } = options;
    this.#forwards = new RemoteForwards(core);
    const { limits, transport: settings } = core.config;
    this.#layer = new ConnectionLayer(
      transport,
      {
        onOpen: (open) => {
          this.#open(open);
        },
        onGlobalRequest: (request) => {
          this.#globalRequest(request);
        },
        onViolation: (error) => {
          core.life.end(error);
        },
        onTurn: () => {
          core.life.touch();
          options.onTurn();
        },
        onDrain: options.onDrain,
      },
      limits,
    );
    this.#keepalive = new Keepalive(this.#layer, {
      intervalMs: settings.keepaliveIntervalMs,
      countMax: settings.keepaliveCountMax,
      received: () => transport.receivedBytes,
      onGone: () => {
        transport.destroy();
      },
    });
  }

  /** Takes the caller's messages, those that wait first. */
  start(): void {
    this.#options.transport.listen(this.#layer);
  }

  /** Whether nothing would be lost if the session ended now. */
  get isIdle(): boolean {
    return this.#layer.openChannels === 0 && this.#pendingForwards === 0 && this.#forwards.size === 0;
  }

  /** Gives windows back that wait for the target to take bytes. */
  refill(): void {
    this.#layer.refill();
  }

  /**
   * Ends everything: nothing that still comes is read. The caller is told why on
   * every channel and by the disconnect, a moment later: clients that are
   * disconnected show nothing of what came right before.
   */
  async stop(reason: AccessError | null): Promise<void> {
    this.#keepalive.stop();
    const { transport } = this.#options;
    let told = false;
    for (const end of this.#ends) {
      if (reason === null || !end.isOpen) continue;
      end.refuse(reason);
      told = true;
    }
    this.#layer.lost();
    this.#forwards.end();
    if (reason === null) {
      transport.destroy();
      return;
    }
    transport.flush();
    if (told) await Promise.race([transport.ended, pause(LAST_WORDS_MS)]);
    transport.disconnect(WIRE_FORMS[reason.code].disconnect, refusalSentence(reason));
  }

  /** A channel that the target opens: the caller gets it if it comes of something that was permitted. */
  openFromTarget(upstream: UpstreamConnection, open: ChannelOpen): void {
    const { core, onDefect } = this.#options;
    if (!this.#hasRoom) {
      upstream.refuse(open, ChannelOpenFailureReason.RESOURCE_SHORTAGE, 'too many channels');
      return;
    }
    this.#pendingForwards++;
    this.#forwards
      .permitFor(open.open)
      .then((permit) => {
        if (permit === null || core.life.signal.aborted) {
          upstream.refuse(open, ChannelOpenFailureReason.ADMINISTRATIVELY_PROHIBITED, 'not asked for');
          return;
        }
        openTargetChannel(
          core,
          upstream,
          open,
          permit,
          (kind, handler, onAnswer) => {
            this.#options.transport.send(this.#layer.prepareOpen(kind, handler, onAnswer));
          },
          (end) => this.#ends.add(end),
        );
      })
      .catch(onDefect)
      .finally(() => {
        this.#pendingForwards--;
      });
  }

  get #hasRoom(): boolean {
    const { maxChannels } = this.#options.core.config.limits;
    return this.#layer.openChannels + this.#pendingForwards < maxChannels;
  }

  #open(open: ChannelOpen): void {
    const { core, onDefect } = this.#options;
    if (!this.#hasRoom) {
      this.#layer.refuse(open, ChannelOpenFailureReason.RESOURCE_SHORTAGE, 'sallyport: too many channels');
      return;
    }
    if (open.open.kind === 'session') {
      this.#openSession(open);
      return;
    }
    const ask = classifyForward(open.open);
    if (ask === null) {
      const known = open.open.kind !== 'unknown';
      this.#layer.refuse(
        open,
        known
          ? ChannelOpenFailureReason.ADMINISTRATIVELY_PROHIBITED
          : ChannelOpenFailureReason.UNKNOWN_CHANNEL_TYPE,
        'sallyport: such channels do not go through this door',
      );
      return;
    }
    this.#pendingForwards++;
    openDirectForward(core, this.#layer, open, ask, (end) => this.#ends.add(end))
      .catch(onDefect)
      .finally(() => {
        this.#pendingForwards--;
      });
  }

  #openSession(open: ChannelOpen): void {
    const { core, onDefect } = this.#options;
    if (!this.#moreSessions) {
      this.#layer.refuse(open, ChannelOpenFailureReason.ADMINISTRATIVELY_PROHIBITED, 'no more sessions');
      return;
    }
    for (const end of this.#ends) if (!end.isOpen) this.#ends.delete(end);
    const channel = new SessionChannel(core, onDefect);
    const caller = new CallerEnd(this.#layer.accept(open, channel));
    this.#ends.add(caller);
    channel.open(caller);
  }

  /** Answers go out in the order of the requests (RFC 4254, 4). */
  #globalRequest(message: GlobalRequest): void {
    const { core, onDefect } = this.#options;
    const { request } = message;
    if (request.kind === 'no-more-sessions@openssh.com') this.#moreSessions = false;
    const forward = isRemoteForward(request) ? request : null;
    if ((forward === null && this.#waitingRequests === 0) || this.#waitingRequests >= MAX_WAITING) {
      this.#answer(message, null);
      return;
    }
    this.#waitingRequests++;
    this.#requests = this.#requests
      .then(async () => {
        const answer = (data: Uint8Array | null) => {
          this.#answer(message, data);
        };
        if (forward === null || core.life.signal.aborted) answer(null);
        else await this.#forwards.handle(forward, answer);
      })
      .catch(onDefect)
      .finally(() => {
        this.#waitingRequests--;
      });
  }

  /** Null: it failed. */
  #answer({ wantReply }: GlobalRequest, data: Uint8Array | null): void {
    if (!wantReply) return;
    this.#options.transport.send(data === null ? encodeRequestFailure() : encodeRequestSuccess(data));
  }
}

/** Whether the caller wants the target to listen, or to listen no more. */
function isRemoteForward(request: GlobalRequestKind): request is RemoteForwardRequest {
  switch (request.kind) {
    case 'tcpip-forward':
    case 'cancel-tcpip-forward':
    case 'streamlocal-forward@openssh.com':
    case 'cancel-streamlocal-forward@openssh.com':
      return true;
    default:
      return false;
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}
