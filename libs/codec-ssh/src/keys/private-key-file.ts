/** OpenSSH's file format for private keys (PROTOCOL.key), without a passphrase. */
import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { outcomeOf, type Outcome } from '../wire/outcome.ts';
import { asBuffer, WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { decodePrivateKeyFields, type PrivateKey } from './private-key.ts';
import { encodePublicKey } from './public-key.ts';

const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
const MAX_FILE_LENGTH = 64 * 1024;
const BLOCK_BYTES = 8;
const LINE_LENGTH = 70;
const SEED_BYTES = 32;

export interface PrivateKeyFile {
  readonly key: PrivateKey;
  readonly comment: string;
}

/**
 * Reads a private key file. The error's reason tells a file that is encrypted
 * or of another kind (`unsupported`) from one that is broken.
 */
export function parsePrivateKeyFile(file: string): Outcome<PrivateKeyFile> {
  return outcomeOf(() => {
    if (file.length > MAX_FILE_LENGTH) throw new CodecError('limit', 'A private key file is too long.');
    const text = file.trim();
    if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
      throw new CodecError('unsupported', 'A file is no private key in the format of OpenSSH.');
    }
    const encoded = text.slice(BEGIN.length, -END.length).replace(/\s+/g, '');
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.toString('base64') !== encoded) {
      throw new CodecError('encoding', 'A private key file is not valid base64.');
    }
    return decodeFile(bytes);
  });
}

function decodeFile(bytes: Buffer): PrivateKeyFile {
  const reader = new WireReader(bytes);
  if (!reader.bytes(MAGIC.length).equals(MAGIC)) {
    throw new CodecError('unsupported', 'A file is no private key in the format of OpenSSH.');
  }
  const cipher = reader.name();
  const derivation = reader.name();
  const derivationOptions = reader.string();
  if (cipher !== 'none' || derivation !== 'none' || derivationOptions.length !== 0) {
    throw new CodecError(
      'unsupported',
      'A private key is encrypted with a passphrase; give one that is not.',
    );
  }
  if (reader.uint32() !== 1) throw new CodecError('unsupported', 'A file has more than one private key.');
  const publicBlob = reader.string();
  const secret = new WireReader(reader.string());
  reader.finish();
  if (secret.uint32() !== secret.uint32()) throw new CodecError('value', 'A private key file is broken.');
  const key = decodePrivateKeyFields(secret.name(), secret);
  const comment = secret.displayText();
  const padding = secret.rest();
  if (padding.length >= BLOCK_BYTES || padding.some((byte, index) => byte !== index + 1)) {
    throw new CodecError('value', 'A private key file is broken.');
  }
  if (!encodePublicKey(key.public).equals(publicBlob)) {
    throw new CodecError('value', 'The halves of a private key do not belong together.');
  }
  return { key, comment };
}

/**
 * Writes an Ed25519 key as a file that ssh reads. The caller makes it readable
 * by its owner only; ssh takes no other.
 * @param checkNumber any random number; it is only there to recognise a wrong passphrase
 */
export function formatEd25519PrivateKeyFile(
  seed: Uint8Array,
  publicKey: Uint8Array,
  comment: string,
  checkNumber: number,
): string {
  if (seed.length !== SEED_BYTES || publicKey.length !== SEED_BYTES) {
    throw new CodecError('value', 'An Ed25519 key has another length.');
  }
  const publicBlob = encodePublicKey({ type: 'ssh-ed25519', publicKey: asBuffer(publicKey) });
  const secret = new WireWriter()
    .uint32(checkNumber)
    .uint32(checkNumber)
    .text('ssh-ed25519')
    .string(publicKey)
    .string(Buffer.concat([seed, publicKey]))
    .text(comment);
  for (let pad = 1; secret.length % BLOCK_BYTES !== 0; pad++) secret.byte(pad);
  const file = new WireWriter()
    .bytes(MAGIC)
    .text('none')
    .text('none')
    .text('')
    .uint32(1)
    .string(publicBlob)
    .string(secret.finish())
    .finish();
  const lines = file.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return [BEGIN, ...lines, END, ''].join('\n');
}
