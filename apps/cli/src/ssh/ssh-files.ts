import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CliError, systemCode } from '../cli-error.ts';
import type { Settings } from '../connection/settings.ts';
import { configDirectory } from '../login/login-store.ts';
import type { World } from '../world.ts';

/** Where ssh's files are for one control plane and one identity, and which they are. */
export interface SshFiles {
  readonly directory: string;
  readonly key: string;
  readonly certificate: string;
  readonly knownHosts: string;
  readonly config: string;
  readonly state: string;
  readonly lock: string;
}

/** What is known of the files. */
export interface SshState {
  readonly version: 1;
  /** SHA-256 of the token that the certificate stands for; the token itself is not here. */
  readonly tokenHash: string;
  readonly expiresAt: string;
  /** Blob, base64. */
  readonly publicKey: string;
  readonly keyCreatedAt: string;
}

/** Characters that ssh's configuration, or the shell that it starts, would take for something else. */
const UNSAFE = /["'$%\\`\p{Cc}]/u;
const ANYBODY_ELSE = 0o077;

/** The files of whom the settings say. Nobody's certificate is found in another's place. */
export function sshFiles(world: World, settings: Settings): SshFiles {
  return filesOf(world, settings.url, identityOf(settings));
}

/** Those of the stored login. */
export function loginSshFiles(world: World, url: string): SshFiles {
  return filesOf(world, url, LOGIN);
}

const LOGIN: readonly string[] = ['login'];

function filesOf(world: World, url: string, identity: readonly string[]): SshFiles {
  const id = hash(JSON.stringify([url, identity])).slice(0, 16);
  const directory = join(resolve(configDirectory(world)), 'ssh', id);
  if (UNSAFE.test(directory))
    throw new CliError('failed', `ssh's configuration cannot name files in ${directory}.`, {
      next: 'Set SALLYPORT_CONFIG_DIR to a directory without quotes, "$", "%" and "\\".',
    });
  const file = (name: string) => join(directory, name);
  return {
    directory,
    key: file('id_ed25519'),
    certificate: file('id_ed25519-cert.pub'),
    knownHosts: file('known_hosts'),
    config: file('config'),
    state: file('state.json'),
    lock: file('lock'),
  };
}

/** A token in a file changes, and is whose it is; a token in a variable is one of its own. */
function identityOf({ token }: Settings): readonly string[] {
  if (token.kind !== 'given') return LOGIN;
  return token.file === undefined ? ['token', hash(token.token)] : ['file', resolve(token.file)];
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What there is; undefined where there is nothing that can be used. A key that others can read is none. */
export async function readSshState(files: SshFiles): Promise<SshState | undefined> {
  try {
    const { mode } = await stat(files.key);
    if (process.platform !== 'win32' && (mode & ANYBODY_ELSE) !== 0) return undefined;
    await stat(files.certificate);
    const value: unknown = JSON.parse(await readFile(files.state, 'utf8'));
    return isState(value) ? value : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isState(value: unknown): value is SshState {
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'version') !== 1) return false;
  return ['tokenHash', 'expiresAt', 'publicKey', 'keyCreatedAt'].every(
    (name) => typeof Reflect.get(value, name) === 'string',
  );
}
