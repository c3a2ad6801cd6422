import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WireWriter } from '@sallyport/codec-ssh';
import { ED25519 } from './algorithms.ts';
import type { Ssh2HostKey } from './ssh2-protocol.ts';

/** An Ed25519 key of this door: as host, or made for one session towards a target. */
export class Ed25519Key implements Ssh2HostKey {
  readonly type = ED25519;
  readonly #key: KeyObject;
  readonly #blob: Buffer;

  constructor(key: KeyObject) {
    this.#key = key;
    this.#blob = new WireWriter().text(ED25519).string(rawPublicKey(key)).finish();
  }

  static generate(): Ed25519Key {
    return new Ed25519Key(generateKeyPairSync('ed25519').privateKey);
  }

  /** 32 bytes. */
  get rawPublicKey(): Buffer {
    return rawPublicKey(this.#key);
  }

  /** The public key as SSH writes it (RFC 8709, 4). */
  getPublicSSH(): Buffer {
    return this.#blob;
  }

  sign(data: Buffer): Buffer {
    return sign(null, data, this.#key);
  }

  /** The same key under a certificate. */
  certified(certificate: Buffer): Ssh2HostKey {
    return { type: ED25519, getPublicSSH: () => certificate, sign: (data) => this.sign(data) };
  }
}

/** The door's own host key, made at its first start. Only this process's user may read the file. */
export function loadHostKey(file: string): Ed25519Key {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
  }
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key`);
  return new Ed25519Key(key);
}

function rawPublicKey(key: KeyObject): Buffer {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}
