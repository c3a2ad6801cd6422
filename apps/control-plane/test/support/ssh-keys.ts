import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parsePublicKeyLine } from '@sallyport/codec-ssh';
import type { TemporaryDirectory } from '@sallyport/testing';

/** Real OpenSSH keys and certificates in files, and what ssh-keygen says of them. */
export class SshKeys {
  readonly #directory: TemporaryDirectory;

  constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
  }

  path(name: string): string {
    return this.#directory.join(name);
  }

  /** A new key without a passphrase, unless the options say otherwise. */
  generate(name: string, ...options: readonly string[]): this {
    this.#keygen('-q', '-t', 'ed25519', '-N', '', '-f', this.path(name), ...options);
    return this;
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8').trim();
  }

  /** The blob of a .pub file. */
  blob(name: string): Uint8Array {
    return blobOf(this.text(`${name}.pub`));
  }

  /** Has one key sign another, as ssh-keygen does; gives the certificate's blob. */
  sign(authority: string, name: string, ...options: readonly string[]): Uint8Array {
    this.#keygen('-q', '-s', this.path(authority), '-I', 'forged', ...options, this.path(`${name}.pub`));
    return blobOf(this.text(`${name}-cert.pub`));
  }

  /** What `ssh-keygen -L` says of a certificate file. */
  describe(file: string): string {
    return this.#keygen('-L', '-f', this.path(file));
  }

  #keygen(...words: readonly string[]): string {
    return execFileSync('ssh-keygen', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

export function blobOf(line: string): Uint8Array {
  const parsed = parsePublicKeyLine(line);
  if (!parsed.ok) throw parsed.error;
  return parsed.value.blob;
}
