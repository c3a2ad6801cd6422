import { generateSigningKey, signingKeyFromPkcs8, type SigningKey } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/service-kit';
import type { ControlPlaneConfig } from './config.ts';
import type { Database } from './database/database.ts';
import { CertificateAuthority, generateCertificateAuthority } from './pki/certificate-authority.ts';
import { loadKeyMaterial, type KeyMaterial } from './secrets/key-material.ts';
import { createMasterKeyFile, readMasterKey } from './secrets/master-key.ts';
import { Vault } from './secrets/vault.ts';
import { AuthorityKeyStore } from './ssh/authority-keys.ts';
import { rewrapTargetSecrets } from './targets/target-secret.ts';

/** The vault of the configured master key. */
export function openVault({ masterKey }: ControlPlaneConfig, logger: Logger): Vault {
  if (masterKey.create && createMasterKeyFile(masterKey.file)) {
    logger.warn('a master key was made; whoever loses it loses every secret', { file: masterKey.file });
  }
  return new Vault(readMasterKey(masterKey.file), masterKey.previousFiles.map(readMasterKey));
}

export interface InstallationKeys {
  readonly authority: CertificateAuthority;
  /** Signs session and recorder certificates. */
  readonly recordingKey: SigningKey;
  readonly sshAuthorities: AuthorityKeyStore;
}

/** The keys of this installation, made at its first start; seals everything with the current master key. */
export async function loadInstallationKeys(
  database: Database,
  vault: Vault,
  logger: Logger,
  clock: () => Date,
): Promise<InstallationKeys> {
  const now = clock();
  const authority = await loadKeyMaterial(
    database,
    vault,
    'data-plane-ca',
    () => generateCertificateAuthority(now),
    now,
  );
  const recording = await loadKeyMaterial(
    database,
    vault,
    'recording',
    () => Promise.resolve(newRecordingKey()),
    now,
  );
  const rewrapped = await rewrapTargetSecrets(database.prisma, vault);
  if (rewrapped > 0) logger.info('secrets were wrapped with the new master key', { rewrapped });
  const sshAuthorities = new AuthorityKeyStore({ database, vault, now: clock });
  await sshAuthorities.prepare();
  return {
    sshAuthorities,
    authority: await CertificateAuthority.load(authority),
    recordingKey: signingKeyFromPkcs8(recording.private),
  };
}

function newRecordingKey(): KeyMaterial {
  const key = generateSigningKey();
  return { public: key.publicKey, private: Buffer.from(key.exportPkcs8()) };
}
