import type { DescService } from '@bufbuild/protobuf';
import { createGrpcClient, openGrpcChannel, type GrpcClient } from '@sallyport/service-kit';
import { renewalOf, type ComponentIdentity } from './component-identity.ts';
import {
  CONTROL_PLANE_SERVER_NAME,
  DEFAULT_CALL_TIMEOUT_MS,
  type ComponentOptions,
  type JoiningKind,
} from './component-options.ts';
import { joinControlPlane, renewIdentity } from './join.ts';

type Channel = ReturnType<typeof openGrpcChannel>;

const RENEWAL_CHECK_MS = 30_000;
/** How long calls of the old channel may go on after a renewal. */
const OLD_CHANNEL_MS = 60_000;

/**
 * One mTLS connection of a component that has joined. It reconnects by itself and renews
 * its certificate; `client` is asked for anew for each call, so that none holds on to a
 * channel whose certificate has ended.
 */
export class ComponentConnection {
  readonly #kind: JoiningKind;
  readonly #options: ComponentOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #renewed = new Set<() => void>();
  #identity: ComponentIdentity;
  #channel: Channel;
  #clients = new Map<string, unknown>();
  #renewing = false;
  #closed = false;

  private constructor(kind: JoiningKind, options: ComponentOptions, identity: ComponentIdentity) {
    this.#kind = kind;
    this.#options = options;
    this.#identity = identity;
    this.#channel = this.#open(identity);
    this.#timer = setInterval(() => {
      void this.renewIfDue();
    }, options.renewalCheckMs ?? RENEWAL_CHECK_MS);
    this.#timer.unref();
  }

  /** Joins, or uses the identity of an earlier join. */
  static async open(kind: JoiningKind, options: ComponentOptions): Promise<ComponentConnection> {
    return new ComponentConnection(kind, options, await joinControlPlane(kind, options));
  }

  get recordingPublicKey(): Uint8Array {
    return this.#identity.recordingPublicKey;
  }

  /** Callers of a service over the newest certificate. */
  client<S extends DescService>(service: S): GrpcClient<S> {
    let client = this.#clients.get(service.typeName);
    if (client === undefined) {
      client = createGrpcClient(service, {
        channel: this.#channel,
        timeoutMs: this.#options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
      });
      this.#clients.set(service.typeName, client);
    }
    return client as GrpcClient<S>;
  }

  /** Calls back after each renewal: streams should move to the new certificate. */
  onRenewed(listener: () => void): void {
    this.#renewed.add(listener);
  }

  /** Renews the certificate when two thirds of its life are over; tries again later if that fails. */
  async renewIfDue(): Promise<void> {
    const nowMs = this.#options.nowMs?.() ?? Date.now();
    if (this.#closed || this.#renewing || renewalOf(this.#identity).getTime() > nowMs) return;
    this.#renewing = true;
    try {
      this.#identity = await renewIdentity(this.#kind, this.#options, this.#identity);
      this.#swapChannel();
      this.#options.logger.info('certificate renewed');
    } catch (error) {
      this.#options.logger.warn('certificate could not be renewed yet', { error });
    } finally {
      this.#renewing = false;
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#channel.close();
  }

  #swapChannel(): void {
    if (this.#closed) return;
    const old = this.#channel;
    this.#channel = this.#open(this.#identity);
    this.#clients = new Map();
    for (const listener of this.#renewed) listener();
    setTimeout(() => {
      old.close();
    }, OLD_CHANNEL_MS).unref();
  }

  #open(identity: ComponentIdentity): Channel {
    const { address } = this.#options;
    return openGrpcChannel({
      address,
      tls: { caPem: identity.caPem, identity, serverName: CONTROL_PLANE_SERVER_NAME },
    });
  }
}
