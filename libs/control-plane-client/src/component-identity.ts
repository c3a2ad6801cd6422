import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';

/** What a component proves itself with; the private key never leaves its state directory. */
export interface ComponentIdentity {
  readonly privateKeyPem: string;
  /** Leaf first. */
  readonly certificateChainPem: string;
  /** The data-plane CA; the only one that the control plane's certificate is checked against. */
  readonly caPem: string;
  /** Raw Ed25519 key that signs session and recorder certificates. */
  readonly recordingPublicKey: Uint8Array;
}

const FILE = 'component-identity.json';

/** The identity of an earlier join; undefined if there is none. Throws if the file is not one. */
export function readIdentity(stateDirectory: string): ComponentIdentity | undefined {
  let text: string;
  try {
    text = readFileSync(join(stateDirectory, FILE), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  const field = (name: string): string => {
    const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    if (typeof found !== 'string')
      throw new Error(`${FILE} in the state directory is not an identity; delete it and join again`);
    return found;
  };
  return {
    privateKeyPem: field('privateKeyPem'),
    certificateChainPem: field('certificateChainPem'),
    caPem: field('caPem'),
    recordingPublicKey: new Uint8Array(Buffer.from(field('recordingPublicKey'), 'base64')),
  };
}

/** Keeps an identity: one file, for the owner only, replaced at once or not at all. */
export function writeIdentity(stateDirectory: string, identity: ComponentIdentity): void {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  const partial = join(stateDirectory, `${FILE}.partial`);
  const recordingPublicKey = Buffer.from(identity.recordingPublicKey).toString('base64');
  writeFileSync(partial, JSON.stringify({ ...identity, recordingPublicKey }), { mode: 0o600, flush: true });
  renameSync(partial, join(stateDirectory, FILE));
}

/** When the identity's certificate ends. */
export function expiryOf(identity: ComponentIdentity): Date {
  return new X509Certificate(identity.certificateChainPem).validToDate;
}

/** When to renew it: two thirds into its life. */
export function renewalOf(identity: ComponentIdentity): Date {
  const { validFromDate, validToDate } = new X509Certificate(identity.certificateChainPem);
  const from = validFromDate.getTime();
  return new Date(from + ((validToDate.getTime() - from) * 2) / 3);
}
