import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Decision, Principal, Statement, Target } from '@sallyport/contracts/access';
import {
  HoldStateSchema,
  HoldStatus,
  UpstreamSchema,
  type HoldState,
  type Upstream,
} from '@sallyport/contracts/dataplane';
import { ReviewerSchema, SessionCertificateSchema } from '@sallyport/contracts/event';
import type { DeviceLogin } from '@sallyport/control-plane-client';
import type { PolicyView } from '@sallyport/contracts/policy';
import { AccessError, type AccessErrorCode } from '@sallyport/errors';
import { buildPolicyView, compileView, parsePolicies } from '@sallyport/policy-sdk';
import type { ControlPlanePort, OpenedSession, SessionRequest } from '@sallyport/proxy-kit';
import { buildPrincipal, buildTarget } from '@sallyport/testing';
import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import type { DeviceLoginPort } from '../../src/session-services.ts';

export type FakeCredential =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'key'; readonly privateKey: string }
  /** Signs the session's key: gives the certificate blob for it. */
  | { readonly kind: 'certificate'; readonly sign: (publicKey: Uint8Array, user: string) => Uint8Array };

export interface FakeTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly credential: FakeCredential;
  readonly hostKeys: readonly string[];
  readonly hostAuthorities?: readonly string[];
}

export interface FakeHold {
  readonly id: string;
  readonly statement: Statement;
  readonly decision: Decision;
  state: HoldState;
}

/** A token that opens everything, with the person's name and groups: "token:ana:agents". */
export const tokenFor = (name: string, ...groups: string[]) => ['token', name, ...groups].join(':');

/** The control plane as the proxy sees it, in memory: tokens, one policy file, holds that a test settles. */
export class FakeControlPlane implements ControlPlanePort, DeviceLoginPort {
  readonly targets = new Map<string, FakeTarget>();
  readonly holds: FakeHold[] = [];
  readonly closed: { sessionId: string; reason: string }[] = [];
  readonly sessions = new Map<string, FakeSession>();
  decideAnswer: ((statement: Statement) => Decision) | null = null;
  fresh = true;
  expiresInMs = 3_600_000;
  #policies = '';
  readonly #events = new EventEmitter({ captureRejections: false }).setMaxListeners(1000);

  /** Replaces the policies, for sessions that are open too. */
  apply(policies: string): void {
    this.#policies = policies;
    for (const session of this.sessions.values())
      session.changeView(this.#view(session.principal, session.target));
  }

  #view(principal: Principal, target: Target): PolicyView {
    const { policies, problems } = parsePolicies(this.#policies);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return buildPolicyView(policies, principal, target);
  }

  /** Fingerprints of certificates that the CA of this fake made, with whose they are. */
  readonly certificates = new Map<string, string>();
  readonly openings: SessionRequest[] = [];
  /** Held back until it resolves, for specs of what happens meanwhile. */
  opening: Promise<void> = Promise.resolve();
  deviceLogin: { readonly prompt: DeviceLogin['prompt']; readonly token: Promise<string> } | null = null;

  async openSession(request: SessionRequest): Promise<OpenedSession> {
    this.openings.push(request);
    await this.opening;
    const { credential } = request;
    const text =
      credential.kind === 'token'
        ? credential.token
        : (this.certificates.get(Buffer.from(credential.certificate).toString('base64')) ?? '');
    const [word, name = '', ...groups] = text.split(':');
    if (word === 'expired') throw new AccessError('token_expired', 'The token has expired.');
    if (word !== 'token') throw new AccessError('token_invalid', 'The token is not valid.');
    const found = this.targets.get(request.targetName);
    if (found === undefined)
      throw new AccessError('target_not_available', 'There is no such target for you.');
    const principal = buildPrincipal({ id: `principal-${name}`, name, groups });
    const target = buildTarget({ name: request.targetName, protocol: 'ssh' });
    const session = new FakeSession(
      principal,
      target,
      upstreamOf(found, request),
      this.#view(principal, target),
      this,
    );
    this.sessions.set(session.id, session);
    return session;
  }

  async beginDeviceLogin(_request: unknown, signal: AbortSignal): Promise<DeviceLogin> {
    signal.throwIfAborted();
    if (this.deviceLogin === null)
      throw new AccessError('feature_not_supported', 'There is no issuer to log in with.');
    return this.deviceLogin;
  }

  async decide(sessionId: string, statement: Statement): Promise<Decision> {
    if (this.decideAnswer !== null) return this.decideAnswer(statement);
    const session = this.sessions.get(sessionId);
    if (session === undefined) throw new AccessError('control_plane_unavailable', 'No session.');
    throw new AccessError('control_plane_unavailable', 'The control plane is away.');
  }

  async createHold(request: { statement: Statement; decision: Decision }): Promise<HoldState> {
    const id = `hold-${this.holds.length + 1}`;
    const state = create(HoldStateSchema, {
      holdId: id,
      status: HoldStatus.WAITING,
      expiresAt: timestampFromDate(new Date(Date.now() + 60_000)),
    });
    this.holds.push({ id, statement: request.statement, decision: request.decision, state });
    this.#events.emit('hold');
    return state;
  }

  async *watchHold(holdId: string, signal: AbortSignal): AsyncGenerator<HoldState> {
    const hold = this.#hold(holdId);
    yield hold.state;
    const changes = on(this.#events, holdId, { signal });
    while ((await changes.next()).done !== true) {
      yield hold.state;
      if (hold.state.status !== HoldStatus.WAITING) return;
    }
  }

  async claimApproval(request: {
    holdId: string;
    digest: Uint8Array;
    policyRevision: string;
  }): Promise<void> {
    const hold = this.#hold(request.holdId);
    const same = Buffer.from(hold.statement.digest).equals(Buffer.from(request.digest));
    if (
      hold.state.status !== HoldStatus.APPROVED ||
      !same ||
      hold.decision.policyRevision !== request.policyRevision
    ) {
      throw new AccessError('approval_not_valid', 'The approval does not cover this.');
    }
    hold.state = create(HoldStateSchema, { ...hold.state, status: HoldStatus.USED });
  }

  async withdrawHold(holdId: string): Promise<void> {
    this.settle(holdId, HoldStatus.WITHDRAWN);
  }

  async closeSession(sessionId: string, reason: string): Promise<void> {
    this.closed.push({ sessionId, reason });
    this.sessions.delete(sessionId);
  }

  /** A reviewer's word, a time-out or a lock. */
  settle(holdId: string, status: HoldStatus, comment = ''): void {
    const hold = this.#hold(holdId);
    hold.state = create(HoldStateSchema, {
      ...hold.state,
      status,
      reviewers: [
        create(ReviewerSchema, {
          principalId: 'p-dba',
          name: 'dora',
          approved: status === HoldStatus.APPROVED,
          comment,
        }),
      ],
    });
    this.#events.emit(holdId);
  }

  endSessions(code: AccessErrorCode, message: string): void {
    for (const session of this.sessions.values()) session.end(new AccessError(code, message));
  }

  #hold(holdId: string): FakeHold {
    const hold = this.holds.find(({ id }) => id === holdId);
    if (hold === undefined) throw new Error(`no hold ${holdId}`);
    return hold;
  }
}

export class FakeSession implements OpenedSession {
  readonly id = `ses-${randomUUID()}`;
  readonly certificate = create(SessionCertificateSchema);
  readonly expiresAt: Date;
  readonly principal: Principal;
  readonly target: Target;
  readonly upstream: Upstream;
  readonly #controlPlane: FakeControlPlane;
  readonly #viewListeners: ((view: PolicyView) => void)[] = [];
  readonly #endListeners: ((reason: AccessError) => void)[] = [];
  view: PolicyView;

  constructor(
    principal: Principal,
    target: Target,
    upstream: Upstream,
    view: PolicyView,
    controlPlane: FakeControlPlane,
  ) {
    this.principal = principal;
    this.target = target;
    this.upstream = upstream;
    this.view = view;
    this.#controlPlane = controlPlane;
    this.expiresAt = new Date(Date.now() + controlPlane.expiresInMs);
  }

  onView(listener: (view: PolicyView) => void): void {
    this.#viewListeners.push(listener);
  }

  onEnd(listener: (reason: AccessError) => void): void {
    this.#endListeners.push(listener);
  }

  isViewFresh(): boolean {
    return this.#controlPlane.fresh;
  }

  changeView(view: PolicyView): void {
    this.view = view;
    for (const listener of this.#viewListeners) listener(view);
  }

  end(reason: AccessError): void {
    for (const listener of this.#endListeners.splice(0)) listener(reason);
  }

  /** The same code as the proxy's own, for a Decide that answers. */
  decideHere(statement: Statement): Decision {
    const compiled = compileView(this.view, {
      principal: this.principal,
      target: this.target,
      session: { id: this.id, clientAddress: '', clientName: '', openedAt: new Date() },
    });
    return compiled.decide(statement as never, new Date()).decision;
  }
}

function upstreamOf(target: FakeTarget, request: SessionRequest): Upstream {
  const { host, port, username } = target;
  return create(UpstreamSchema, {
    host,
    port,
    credential: credentialOf(target, username, request),
    sshHostTrust: {
      hostKeys: [...target.hostKeys],
      hostCertificateAuthorities: [...(target.hostAuthorities ?? [])],
    },
  });
}

function credentialOf({ credential }: FakeTarget, username: string, request: SessionRequest) {
  switch (credential.kind) {
    case 'password':
      return { case: 'password' as const, value: { username, password: credential.password } };
    case 'key':
      return { case: 'sshPrivateKey' as const, value: { username, privateKeyPem: credential.privateKey } };
    case 'certificate': {
      const certificate = credential.sign(request.upstreamPublicKey ?? new Uint8Array(), username);
      return { case: 'sshCertificate' as const, value: { username, certificate } };
    }
  }
}
