import { readFileSync } from 'node:fs';
import type { ComponentKind } from '@sallyport/contracts/dataplane';
import { Secret, type Logger } from '@sallyport/service-kit';

/** How a component reaches the control plane and proves itself. */
export interface ComponentOptions {
  /** "host:port" of the data-plane gRPC. */
  readonly address: string;
  /** Unique among components, the same after a restart: "proxy-postgres-0". */
  readonly componentId: string;
  /** Keeps the key and certificate, for the owner only. */
  readonly stateDirectory: string;
  /** Needed for the first join; read only when there is no valid certificate. */
  readonly join?: JoinCredential;
  /** Deadline of each call. Default 5 s. */
  readonly callTimeoutMs?: number;
  /** How often to look whether the certificate is due for renewal. Default 30 s. */
  readonly renewalCheckMs?: number;
  readonly logger: Logger;
  /** Wall clock, for tests. */
  readonly nowMs?: () => number;
}

/** A one-time token and the CA that it is for. */
export interface JoinCredential {
  readonly token: Secret;
  /** SHA-256 of the data-plane CA's certificate, hex. */
  readonly caFingerprint: string;
}

export type JoiningKind = typeof ComponentKind.PROXY | typeof ComponentKind.RECORDER;

/**
 * The name that every control plane's data-plane certificate carries. The CA is the data
 * plane's own and signs nobody else as a server, so the address that a control plane is
 * reached by need not be in its certificate.
 */
export const CONTROL_PLANE_SERVER_NAME = 'control-plane.sallyport.internal';

export const DEFAULT_CALL_TIMEOUT_MS = 5_000;

/** Reads a join token file: the token on the first line, the CA's fingerprint on the second. */
export function readJoinTokenFile(file: string): JoinCredential {
  const [token, caFingerprint] = readFileSync(file, 'utf8').split(/\r?\n/);
  if (
    token === undefined ||
    token === '' ||
    caFingerprint === undefined ||
    !/^[0-9a-fA-F:]{64,95}$/.test(caFingerprint)
  ) {
    throw new Error(
      `${file} is not a join token file: it needs the token and, on the second line, the CA's fingerprint`,
    );
  }
  return { token: new Secret(token), caFingerprint };
}
