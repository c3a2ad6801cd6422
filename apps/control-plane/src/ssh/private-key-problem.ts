import { createPrivateKey } from 'node:crypto';
import {
  encodePublicKey,
  parsePrivateKeyFile,
  privateKeyToJwk,
  publicKeyFromJwk,
  type PublicJwk,
} from '@sallyport/codec-ssh';
import { keyProblem } from './public-key-text.ts';

const ENCRYPTED =
  'is encrypted with a passphrase, which nobody would be there to type; give it without one ("ssh-keygen -p -N \'\' -f COPY" takes it off a copy): it is sealed here';
const NO_KEY = 'is not a private key in OpenSSH or PEM form';

/** What is wrong with the text of a private key for a target, if anything. Never repeats any of it. */
export function privateKeyProblem(text: string): string | undefined {
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) return openSshProblem(text);
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: *4, *ENCRYPTED/.test(text)) return ENCRYPTED;
  try {
    const jwk: PublicJwk = createPrivateKey(text).export({ format: 'jwk' });
    return problemOfKey(encodePublicKey(publicKeyFromJwk(jwk)));
  } catch {
    return NO_KEY;
  }
}

function openSshProblem(text: string): string | undefined {
  const parsed = parsePrivateKeyFile(text);
  if (!parsed.ok) return parsed.error.publicMessage.includes('passphrase') ? ENCRYPTED : NO_KEY;
  const { key } = parsed.value;
  try {
    // What ssh would sign with has to be a key also for the cryptography.
    createPrivateKey({ key: { ...privateKeyToJwk(key) }, format: 'jwk' });
  } catch {
    return NO_KEY;
  }
  return problemOfKey(encodePublicKey(key.public));
}

function problemOfKey(blob: Uint8Array): string | undefined {
  const problem = keyProblem(blob);
  return problem === undefined ? undefined : `the key ${problem}`;
}
