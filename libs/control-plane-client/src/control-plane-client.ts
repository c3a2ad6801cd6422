import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { Decision, Statement } from '@sallyport/contracts/access';
import {
  ComponentKind,
  DecisionService,
  DeviceLoginService,
  HoldService,
  SessionService,
  SshService,
  type Estimate,
  type HoldState,
} from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { ComponentConnection } from './component-connection.ts';
import type { ComponentOptions } from './component-options.ts';
import { followDeviceLogin, type DeviceLogin, type DeviceLoginRequest } from './device-login.ts';
import type { OpenedSession } from './opened-session.ts';
import { OrderWatcher } from './order-watcher.ts';
import { toOpenSessionRequest, type OpenSessionInput } from './session-input.ts';
import { SessionRegistry } from './session-registry.ts';
import { asUnavailable } from './unavailable.ts';

export interface ControlPlaneClientOptions extends ComponentOptions {
  /** A view older than this is not decided with. Default 5 s. */
  readonly maxStalenessMs?: number;
}

export interface CertifyHostKeyInput {
  /** SSH public key blob. */
  readonly publicKey: Uint8Array;
  /** Names to certify, among those that are configured; none: all of those. */
  readonly hostNames?: readonly string[];
}

/** What a door shows to its callers' ssh. */
export interface CertifiedHostKey {
  /** OpenSSH host certificate blob. */
  readonly certificate: Uint8Array;
  /** Blobs of the CAs that sign callers' certificates, the current one first. */
  readonly userCaPublicKeys: readonly Uint8Array[];
  readonly expiresAt: Date;
}

export interface CreateHoldInput {
  readonly sessionId: string;
  /** Redacted; its digest is of the exact statement. */
  readonly statement: Statement;
  readonly decision: Decision;
  /** What it would touch, for the reviewer. */
  readonly estimates?: readonly Estimate[];
}

export interface ClaimInput {
  readonly holdId: string;
  readonly sessionId: string;
  readonly digest: Uint8Array;
  readonly policyRevision: string;
}

const DEFAULT_MAX_STALENESS_MS = 5_000;
const EXPIRY_CHECK_MS = 250;
/** A watch that breaks is begun anew; a hold is at most so long without one before the caller is told. */
const WATCH_ATTEMPTS = 5;
const WATCH_PAUSE_MS = 200;

/**
 * A proxy's side of the data plane. Every call has a deadline and rejects with an
 * AccessError; what the control plane did not clearly answer is
 * `control_plane_unavailable`.
 */
export class ControlPlaneClient implements AsyncDisposable {
  readonly #connection: ComponentConnection;
  readonly #registry: SessionRegistry;
  readonly #watcher: OrderWatcher;
  readonly #proxyInstance = randomUUID();
  readonly #nowMs: () => number;
  readonly #expiry: NodeJS.Timeout;

  private constructor(connection: ComponentConnection, options: ControlPlaneClientOptions) {
    const nowMs = options.nowMs ?? Date.now;
    this.#connection = connection;
    this.#nowMs = nowMs;
    this.#registry = new SessionRegistry(options.maxStalenessMs ?? DEFAULT_MAX_STALENESS_MS);
    this.#watcher = new OrderWatcher({
      connection,
      registry: this.#registry,
      proxyInstance: this.#proxyInstance,
      logger: options.logger,
      nowMs,
    });
    this.#expiry = setInterval(() => {
      this.#registry.endExpired(nowMs());
    }, EXPIRY_CHECK_MS);
    this.#expiry.unref();
  }

  /** Joins, or uses the certificate of an earlier join, and keeps an order stream open from now on. */
  static async connect(options: ControlPlaneClientOptions): Promise<ControlPlaneClient> {
    return new ControlPlaneClient(await ComponentConnection.open(ComponentKind.PROXY, options), options);
  }

  /** Whether orders arrive; for `/readyz`. */
  get connected(): boolean {
    return this.#watcher.connected;
  }

  /** Raw Ed25519 key that signs session certificates. */
  get recordingPublicKey(): Uint8Array {
    return this.#connection.recordingPublicKey;
  }

  openSession(input: OpenSessionInput): Promise<OpenedSession> {
    const request = toOpenSessionRequest(input, this.#proxyInstance);
    return failClosed(() =>
      this.#registry.open(this.#nowMs(), () => this.#connection.client(SessionService).openSession(request)),
    );
  }

  /** Has a caller log in with their browser; ends when `signal` aborts. */
  beginDeviceLogin(request: DeviceLoginRequest, signal: AbortSignal): Promise<DeviceLogin> {
    const { issuer = '', ...rest } = request;
    const client = this.#connection.client(DeviceLoginService);
    return followDeviceLogin(client.logIn({ ...rest, issuer }, { signal }));
  }

  /** Has the key certified that an SSH door shows. Ask again when two thirds of the certificate's life are over. */
  async certifyHostKey({ publicKey, hostNames = [] }: CertifyHostKeyInput): Promise<CertifiedHostKey> {
    const { certificate, userCaPublicKeys, expiresAt } = await failClosed(() =>
      this.#connection.client(SshService).certifyHostKey({ publicKey, hostNames: [...hostNames] }),
    );
    if (certificate.length === 0 || expiresAt === undefined)
      throw new AccessError('control_plane_unavailable', 'The control plane gave no host certificate.');
    return { certificate, userCaPublicKeys, expiresAt: timestampDate(expiresAt) };
  }

  async decide(sessionId: string, statement: Statement): Promise<Decision> {
    const { decision } = await failClosed(() =>
      this.#connection.client(DecisionService).decide({ sessionId, statement }),
    );
    if (decision === undefined)
      throw new AccessError('control_plane_unavailable', 'The control plane gave no decision.');
    return decision;
  }

  async createHold({ sessionId, statement, decision, estimates = [] }: CreateHoldInput): Promise<HoldState> {
    const request = { sessionId, statement, decision, estimates: [...estimates] };
    const { hold } = await failClosed(() => this.#connection.client(HoldService).createHold(request));
    if (hold === undefined)
      throw new AccessError('control_plane_unavailable', 'The control plane gave no hold.');
    return hold;
  }

  /** The state now and at each change; ends when settled. Outlives a control plane that restarts. */
  async *watchHold(holdId: string, signal: AbortSignal): AsyncGenerator<HoldState> {
    let failures = 0;
    while (failures < WATCH_ATTEMPTS) {
      try {
        for await (const { hold } of this.#connection
          .client(HoldService)
          .watchHold({ holdId }, { signal, waitForReady: failures > 0 })) {
          if (hold === undefined) continue;
          failures = 0;
          yield hold;
        }
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        failures += 1;
        const known = asUnavailable(error);
        if (known.code !== 'control_plane_unavailable' || failures >= WATCH_ATTEMPTS) throw known;
        await delay(WATCH_PAUSE_MS * failures, undefined, { signal });
      }
    }
  }

  /** Uses the approval up, once; rejects if it does not cover exactly this. */
  async claimApproval(input: ClaimInput): Promise<void> {
    await failClosed(() => this.#connection.client(HoldService).claimApproval(input));
  }

  async withdrawHold(holdId: string): Promise<void> {
    await failClosed(() => this.#connection.client(HoldService).withdrawHold({ holdId }));
  }

  /** The session is over here, whether or not the control plane can be told. */
  async closeSession(sessionId: string, reason: string): Promise<void> {
    this.#registry.forget(sessionId);
    await failClosed(() => this.#connection.client(SessionService).closeSession({ sessionId, reason }));
  }

  /** Ends what is left, and the connection. */
  async close(): Promise<void> {
    clearInterval(this.#expiry);
    this.#registry.endAll(new AccessError('shutting_down', 'This proxy is shutting down.'));
    await this.#watcher.stop();
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function failClosed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asUnavailable(error);
  }
}
