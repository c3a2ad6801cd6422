import { startSshServer, type SshServer } from '@sallyport/testing';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BulkFile } from './bulk-case.ts';

const BLOCK_BYTES = 1024 * 1024;
const LINE_BYTES = 31;

/** The OpenSSH server that all subjects lead to. */
export function startHost(): Promise<SshServer> {
  return startSshServer();
}

/** Half of it random bytes, half lines of random hex digits, a mebibyte each in turns. */
export function writeBulkFile(directory: string, mebibytes: number): BulkFile {
  const path = join(directory, 'bulk');
  const file = openSync(path, 'w');
  let bytes = 0;
  for (let block = 0; block < mebibytes; block++)
    bytes += writeSync(file, block % 2 === 0 ? randomBytes(BLOCK_BYTES) : hexLines());
  closeSync(file);
  return { path, bytes };
}

function hexLines(): Buffer {
  const lines = randomBytes(BLOCK_BYTES / 2)
    .toString('hex')
    .match(new RegExp(`.{${LINE_BYTES}}`, 'g'));
  return Buffer.from(`${(lines ?? []).join('\n')}\n`);
}
