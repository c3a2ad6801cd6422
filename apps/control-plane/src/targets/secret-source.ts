import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { ManifestProblem } from '@sallyport/contracts/admin';
import type { Manifest } from '@sallyport/policy-sdk';
import * as z from 'zod';

/** Where a manifest may take secrets from. */
export interface PasswordSources {
  /** `passwordFile` and `privateKeyFile` name files in here; undefined: none may be read. */
  readonly directory: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The key of `spec.credential` that holds a secret; with "File" or "Env" behind it, where it is. */
export type SecretField = 'password' | 'privateKey';

/** A secret that a manifest gives in one of three ways, or leaves as it is. */
export interface SecretSource {
  readonly field: SecretField;
  readonly inline?: string | undefined;
  readonly file?: string | undefined;
  readonly env?: string | undefined;
  /** What is wrong with its value, if anything. Never repeats it. */
  readonly problemOf?: (secret: string) => string | undefined;
}

/** `...Env` may name only these, so that a manifest cannot read DATABASE_URL. */
const ENV_PREFIX = 'SALLYPORT_TARGET_';

/** What a credential with a password has beside its user name. */
export const passwordFields = {
  password: z.string().min(1).max(4096).optional(),
  passwordFile: z.string().min(1).optional(),
  passwordEnv: z.string().min(1).optional(),
};

/** What a credential with a private key has beside its user name. */
export const privateKeyFields = {
  privateKey: z.string().min(1).max(16_384).optional(),
  privateKeyFile: z.string().min(1).optional(),
  privateKeyEnv: z.string().min(1).optional(),
};

const waysToGive = (field: SecretField) => [field, `${field}File`, `${field}Env`];

/** Whether the secret is given in one way at most. */
export function isGivenOnce(field: SecretField, credential: object): boolean {
  return waysToGive(field).filter((key) => Reflect.get(credential, key) !== undefined).length <= 1;
}

export function givenTwice(field: SecretField): string {
  return `give at most one of ${field}, ${field}File and ${field}Env`;
}

/** What to say where a secret must be given. */
export function givenNowhere(field: SecretField): string {
  return `${field === 'password' ? 'a password' : 'a private key'} is needed: ${field}, ${field}File or ${field}Env`;
}

type Reading =
  { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly reason: string };

export type GivenSecret =
  | { readonly ok: true; readonly secret: string | undefined }
  | { readonly ok: false; readonly problem: ManifestProblem };

/** The secret that a manifest gives, or undefined if it gives none. */
export function readGivenSecret(
  manifest: Manifest,
  source: SecretSource,
  sources: PasswordSources,
): GivenSecret {
  const { field, inline, file, env } = source;
  const take = (key: string, reading: Reading): GivenSecret => {
    const reason = reading.ok ? source.problemOf?.(reading.secret) : reading.reason;
    if (reason !== undefined)
      return { ok: false, problem: manifest.problemAt(['spec', 'credential', key], reason) };
    return { ok: true, secret: reading.ok ? reading.secret : undefined };
  };
  if (env !== undefined) return take(`${field}Env`, readVariable(env, sources));
  if (file !== undefined) return take(`${field}File`, readSecretFile(file, sources));
  return inline === undefined ? { ok: true, secret: undefined } : take(field, { ok: true, secret: inline });
}

function readVariable(name: string, { env }: PasswordSources): Reading {
  if (!name.startsWith(ENV_PREFIX)) return { ok: false, reason: `must begin with ${ENV_PREFIX}` };
  const secret = env[name];
  return secret === undefined || secret === ''
    ? { ok: false, reason: `the control plane has no variable ${name}` }
    : { ok: true, secret };
}

function readSecretFile(name: string, { directory }: PasswordSources): Reading {
  const file = fileInside(directory, name);
  if (file === undefined)
    return {
      ok: false,
      reason: 'must be a file in the directory that the setting passwordDirectory names',
    };
  try {
    return { ok: true, secret: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch {
    return { ok: false, reason: 'the control plane cannot read this file' };
  }
}

function fileInside(directory: string | undefined, name: string): string | undefined {
  if (directory === undefined) return undefined;
  const file = resolve(directory, name);
  const below = relative(resolve(directory), file);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? undefined : file;
}
