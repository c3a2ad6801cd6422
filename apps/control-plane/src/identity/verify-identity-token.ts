import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyResult } from 'jose';
import type { Issuer } from './issuer.ts';
import type { IssuerKeys, KeySet } from './issuer-keys.ts';

/** RFC 8693, section 3; the kinds of subject token that are taken. */
export const SUBJECT_TOKEN_TYPES = [
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:access_token',
  'urn:ietf:params:oauth:token-type:jwt',
] as const;
export type SubjectTokenType = (typeof SUBJECT_TOKEN_TYPES)[number];

export interface VerifiedIdentity {
  readonly issuer: Issuer;
  readonly subject: string;
  readonly claims: JWTPayload;
}

/** `rejected`: the token is not good, whoever asks. `unavailable`: its issuer's keys cannot be had now. */
export type IdentityVerification =
  | { readonly kind: 'verified'; readonly identity: VerifiedIdentity }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** `typ` headers by what they carry (RFC 9068 for access tokens); other kinds of JWT are not identities. */
const TYPES: Readonly<Record<SubjectTokenType, readonly (string | undefined)[]>> = {
  'urn:ietf:params:oauth:token-type:id_token': [undefined, 'jwt'],
  'urn:ietf:params:oauth:token-type:access_token': [undefined, 'jwt', 'at+jwt', 'application/at+jwt'],
  'urn:ietf:params:oauth:token-type:jwt': [undefined, 'jwt', 'at+jwt', 'application/at+jwt'],
};

export const CLOCK_SKEW_SECONDS = 30;
const MAX_TOKEN_LENGTH = 16 * 1024;

/**
 * Verifies a JWT of one of the issuers: its signature with an allowed algorithm and a key
 * of that issuer, `iss`, `aud`, `exp` (which must be there), `nbf`, `iat` and `typ`.
 */
export async function verifyIdentityToken(
  token: string,
  type: SubjectTokenType,
  issuers: Iterable<Issuer>,
  keys: IssuerKeys,
  now: Date,
): Promise<IdentityVerification> {
  if (token.length > MAX_TOKEN_LENGTH) return rejected('it is too long');
  const issuer = findIssuer(token, issuers);
  if (issuer === undefined) return rejected('it is not a JWT of an issuer that is trusted here');
  let keySet: KeySet;
  try {
    keySet = await keys.keysOf(issuer.url);
  } catch (cause) {
    return { kind: 'unavailable', cause };
  }
  const first = await tryVerify(token, issuer, keySet, now);
  if (first.kind === 'unknown-key') {
    const rotated = await keys.rotatedKeysOf(issuer.url).catch(() => undefined);
    const second = rotated === undefined ? first : await tryVerify(token, issuer, rotated, now);
    return second.kind === 'verified' ? judge(second.result, type, issuer) : rejected(second.reason);
  }
  return first.kind === 'verified' ? judge(first.result, type, issuer) : rejected(first.reason);
}

type Attempt =
  | { readonly kind: 'verified'; readonly result: JWTVerifyResult }
  | { readonly kind: 'rejected' | 'unknown-key'; readonly reason: string };

async function tryVerify(token: string, issuer: Issuer, keySet: KeySet, now: Date): Promise<Attempt> {
  try {
    const result = await jwtVerify(token, keySet, {
      issuer: issuer.url,
      audience: [...issuer.audiences],
      algorithms: [...issuer.algorithms],
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp', 'sub'],
      currentDate: now,
    });
    return { kind: 'verified', result };
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey)
      return { kind: 'unknown-key', reason: 'it is signed with a key that its issuer does not have' };
    return { kind: 'rejected', reason: reasonOf(error) };
  }
}

function judge(
  { payload, protectedHeader }: JWTVerifyResult,
  type: SubjectTokenType,
  issuer: Issuer,
): IdentityVerification {
  if (!TYPES[type].includes(protectedHeader.typ?.toLowerCase())) return rejected('it is another kind of JWT');
  if (payload['events'] !== undefined) return rejected('it is an event, not an identity');
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) return rejected('it has no usable subject');
  return { kind: 'verified', identity: { issuer, subject: sub, claims: payload } };
}

function findIssuer(token: string, issuers: Iterable<Issuer>): Issuer | undefined {
  let claimed: unknown;
  try {
    claimed = decodeJwt(token).iss;
  } catch {
    return undefined;
  }
  for (const issuer of issuers) if (issuer.url === claimed) return issuer;
  return undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" does not fit`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is signed with an algorithm that is not allowed';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  return 'it is not a valid JWT';
}

function rejected(reason: string): IdentityVerification {
  return { kind: 'rejected', reason };
}
