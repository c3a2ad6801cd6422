import { generateKeyPairSync, randomInt } from 'node:crypto';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { encodePublicKey, formatEd25519PrivateKeyFile } from '@sallyport/codec-ssh';
import { CliError, reasonOf } from '../cli-error.ts';
import { createAdminApi } from '../client.ts';
import { withFileLock } from '../connection/file-lock.ts';
import { writePrivateFile } from '../connection/private-file.ts';
import type { Settings } from '../connection/settings.ts';
import { tokenToUse } from '../login/session-token.ts';
import type { World } from '../world.ts';
import { forgetStaleCertificates } from './forget-certificates.ts';
import { hash, readSshState, sshFiles, type SshFiles, type SshState } from './ssh-files.ts';

/** A certificate with less life than this is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;
/** A key is used for so long; renewing the certificate alone lets others start ssh meanwhile. */
const KEY_LIFE_MS = 24 * 3_600_000;

export interface CertificateWish {
  /** Also where there is a good one. */
  readonly renew?: boolean;
  readonly lifetimeSeconds?: number | undefined;
  readonly sourceAddresses?: readonly string[];
}

export interface ReadyCertificate {
  readonly files: SshFiles;
  readonly expiresAt: Date;
  /** Whether there was none that would have done. */
  readonly renewed: boolean;
}

/** A key and a certificate of the caller's token in files for ssh: those that are there, or new ones. */
export async function ensureCertificate(
  world: World,
  settings: Settings,
  wish: CertificateWish = {},
): Promise<ReadyCertificate> {
  const files = sshFiles(world, settings);
  const token = await tokenToUse(world, settings);
  const usable = async () => {
    const state = wish.renew === true ? undefined : await readSshState(files);
    return state !== undefined && isGood(state, token, world.now()) ? state : undefined;
  };
  const found = await usable();
  if (found !== undefined) return ready(files, found, false);
  try {
    return await withFileLock(files.lock, world, async () => {
      // Ansible starts many at once: whoever comes second takes what the first one got.
      const made = await usable();
      if (made !== undefined) return ready(files, made, false);
      return ready(files, await renew(world, settings.url, token, files, wish), true);
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('failed', `The certificate cannot be stored in ${files.directory}.`, {
      reason: reasonOf(error),
      next: 'Set SALLYPORT_CONFIG_DIR to a directory that you can write to.',
    });
  }
}

async function renew(
  world: World,
  url: string,
  token: string,
  files: SshFiles,
  { lifetimeSeconds, sourceAddresses = [] }: CertificateWish,
): Promise<SshState> {
  const { key, publicKey, keyCreatedAt } = await usableKey(files, world.now());
  const api = createAdminApi(url, token);
  const { certificate, expiresAt, knownHosts } = await api.call(
    api.ssh.issueUserCertificate({
      publicKey: Buffer.from(publicKey, 'base64'),
      sourceAddresses: [...sourceAddresses],
      ...(lifetimeSeconds === undefined ? {} : { lifetime: { seconds: BigInt(lifetimeSeconds) } }),
    }),
  );
  if (expiresAt === undefined) throw new CliError('failed', 'The control plane gave no certificate.');
  const state: SshState = {
    version: 1,
    tokenHash: hash(token),
    expiresAt: timestampDate(expiresAt).toISOString(),
    publicKey,
    keyCreatedAt,
  };
  if (key !== undefined) await writePrivateFile(files.key, key);
  await writePrivateFile(files.certificate, `${certificate}\n`);
  await writePrivateFile(files.knownHosts, knownHosts);
  await writePrivateFile(files.state, `${JSON.stringify(state, null, 2)}\n`);
  await forgetStaleCertificates(files, world.now());
  return state;
}

interface UsableKey extends Pick<SshState, 'publicKey' | 'keyCreatedAt'> {
  /** The file's content where it is a new one. */
  readonly key?: string;
}

async function usableKey(files: SshFiles, now: Date): Promise<UsableKey> {
  const state = await readSshState(files);
  const age = state === undefined ? Number.NaN : now.getTime() - Date.parse(state.keyCreatedAt);
  if (state !== undefined && age >= 0 && age < KEY_LIFE_MS) return state;
  return newKey(now);
}

function newKey(now: Date): UsableKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const [seed, publicKey] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  return {
    key: formatEd25519PrivateKeyFile(seed, publicKey, 'sallyport', randomInt(0xffff_ffff)),
    publicKey: encodePublicKey({ type: 'ssh-ed25519', publicKey }).toString('base64'),
    keyCreatedAt: now.toISOString(),
  };
}

function isGood({ tokenHash, expiresAt }: SshState, token: string, now: Date): boolean {
  // NaN, of a date that cannot be read, is not more than anything.
  return tokenHash === hash(token) && Date.parse(expiresAt) - now.getTime() > RENEW_BEFORE_MS;
}

function ready(files: SshFiles, { expiresAt }: SshState, renewed: boolean): ReadyCertificate {
  return { files, expiresAt: new Date(expiresAt), renewed };
}
