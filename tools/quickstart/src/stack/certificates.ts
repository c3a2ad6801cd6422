import { createTestAuthority } from '@sallyport/testing';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { StateFolder } from '../state/state-folder.ts';

/** Programs of the sample that show a certificate: the target, to Sallyport; the door, to psql. */
export type CertificateName = 'target-postgres' | 'proxy-postgres';

const NAMES: readonly CertificateName[] = ['target-postgres', 'proxy-postgres'];

/** Makes them once, before anything starts; the authority's own key is thrown away. */
export async function makeCertificates(state: StateFolder): Promise<void> {
  if (existsSync(authorityFile(state))) return;
  const authority = await createTestAuthority('Sallyport quick start CA');
  for (const commonName of NAMES) {
    const { certificatePem, privateKeyPem } = await authority.issue({
      commonName,
      hosts: ['127.0.0.1', 'localhost'],
    });
    const files = certificateFiles(state, commonName);
    writeFileSync(files.certificateFile, certificatePem, { mode: 0o600 });
    writeFileSync(files.privateKeyFile, privateKeyPem, { mode: 0o600 });
  }
  writeFileSync(authorityFile(state), authority.caPem);
}

/** Whom to trust for all of them: psql's `sslrootcert`. */
export function authorityFile(state: StateFolder): string {
  return state.file('certificates', 'ca.pem');
}

export function certificateFiles(state: StateFolder, name: CertificateName) {
  return {
    certificateFile: state.file('certificates', `${name}.pem`),
    privateKeyFile: state.file('certificates', `${name}.key`),
  };
}

export function readCertificate(state: StateFolder, name: CertificateName) {
  const { certificateFile, privateKeyFile } = certificateFiles(state, name);
  return {
    certificatePem: readFileSync(certificateFile, 'utf8'),
    privateKeyPem: readFileSync(privateKeyFile, 'utf8'),
  };
}
