import {
  decodePublicKey,
  isStrongKey,
  MIN_RSA_BITS,
  outcomeOf,
  parsePublicKeyLine,
} from '@sallyport/codec-ssh';

/** A public key that may be trusted, or why it may not. */
export type TrustedKeyText =
  | { readonly ok: true; readonly blob: Uint8Array; readonly line: string }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads a public key as people have it: a line of a .pub file, or of known_hosts or
 * ssh-keyscan with the host in front, which is left out.
 */
export function readPublicKeyText(text: string): TrustedKeyText {
  const whole = text.trim();
  const [, rest = ''] = /^\S+\s+(.*)$/.exec(whole) ?? [];
  const parsed = [whole, rest].map(parsePublicKeyLine).find(({ ok }) => ok);
  if (parsed?.ok !== true) return { ok: false, reason: 'is not a public key, such as "ssh-ed25519 AAAA..."' };
  const { type, blob } = parsed.value;
  if (type.includes('-cert-'))
    return {
      ok: false,
      reason: 'is a certificate; give the key itself, or its CA in hostCertificateAuthorities',
    };
  const reason = keyProblem(blob);
  return reason === undefined
    ? { ok: true, blob, line: `${type} ${blob.toString('base64')}` }
    : { ok: false, reason };
}

/** What is wrong with a public key blob, if anything. */
export function keyProblem(blob: Uint8Array): string | undefined {
  const key = outcomeOf(() => decodePublicKey(blob));
  if (!key.ok) return 'is not a key of a kind that is taken: Ed25519, ECDSA or RSA';
  return isStrongKey(key.value) ? undefined : `is too short: an RSA key needs ${String(MIN_RSA_BITS)} bits`;
}
