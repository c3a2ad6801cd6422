import type { Principal } from '@sallyport/contracts/access';
import type { SigningKey } from '@sallyport/recording-format';
import type { OpenedSession } from '../control-plane-port.ts';

/**
 * Proof that the control plane knows the caller. Exported from the kit as a
 * type only; `authenticate` makes it.
 */
export class AuthenticatedIdentity {
  readonly #session: OpenedSession;
  readonly #key: SigningKey;

  constructor(session: OpenedSession, key: SigningKey) {
    this.#session = session;
    this.#key = key;
  }

  get sessionId(): string {
    return this.#session.id;
  }

  get principal(): Principal {
    return this.#session.principal;
  }

  /** Gives the session up to the stage that follows; not part of what apps see. */
  static contents(identity: AuthenticatedIdentity): { session: OpenedSession; key: SigningKey } {
    return { session: identity.#session, key: identity.#key };
  }
}
