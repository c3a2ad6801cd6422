/**
 * One connection, from its first byte to its last: the stages in order, one
 * catch, one teardown. ARCHITECTURE.md, "The way of a statement".
 */
import type { Socket } from 'node:net';
import { CodecError, encodeUserauthSuccess } from '@sallyport/codec-ssh';
import { AccessError, toAccessError, type AccessErrorCode } from '@sallyport/errors';
import { SessionLifetime, type AuthorizedTarget } from '@sallyport/proxy-kit';
import { RunningSession } from './running-session.ts';
import type { SessionServices } from './session-services.ts';
import { advance, type SessionState } from './session-state.ts';
import { accept, type AcceptedClient } from './stages/accept/accept.ts';
import { Handshake } from './stages/accept/handshake.ts';
import { authenticate, type AuthenticatedCaller } from './stages/authenticate/authenticate.ts';
import { authorize } from './stages/authorize/authorize.ts';
import { bindLife } from './stages/authorize/bind-life.ts';
import { doorAlgorithms, USER_SIGNATURE_ALGORITHMS } from './transport/algorithms.ts';
import { makeSessionKey, type SessionKey } from './transport/node-crypto.ts';
import { SshTransport } from './transport/ssh-transport.ts';
import { transportSettings } from './transport-settings.ts';
import { refusalSentence, WIRE_FORMS } from './wire-errors.ts';

const CALLERS_OWN: ReadonlySet<AccessErrorCode> = new Set([
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'target_not_available',
  'handshake_timeout',
  'protocol_violation',
]);
/** Time for a last word to reach the client before its connection is dropped. */
const LINGER_MS = 1000;

export class Session {
  readonly life = new SessionLifetime();
  readonly #services: SessionServices;
  readonly #handshake: Handshake;
  readonly #transport: SshTransport;
  readonly #onAuthenticated: () => void;
  #state: SessionState = { kind: 'accepting' };
  #target: AuthorizedTarget | null = null;
  #running: RunningSession | null = null;

  /** @param onAuthenticated told once, when the client is let in */
  constructor(socket: Socket, services: SessionServices, onAuthenticated: () => void) {
    this.#services = services;
    this.#onAuthenticated = onAuthenticated;
    const { config, identity } = services;
    this.#handshake = new Handshake(socket, config.limits.handshakeTimeoutMs);
    const { certificate } = identity;
    this.#transport = new SshTransport(
      socket,
      { side: 'server', key: identity.key, certificate, userSignatureAlgorithms: USER_SIGNATURE_ALGORITHMS },
      { ...transportSettings(config), algorithms: doorAlgorithms(certificate !== null) },
    );
  }

  /** Whether ending it now would lose nothing. */
  get isIdle(): boolean {
    return this.#running?.isIdle ?? false;
  }

  /** The flow. Resolves when everything of it is closed; never rejects. */
  async run(): Promise<void> {
    try {
      const client = await this.#accept();
      // For targets that take certificates; made now, since the control plane signs it when it opens the session.
      const sessionKey = makeSessionKey();
      const caller = await this.#authenticate(client, sessionKey);
      const target = await this.#authorize(client, caller);
      await this.#serve(client, target, sessionKey);
    } catch (thrown) {
      this.#refuse(toSessionError(thrown));
    } finally {
      await this.#teardown();
    }
  }

  async #accept(): Promise<AcceptedClient> {
    const startedMs = performance.now();
    const client = await accept(this.#transport, this.#handshake.signal);
    this.#services.metrics.stage('handshake', startedMs);
    this.#handshake.extend(this.#services.config.limits.loginTimeoutMs);
    return client;
  }

  async #authenticate(
    { transport, clientName }: AcceptedClient,
    sessionKey: SessionKey,
  ): Promise<AuthenticatedCaller> {
    const { controlPlane, identity, config, metrics } = this.#services;
    const handshake = this.#handshake;
    this.#enter({ kind: 'authenticating' });
    const startedMs = performance.now();
    const caller = await authenticate(transport, {
      controlPlane,
      clientAddress: handshake.address,
      clientName,
      userAuthorities: () => identity.userAuthorities,
      maxTries: config.limits.maxAuthTries,
      upstreamPublicKey: sessionKey.rawEd25519,
      signal: handshake.signal,
      onDeviceLogin: (expiresAt) => {
        handshake.extend(Math.max(0, expiresAt.getTime() - Date.now()));
      },
    });
    metrics.stage('authenticate', startedMs);
    return caller;
  }

  /** The beginning of the record; only then a target, and only then is the client let in. */
  async #authorize(client: AcceptedClient, caller: AuthenticatedCaller): Promise<AuthorizedTarget> {
    const { spool, config } = this.#services;
    const { life } = this;
    const handshake = this.#handshake;
    const transport = this.#transport;
    this.#enter({ kind: 'authorizing' });
    const target = await authorize(caller.identity, {
      spool,
      proxyId: config.componentId,
      clientAddress: handshake.address,
      clientName: client.clientName,
      login: caller.requested.login,
      method: caller.method,
      onRecordingFailure: (reason) => {
        life.end(reason);
      },
    });
    this.#target = target;
    handshake.done();
    this.#onAuthenticated();
    bindLife(life, target, transport);
    return target;
  }

  async #serve(client: AcceptedClient, target: AuthorizedTarget, sessionKey: SessionKey): Promise<void> {
    const { life } = this;
    const services = this.#services;
    const transport = this.#transport;
    this.#enter({ kind: 'running', target });
    const { clientName } = client;
    const clientAddress = this.#handshake.address;
    const running = new RunningSession({
      services,
      transport,
      target,
      life,
      sessionKey,
      clientName,
      clientAddress,
    });
    this.#running = running;
    transport.send(encodeUserauthSuccess());
    running.start();
    life.endWhenIdle(services.config.limits.idleTimeoutMs, () => false);
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
    this.#transport.disconnect(WIRE_FORMS[reason.code].disconnect, refusalSentence(reason));
    this.life.end(reason);
  }

  async #teardown(): Promise<void> {
    this.#handshake.done();
    this.life.end('client_closed');
    const reason = this.life.reason ?? 'client_closed';
    this.#enter({ kind: 'ended', reason });
    await this.#running?.stop(reason instanceof AccessError ? reason : null);
    this.#linger();
    if (this.#target !== null)
      await this.#close(this.#target, reason instanceof AccessError ? reason.code : reason);
  }

  /** Lets what was written go out, for a while. */
  #linger(): void {
    const { socket } = this.#transport;
    if (socket.destroyed) return;
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => {
      clearTimeout(linger);
    });
    socket.resume();
    socket.end();
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

/** A message that cannot be decoded is the peer's doing. */
function toSessionError(thrown: unknown): AccessError {
  if (thrown instanceof CodecError) return new AccessError('protocol_violation', thrown.message, {}, thrown);
  return toAccessError(thrown);
}
