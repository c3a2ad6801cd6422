import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { outcomeOf, type Outcome } from '../wire/outcome.ts';
import { WireReader } from '../wire/wire-reader.ts';

const MAX_LINE_LENGTH = 128 * 1024;

/** One line of a `.pub` file: `ssh-ed25519 AAAA... comment`. */
export interface PublicKeyLine {
  /** The name in the blob too: a kind of key or of certificate. */
  readonly type: string;
  /** For `decodePublicKey` or `decodeCertificate`. */
  readonly blob: Buffer;
  readonly comment: string;
}

/** Reads a line of a public key or certificate file. */
export function parsePublicKeyLine(line: string): Outcome<PublicKeyLine> {
  return outcomeOf(() => {
    if (line.length > MAX_LINE_LENGTH) throw new CodecError('limit', 'A line with a public key is too long.');
    if (/[\r\n\0]/.test(line.trim())) throw new CodecError('value', 'A public key is more than one line.');
    return readKey(line.trim());
  });
}

/** The key at the start of `text`. @throws CodecError */
export function readKey(text: string): PublicKeyLine {
  const parts = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/.exec(text);
  const [, type = '', encoded = '', comment = ''] = parts ?? [];
  if (parts === null) throw new CodecError('value', 'A line is no public key.');
  const blob = Buffer.from(encoded, 'base64');
  if (blob.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) {
    throw new CodecError('encoding', 'A public key is not valid base64.');
  }
  if (new WireReader(blob).name() !== type) {
    throw new CodecError('value', 'A public key is of another kind than its line says.');
  }
  return { type, blob, comment };
}

/** The line of a blob, without a line feed. */
export function formatPublicKeyLine(blob: Uint8Array, comment = ''): string {
  const type = new WireReader(blob).name();
  const line = `${type} ${Buffer.from(blob).toString('base64')}`;
  return comment === '' ? line : `${line} ${comment.replace(/[\r\n\0]+/g, ' ')}`;
}
