import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import type { WireWriter } from '../wire/wire-writer.ts';
import { MAX_KEY_BLOB_BYTES, MAX_SECRET_BYTES, MAX_SIGNATURE_BYTES } from './userauth-limits.ts';

/** A public key (or certificate) that is asked about, or shown with a proof that its private half is at hand. */
export interface PublickeyMethod {
  readonly kind: 'publickey' | 'publickey-hostbound-v00@openssh.com';
  /** The name of the algorithm that the signature is made with, of a certificate the certificate's. */
  readonly algorithm: string;
  /** Public key blob or certificate blob. */
  readonly key: Buffer;
  /** The server's host key, which the `hostbound` form signs too; null in the other. */
  readonly hostKey: Buffer | null;
  /** Signature blob; null only asks whether the key would do. */
  readonly signature: Buffer | null;
}

/**
 * How a user authenticates (RFC 4252, 5.2, 7, 8; RFC 4256, 3.1; OpenSSH
 * PROTOCOL 1.8 for `hostbound`). Everything else keeps its bytes.
 * Passwords are bytes, so that they can be overwritten after use.
 */
export type UserauthMethod =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly password: Buffer; readonly newPassword: Buffer | null }
  | PublickeyMethod
  | { readonly kind: 'keyboard-interactive'; readonly languageTag: string; readonly submethods: string }
  | { readonly kind: 'unknown'; readonly name: string; readonly data: Buffer };

/** Reads what follows the method's name. */
export function decodeUserauthMethod(name: string, reader: WireReader): UserauthMethod {
  switch (name) {
    case 'none':
      return { kind: name };
    case 'password': {
      const changes = reader.boolean();
      const password = reader.string(MAX_SECRET_BYTES);
      return { kind: name, password, newPassword: changes ? reader.string(MAX_SECRET_BYTES) : null };
    }
    case 'publickey':
    case 'publickey-hostbound-v00@openssh.com':
      return decodePublickey(name, reader);
    case 'keyboard-interactive':
      return { kind: name, languageTag: reader.text(), submethods: reader.text() };
    default:
      return { kind: 'unknown', name, data: reader.rest() };
  }
}

function decodePublickey(kind: PublickeyMethod['kind'], reader: WireReader): PublickeyMethod {
  const signed = reader.boolean();
  const algorithm = reader.name();
  const key = reader.string(MAX_KEY_BLOB_BYTES);
  const hostKey = kind === 'publickey' ? null : reader.string(MAX_KEY_BLOB_BYTES);
  return { kind, algorithm, key, hostKey, signature: signed ? reader.string(MAX_SIGNATURE_BYTES) : null };
}

/** Writes what follows the method's name. */
export function encodeUserauthMethod(writer: WireWriter, method: UserauthMethod): WireWriter {
  switch (method.kind) {
    case 'none':
      return writer;
    case 'password':
      writer.boolean(method.newPassword !== null).string(method.password);
      return method.newPassword === null ? writer : writer.string(method.newPassword);
    case 'publickey':
    case 'publickey-hostbound-v00@openssh.com':
      writePublickey(writer, method, method.signature !== null);
      return method.signature === null ? writer : writer.string(method.signature);
    case 'keyboard-interactive':
      return writer.text(method.languageTag).text(method.submethods);
    case 'unknown':
      return writer.bytes(method.data);
  }
}

/** A publickey method up to where its signature goes; `signed` is told and signed too. */
export function writePublickey(writer: WireWriter, method: PublickeyMethod, signed: boolean): WireWriter {
  writer.boolean(signed).text(method.algorithm).string(method.key);
  if (method.kind === 'publickey') return writer;
  if (method.hostKey === null) throw new CodecError('value', 'A host-bound request needs the host key.');
  return writer.string(method.hostKey);
}
