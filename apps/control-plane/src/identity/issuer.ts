import * as z from 'zod';
import { isAllowedIssuerUrl } from './issuer-url.ts';
import { principalKind } from './subject.ts';

/** Signature algorithms that can be allowed; never "none", never a shared secret. */
export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const issuerUrl = z
  .string()
  .max(2048)
  .refine(
    isAllowedIssuerUrl,
    'must be an https URL without credentials, query or fragment; http is for loopback only',
  );

/** What a token of this issuer is taken for; the first rule that fits counts, and without one it is a user. */
const kindRule = z
  .strictObject({
    /** The token of a client that acts for itself (client credentials): its subject is the client. */
    clientCredentials: z.literal(true).optional(),
    /** "name=value": equal to the claim, or among its values if it is a list. */
    claim: z
      .string()
      .regex(/^[^=]+=.+$/, 'must be "name=value"')
      .optional(),
    kind: principalKind,
    /** Groups that such a token has beside those in its claims. */
    groups: z.array(z.string().min(1)).default([]),
  })
  .refine(
    ({ clientCredentials, claim }) => clientCredentials === true || claim !== undefined,
    'must have clientCredentials or claim',
  );

export const issuerSpec = z.strictObject({
  url: issuerUrl,
  /** Tokens must be meant for one of these. */
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Public client for the device flow; without one, people cannot log in with it. */
  deviceClientId: z.string().default(''),
  scopes: z.array(z.string().min(1)).default(['openid', 'profile']),
  algorithms: z.array(z.enum(SIGNATURE_ALGORITHMS)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  claims: z
    .strictObject({
      /** Tried in order; the first that is there names the principal. */
      name: z.array(z.string().min(1)).default(['preferred_username', 'email', 'client_id', 'azp']),
      /** A list or one value. Empty: tokens of this issuer bring no groups. */
      groups: z.string().default('groups'),
    })
    .prefault({}),
  kinds: z.array(kindRule).default([{ clientCredentials: true, kind: 'workload', groups: [] }]),
});

/** An OIDC provider whose tokens can be exchanged. */
export interface Issuer extends z.output<typeof issuerSpec> {
  readonly name: string;
  readonly audiences: readonly string[];
}

export function toIssuer(name: string, spec: z.output<typeof issuerSpec>): Issuer {
  return {
    ...spec,
    name,
    audiences: typeof spec.audience === 'string' ? [spec.audience] : spec.audience,
  };
}
