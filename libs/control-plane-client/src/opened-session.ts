import type { Principal, Target } from '@sallyport/contracts/access';
import type { OpenSessionResponse, Upstream } from '@sallyport/contracts/dataplane';
import type { SessionCertificate } from '@sallyport/contracts/event';
import type { PolicyView } from '@sallyport/contracts/policy';
import { AccessError } from '@sallyport/errors';
import { timestampDate } from '@bufbuild/protobuf/wkt';

/** A session that the control plane opened: authenticated, authorised and registered. */
export interface OpenedSession {
  readonly id: string;
  readonly principal: Principal;
  readonly target: Target;
  /** With the target's credential: memory only, never recorded or logged. */
  readonly upstream: Upstream;
  /** The newest view received. */
  readonly view: PolicyView;
  readonly certificate: SessionCertificate;
  readonly expiresAt: Date;
  /** Calls back for every later view. */
  onView(listener: (view: PolicyView) => void): void;
  /** Calls back once, when the session must end; at once if it already must. */
  onEnd(listener: (reason: AccessError) => void): void;
  /** Whether the view may still be decided with. */
  isViewFresh(nowMs: number): boolean;
}

/** An open session's changing part: its newest view, and its end. */
export class LiveSession implements OpenedSession {
  readonly id: string;
  readonly principal: Principal;
  readonly target: Target;
  readonly upstream: Upstream;
  readonly certificate: SessionCertificate;
  readonly expiresAt: Date;
  readonly #isCurrent: (asOfMs: number, nowMs: number) => boolean;
  /** Local time that the first view is certainly not older than: when it was asked for. */
  readonly #askedAtMs: number;
  readonly #viewListeners: ((view: PolicyView) => void)[] = [];
  readonly #endListeners: ((reason: AccessError) => void)[] = [];
  #view: PolicyView;
  #ended: AccessError | undefined;

  /** Throws if the answer lacks something: an incomplete session is none. */
  constructor(
    response: OpenSessionResponse,
    askedAtMs: number,
    isCurrent: (asOfMs: number, nowMs: number) => boolean,
  ) {
    const { sessionId, principal, target, upstream, view, certificate, expiresAt } = response;
    if (
      sessionId === '' ||
      principal === undefined ||
      target === undefined ||
      upstream === undefined ||
      view === undefined ||
      certificate === undefined ||
      expiresAt === undefined
    ) {
      throw new AccessError('control_plane_unavailable', 'The control plane gave an incomplete answer.');
    }
    this.id = sessionId;
    this.principal = principal;
    this.target = target;
    this.upstream = upstream;
    this.certificate = certificate;
    this.expiresAt = timestampDate(expiresAt);
    this.#view = view;
    this.#askedAtMs = askedAtMs;
    this.#isCurrent = isCurrent;
  }

  get view(): PolicyView {
    return this.#view;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  onView(listener: (view: PolicyView) => void): void {
    this.#viewListeners.push(listener);
  }

  onEnd(listener: (reason: AccessError) => void): void {
    if (this.#ended === undefined) this.#endListeners.push(listener);
    else listener(this.#ended);
  }

  isViewFresh(nowMs: number): boolean {
    return this.#ended === undefined && this.#isCurrent(this.#askedAtMs, nowMs);
  }

  changeView(view: PolicyView): void {
    if (this.#ended !== undefined || view.revision === this.#view.revision) return;
    this.#view = view;
    for (const listener of this.#viewListeners) listener(view);
  }

  end(reason: AccessError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const listener of this.#endListeners.splice(0)) listener(reason);
  }
}
