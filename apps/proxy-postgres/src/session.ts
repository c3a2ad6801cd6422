/**
 * One connection, from its first byte to its last: the stages in order, one
 * catch, one teardown. ARCHITECTURE.md, "The way of a statement".
 */
import type { Socket } from 'node:net';
import { AccessError, toAccessError } from '@sallyport/errors';
import { SessionLifetime, type AuthorizedTarget } from '@sallyport/proxy-kit';
import { RunningSession } from './loops/running-session.ts';
import type { SessionServices } from './session-services.ts';
import { advance, type SessionState } from './session-state.ts';
import { accept, type AcceptedClient } from './stages/accept/accept.ts';
import { greet } from './stages/accept/greet.ts';
import { Handshake } from './stages/accept/handshake.ts';
import { isLoopback } from './stages/accept/loopback.ts';
import { authenticate } from './stages/authenticate/authenticate.ts';
import { authorize } from './stages/authorize/authorize.ts';
import {
  cancelUpstream,
  connectUpstream,
  type UpstreamConnection,
} from './stages/authorize/connect-upstream.ts';
import { leaseCatalog } from './stages/authorize/lease-catalog.ts';
import { upstreamSettings } from './stages/authorize/upstream-settings.ts';
import { encodeRefusal } from './wire-errors.ts';

export class Session {
  readonly life = new SessionLifetime();
  readonly #services: SessionServices;
  readonly #handshake: Handshake;
  readonly #cleanUps: (() => void)[] = [];
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

  async #authorize(client: AcceptedClient): Promise<AuthorizedTarget> {
    const { controlPlane, spool, config, metrics } = this.#services;
    const caller = { clientAddress: this.#handshake.address, clientName: client.applicationName };
    this.#enter({ kind: 'authenticating' });
    const startedMs = performance.now();
    const identity = await authenticate(client.socket, {
      ...caller,
      controlPlane,
      targetName: client.requested.target,
      read: () => this.#handshake.read(),
    });
    this.#handshake.done();
    metrics.stage('authenticate', startedMs);
    this.#enter({ kind: 'authorizing' });
    const target = await authorize(identity, {
      ...caller,
      spool,
      proxyId: config.componentId,
      database: client.requested.database,
      exceptions: config.tls.allowPlaintextFromAnywhere ? ['tls.allowPlaintextFromAnywhere'] : [],
      onRecordingFailure: (reason) => {
        this.life.end(reason);
      },
    });
    this.#target = target;
    this.#bindLife(target, client.socket);
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
    this.#cleanUps.push(() => {
      upstream.link.socket.destroySoon();
    });
    return upstream;
  }

  async #serve(
    client: AcceptedClient,
    target: AuthorizedTarget,
    upstream: UpstreamConnection,
  ): Promise<void> {
    const { config, cancels, catalogs, catalogReader, controlPlane, maskingKey, metrics } = this.#services;
    const { database } = client.requested;
    const lease = leaseCatalog(catalogs, target, database, config.limits.connectTimeoutMs);
    const running = new RunningSession({
      target,
      client: client.socket,
      upstream,
      controlPlane,
      life: this.life,
      lease,
      reader: catalogReader,
      maskingKey,
      database: database ?? '',
      clientAddress: this.#handshake.address,
      clientName: client.applicationName,
      maxStatementBytes: config.limits.maxStatementBytes,
      bufferBytes: config.limits.bufferBytes,
      cancelUpstream: () => {
        this.#cancelUpstream(target, upstream);
      },
      onStatement: (run) => {
        metrics.statement(run);
      },
    });
    this.#running = running;
    // In the registry before the client can know it.
    const key = cancels.register(client.version.minor >= 2 ? 'long' : 'short', () => {
      running.cancel();
    });
    this.#cleanUps.push(
      () => {
        lease.release();
      },
      () => {
        cancels.forget(key);
      },
    );
    await running.applySettings(client.settings.decided);
    this.#enter({ kind: 'running', target });
    running.greet(greet(upstream.greeting.parameters, client.applicationName, key));
    this.life.endWhenIdle(config.limits.idleTimeoutMs, () => running.isBusy);
    running.start();
    await this.life.ended;
  }

  #cancelUpstream(target: AuthorizedTarget, upstream: UpstreamConnection): void {
    const { config, logger } = this.#services;
    cancelUpstream(target, upstream.greeting, config.limits.connectTimeoutMs).catch((error: unknown) => {
      logger.warn('cancel request was not delivered', { error });
    });
  }

  #bindLife({ session }: AuthorizedTarget, socket: Socket): void {
    session.onEnd((reason) => {
      this.life.end(reason);
    });
    this.life.endAt(
      session.expiresAt,
      () => new AccessError('token_expired', 'The token of this session expired.'),
    );
    for (const event of ['close', 'end']) {
      socket.once(event, () => {
        this.life.end('client_closed');
      });
    }
  }

  /** The one place where a connection that cannot go on is told why. */
  #refuse(error: AccessError): void {
    const reason =
      this.life.reason instanceof AccessError ? this.life.reason : this.#handshake.reasonOf(error);
    const { logger, metrics } = this.#services;
    metrics.refused(reason.code, this.#state.kind);
    logger.info('connection refused', { code: reason.code, stage: this.#state.kind, error: reason.cause });
    this.#handshake.answer(encodeRefusal(reason, 'FATAL'));
    this.life.end(reason);
  }

  async #teardown(): Promise<void> {
    this.life.end('client_closed');
    const reason = this.life.reason ?? 'client_closed';
    this.#enter({ kind: 'ended', reason });
    await this.#running?.stop();
    for (const cleanUp of this.#cleanUps) cleanUp();
    if (this.#target !== null) {
      const { recorder, session } = this.#target;
      const word = reason instanceof AccessError ? reason.code : reason;
      await recorder.closed(word);
      await this.#services.controlPlane.closeSession(session.id, word).catch((error: unknown) => {
        this.#services.logger.warn('session close was not delivered', { sessionId: session.id, error });
      });
    }
    this.#handshake.close();
  }

  #enter(state: SessionState): void {
    this.#state = advance(this.#state, state);
  }
}
