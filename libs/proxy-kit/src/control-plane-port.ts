import type { Decision, Principal, Statement, Target } from '@sallyport/contracts/access';
import type { HoldState, Upstream } from '@sallyport/contracts/dataplane';
import type { SessionCertificate } from '@sallyport/contracts/event';
import type { PolicyView } from '@sallyport/contracts/policy';
import type { AccessError } from '@sallyport/errors';

/** How a caller proves who they are; the control plane judges it. */
export type CallerCredential =
  /** A Sallyport token. */
  | { readonly kind: 'token'; readonly token: string }
  /** An OpenSSH user certificate blob. The door has seen a signature of its key over this connection. */
  | { readonly kind: 'sshCertificate'; readonly certificate: Uint8Array };

/** What a caller shows at the door. */
export interface SessionRequest {
  /** "postgres", "ssh"... */
  readonly protocol: string;
  /** As the caller named it; nothing is known of it yet. */
  readonly targetName: string;
  readonly credential: CallerCredential;
  readonly clientAddress: string;
  readonly clientName: string;
  /** As whom the caller wants to act on the target; absent: the target's own default. */
  readonly login?: string;
  /** Raw Ed25519 key made for this session's connection to the target, where that may take a certificate. */
  readonly upstreamPublicKey?: Uint8Array;
}

/** A session that the control plane opened: authenticated, authorised and registered. */
export interface OpenedSession {
  readonly id: string;
  readonly principal: Principal;
  readonly target: Target;
  /** With the target's credential: memory only. */
  readonly upstream: Upstream;
  /** The newest view received. */
  readonly view: PolicyView;
  readonly certificate: SessionCertificate;
  readonly expiresAt: Date;
  /** Calls back for every later view. */
  onView(listener: (view: PolicyView) => void): void;
  /** Calls back once, when the control plane ends the session. */
  onEnd(listener: (reason: AccessError) => void): void;
  /** Whether the view may still be decided with. */
  isViewFresh(nowMs: number): boolean;
}

/**
 * What a proxy asks of the control plane; `ControlPlaneClient` is the real one.
 * Every call rejects with an AccessError and never waits without a deadline.
 */
export interface ControlPlanePort {
  openSession(request: SessionRequest & { readonly sessionPublicKey: Uint8Array }): Promise<OpenedSession>;
  decide(sessionId: string, statement: Statement): Promise<Decision>;
  createHold(request: {
    readonly sessionId: string;
    readonly statement: Statement;
    readonly decision: Decision;
  }): Promise<HoldState>;
  /** The state now and at each change; ends when settled. */
  watchHold(holdId: string, signal: AbortSignal): AsyncIterable<HoldState>;
  /** Uses the approval up, once; rejects if it does not cover this. */
  claimApproval(request: {
    readonly holdId: string;
    readonly sessionId: string;
    readonly digest: Uint8Array;
    readonly policyRevision: string;
  }): Promise<void>;
  withdrawHold(holdId: string): Promise<void>;
  closeSession(sessionId: string, reason: string): Promise<void>;
}

/** What a caller is shown so that they log in with their browser. Never logged: the code logs its reader in. */
export interface DeviceLoginPrompt {
  readonly verificationUrl: string;
  readonly userCode: string;
  readonly expiresAt: Date;
}

export interface DeviceLoginRequest {
  readonly clientAddress: string;
  /** As the caller named it; the token reaches no other target. */
  readonly targetName: string;
  /** Name of the Issuer; absent: the only one that people log in with. */
  readonly issuer?: string;
}

/** A login that waits for a person. */
export interface DeviceLogin {
  readonly prompt: DeviceLoginPrompt;
  /** The token, once they have logged in. Rejects with an AccessError when they do not; aborting `signal` ends it. */
  readonly token: Promise<string>;
}

/** For doors whose clients can show a link and wait; `ControlPlaneClient` is the real one. */
export interface DeviceLoginPort {
  beginDeviceLogin(request: DeviceLoginRequest, signal: AbortSignal): Promise<DeviceLogin>;
}
