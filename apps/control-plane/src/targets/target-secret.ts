import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Queries } from '../database/database.ts';
import type { ManifestDocument } from '../resources/manifest.ts';
import type { Vault } from '../secrets/vault.ts';
import type { TargetManifest } from './target.ts';
import type { ManifestProblem } from '@sallyport/contracts/admin';

/** Where a manifest may take passwords from. */
export interface PasswordSources {
  /** `passwordFile` names a file in here; undefined: none may be read. */
  readonly directory: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `passwordEnv` may name only these, so that a manifest cannot read DATABASE_URL. */
const ENV_PREFIX = 'SALLYPORT_TARGET_';

export type GivenPassword =
  | { readonly ok: true; readonly password: string | undefined }
  | { readonly ok: false; readonly problem: ManifestProblem };

/** The password that a manifest gives, or undefined if it gives none. */
export function readGivenPassword(
  document: ManifestDocument,
  manifest: TargetManifest,
  sources: PasswordSources,
): GivenPassword {
  const { password, passwordFile, passwordEnv } = manifest.spec.credential ?? {};
  const refuse = (key: string, message: string): GivenPassword => ({
    ok: false,
    problem: document.problem(['spec', 'credential', key], message),
  });
  if (passwordEnv !== undefined) {
    if (!passwordEnv.startsWith(ENV_PREFIX)) return refuse('passwordEnv', `must begin with ${ENV_PREFIX}`);
    const value = sources.env[passwordEnv];
    if (value === undefined || value === '')
      return refuse('passwordEnv', `the control plane has no variable ${passwordEnv}`);
    return { ok: true, password: value };
  }
  if (passwordFile === undefined) return { ok: true, password };
  const file = fileInside(sources.directory, passwordFile);
  if (file === undefined)
    return refuse('passwordFile', 'must be a file in the directory that the setting passwordDirectory names');
  try {
    return { ok: true, password: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch {
    return refuse('passwordFile', 'the control plane cannot read this file');
  }
}

function fileInside(directory: string | undefined, name: string): string | undefined {
  if (directory === undefined) return undefined;
  const file = resolve(directory, name);
  const below = relative(resolve(directory), file);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? undefined : file;
}

const secretName = (targetName: string) => `target/${targetName}`;

/** The target's password in clear, for the proxy that is about to use it. */
export async function readTargetPassword(
  queries: Queries,
  vault: Vault,
  targetName: string,
): Promise<string | undefined> {
  const row = await queries.targetSecret.findUnique({ where: { targetName } });
  return row === null ? undefined : vault.open(secretName(targetName), row.sealed).toString('utf8');
}

export async function writeTargetPassword(
  queries: Queries,
  vault: Vault,
  targetName: string,
  password: string | undefined,
  now: Date,
): Promise<void> {
  if (password === undefined) {
    await queries.targetSecret.deleteMany({ where: { targetName } });
    return;
  }
  const sealed = vault.seal(secretName(targetName), Buffer.from(password, 'utf8'));
  const fields = { sealed, updatedAt: now };
  await queries.targetSecret.upsert({
    where: { targetName },
    create: { targetName, ...fields },
    update: fields,
  });
}

/** Seals with the current master key what an earlier one sealed; gives how many. */
export async function rewrapTargetPasswords(queries: Queries, vault: Vault): Promise<number> {
  let count = 0;
  for (const { targetName, sealed } of await queries.targetSecret.findMany()) {
    if (vault.isCurrent(sealed)) continue;
    const secret = vault.open(secretName(targetName), sealed);
    await queries.targetSecret.update({
      where: { targetName },
      data: { sealed: vault.seal(secretName(targetName), secret) },
    });
    count += 1;
  }
  return count;
}
