import type { CertifiedHostKey } from '@sallyport/control-plane-client';
import type { Ed25519Key } from './host-key.ts';
import type { Ssh2HostKey } from './ssh2-protocol.ts';

/** Who certifies host keys; `ControlPlaneClient` is the real one. */
export interface HostKeyCertifier {
  certifyHostKey(request: {
    readonly publicKey: Uint8Array;
    readonly hostNames?: readonly string[];
  }): Promise<CertifiedHostKey>;
}

export interface DoorIdentityOptions {
  readonly key: Ed25519Key;
  readonly certifier: HostKeyCertifier;
  readonly hostNames: readonly string[];
  readonly onProblem: (error: unknown) => void;
  readonly nowMs: () => number;
}

/** After a certificate could not be had, and the least time between two. */
const RETRY_MS = 30_000;
/** Also while the certificate is good: the answer says, too, whose callers' certificates count, which may change at once. */
const MAX_DELAY_MS = 5 * 60_000;

/**
 * What the door shows to callers: its own key, and the control plane's
 * certificate for it, asked for again when two thirds of its life are over.
 * Without a certificate callers see the plain key and have to know it.
 */
export class DoorIdentity {
  readonly key: Ed25519Key;
  readonly #options: DoorIdentityOptions;
  #certificate: Ssh2HostKey | null = null;
  #userAuthorities: readonly Buffer[] = [];
  #expiresMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: DoorIdentityOptions) {
    this.key = options.key;
    this.#options = options;
  }

  /** Null: there is none, or it has expired. */
  get certificate(): Ssh2HostKey | null {
    return this.#expiresMs > this.#options.nowMs() ? this.#certificate : null;
  }

  /** Keys that sign callers' certificates; empty while they are not known. OpenSession judges in any case. */
  get userAuthorities(): readonly Buffer[] {
    return this.#userAuthorities;
  }

  /** Asks for a certificate, and goes on asking. Resolves after the first answer, whatever it was. */
  async start(): Promise<void> {
    const { certifier, hostNames, nowMs, onProblem } = this.#options;
    let delayMs = RETRY_MS;
    try {
      const certified = await certifier.certifyHostKey({ publicKey: this.key.getPublicSSH(), hostNames });
      this.#certificate = this.key.certified(Buffer.from(certified.certificate));
      this.#userAuthorities = certified.userCaPublicKeys.map((blob) => Buffer.from(blob));
      this.#expiresMs = certified.expiresAt.getTime();
      delayMs = Math.max(RETRY_MS, ((this.#expiresMs - nowMs()) * 2) / 3);
    } catch (error) {
      onProblem(error);
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.start(), Math.min(delayMs, MAX_DELAY_MS));
    this.#timer.unref();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
