/**
 * One connection, from its first byte to its last: the stages in order, one
 * catch, one teardown. ARCHITECTURE.md, "The way of a statement".
 */
import type { Socket } from 'node:net';
import { AccessError, toAccessError, type AccessErrorCode } from '@sallyport/errors';
import { SessionLifetime, type AuthorizedTarget } from '@sallyport/proxy-kit';
import { openLoops } from './loops/open-loops.ts';
import type { RunningSession } from './loops/running-session.ts';
import type { SessionServices } from './session-services.ts';
import { advance, type SessionState } from './session-state.ts';
import { accept, type AcceptedClient } from './stages/accept/accept.ts';
import { Handshake } from './stages/accept/handshake.ts';
import { isLoopback } from './stages/accept/loopback.ts';
import { authenticate } from './stages/authenticate/authenticate.ts';
import { authorize } from './stages/authorize/authorize.ts';
import { bindLife } from './stages/authorize/bind-life.ts';
import { connectUpstream, type UpstreamConnection } from './stages/authorize/connect-upstream.ts';
import { upstreamSettings } from './stages/authorize/upstream-settings.ts';
import { encodeRefusal } from './wire-errors.ts';

const CALLERS_OWN: ReadonlySet<AccessErrorCode> = new Set([
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'target_not_available',
  'handshake_timeout',
  'protocol_violation',
]);

export class Session {
  readonly life = new SessionLifetime();
  readonly #services: SessionServices;
  readonly #handshake: Handshake;
  readonly #givingBack: (() => void)[] = [];
  #state: SessionState = { kind: 'accepting' };
  #target: AuthorizedTarget | null = null;
  #running: RunningSession | null = null;

  constructor(socket: Socket, services: SessionServices) {
    this.#services = services;
    this.#handshake = new Handshake(socket, services.config.limits.handshakeTimeoutMs);
  }

  /** Whether ending it now would lose nothing. */
  get isIdle(): boolean {
    return this.#running?.isIdle ?? false;
  }

  /** The flow. Resolves when everything of it is closed; never rejects. */
  async run(): Promise<void> {
    try {
      const client = await this.#accept();
      if (client === null) return;
      const target = await this.#authorize(client);
      const upstream = await this.#connect(client, target);
      await this.#serve(client, target, upstream);
    } catch (thrown) {
      this.#refuse(toAccessError(thrown));
    } finally {
      await this.#teardown();
    }
  }

  /** Null: it was a CancelRequest, which has no answer. */
  async #accept(): Promise<AcceptedClient | null> {
    const handshake = this.#handshake;
    const { secureContext, config, cancels } = this.#services;
    const accepted = await accept(handshake.socket, {
      secureContext,
      allowPlaintext: config.tls.allowPlaintextFromAnywhere || isLoopback(handshake.address),
      signal: handshake.signal,
      onSocket: (socket) => {
        handshake.replace(socket);
      },
    });
    if (accepted.kind === 'client') return accepted;
    cancels.cancel(accepted.request.processId, accepted.request.secretKey);
    return null;
  }

  /** Who it is, and the beginning of the record; only then a target. */
  async #authorize(client: AcceptedClient): Promise<AuthorizedTarget> {
    const { controlPlane, spool, config, metrics } = this.#services;
    const { life } = this;
    const handshake = this.#handshake;
    const caller = { clientAddress: handshake.address, clientName: client.applicationName };
    const { target: targetName, database } = client.requested;
    this.#enter({ kind: 'authenticating' });
    const startedMs = performance.now();
    const read = () => handshake.read();
    const identity = await authenticate(client.socket, { ...caller, controlPlane, targetName, read });
    handshake.done();
    metrics.stage('authenticate', startedMs);
    this.#enter({ kind: 'authorizing' });
    const target = await authorize(identity, {
      ...caller,
      spool,
      database,
      proxyId: config.componentId,
      exceptions: config.tls.allowPlaintextFromAnywhere ? ['tls.allowPlaintextFromAnywhere'] : [],
      onRecordingFailure: (reason) => {
        life.end(reason);
      },
    });
    this.#target = target;
    bindLife(life, target, client.socket);
    return target;
  }

  async #connect(client: AcceptedClient, target: AuthorizedTarget): Promise<UpstreamConnection> {
    this.#enter({ kind: 'connecting', target });
    const startedMs = performance.now();
    const upstream = await connectUpstream(target, {
      database: client.requested.database,
      settings: upstreamSettings(client.settings.harmless, client.applicationName, target),
      timeoutMs: this.#services.config.limits.connectTimeoutMs,
      signal: this.life.signal,
    });
    this.#services.metrics.stage('connect', startedMs);
    this.#givingBack.push(() => {
      upstream.link.socket.destroySoon();
    });
    return upstream;
  }

  async #serve(
    client: AcceptedClient,
    target: AuthorizedTarget,
    upstream: UpstreamConnection,
  ): Promise<void> {
    const { life } = this;
    const onOpen = (running: RunningSession, giveBack: () => void) => {
      this.#running = running;
      this.#givingBack.push(giveBack);
    };
    const clientAddress = this.#handshake.address;
    await openLoops({ services: this.#services, client, clientAddress, target, upstream, life, onOpen });
    this.#enter({ kind: 'running', target });
    await life.ended;
  }

  /** The one place where a connection that cannot go on is told why. */
  #refuse(error: AccessError): void {
    const reason =
      this.life.reason instanceof AccessError ? this.life.reason : this.#handshake.reasonOf(error);
    const { logger, metrics } = this.#services;
    metrics.refused(reason.code, this.#state.kind);
    // What the caller did wrong needs no stack; what this side could not do does.
    const cause = CALLERS_OWN.has(reason.code) ? undefined : reason.cause;
    logger.info('connection refused', { code: reason.code, stage: this.#state.kind, error: cause });
    this.#handshake.answer(encodeRefusal(reason, 'FATAL'));
    this.life.end(reason);
  }

  async #teardown(): Promise<void> {
    this.life.end('client_closed');
    const reason = this.life.reason ?? 'client_closed';
    this.#enter({ kind: 'ended', reason });
    await this.#running?.stop();
    for (const giveBack of this.#givingBack) giveBack();
    if (this.#target !== null)
      await this.#close(this.#target, reason instanceof AccessError ? reason.code : reason);
    this.#handshake.close();
  }

  async #close({ recorder, session }: AuthorizedTarget, word: string): Promise<void> {
    await recorder.closed(word);
    await this.#services.controlPlane.closeSession(session.id, word).catch((error: unknown) => {
      this.#services.logger.warn('session close was not delivered', { sessionId: session.id, error });
    });
  }

  #enter(state: SessionState): void {
    this.#state = advance(this.#state, state);
  }
}
