import type { Target } from '@sallyport/contracts/access';
import type { Upstream } from '@sallyport/contracts/dataplane';
import type { OpenedSession } from '../control-plane-port.ts';
import type { SessionRecorder } from '../record/session-recorder.ts';

/**
 * Proof that this caller may reach this target and that the session's first
 * event is durable. Exported from the kit as a type only; `authorize` makes it.
 * Whoever connects to a target asks for it, so nothing connects unrecorded.
 */
export class AuthorizedTarget {
  readonly #session: OpenedSession;
  readonly recorder: SessionRecorder;

  constructor(session: OpenedSession, recorder: SessionRecorder) {
    this.#session = session;
    this.recorder = recorder;
  }

  get session(): OpenedSession {
    return this.#session;
  }

  get target(): Target {
    return this.#session.target;
  }

  /** Where and as whom to connect. Never log it, never record it. */
  get upstream(): Upstream {
    return this.#session.upstream;
  }
}
