/** OpenSSH certificates, version 01 (OpenSSH PROTOCOL.certkeys). */
import { Buffer } from 'node:buffer';
import { decodeKeyFields, encodeKeyFields, type PublicKey } from '../keys/public-key.ts';
import { CodecError } from '../wire/codec-error.ts';
import { asBuffer, WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import {
  decodeCertificateOptions,
  encodeCertificateOptions,
  type CertificateOption,
} from './certificate-option.ts';
import { certificateTypeOf, certifiedKeyType } from './certificate-type.ts';

const MAX_CERTIFICATE_BYTES = 64 * 1024;
const MAX_PRINCIPALS = 256;
const MAX_PRINCIPAL_BYTES = 1024;
const MAX_KEY_ID_BYTES = 4096;
const USER = 1;
const HOST = 2;

/** A `validBefore` that never comes. */
export const FOREVER = 0xffff_ffff_ffff_ffffn;

/** What a CA says about a key. Times are seconds since 1970. */
export interface CertificateContents {
  readonly kind: 'user' | 'host';
  /** The key that is certified. */
  readonly key: PublicKey;
  /** Random bytes from the CA, so that nobody can foresee what it signs; at least 16. */
  readonly nonce: Buffer;
  readonly serial: bigint;
  /** Free text that servers log. */
  readonly keyId: string;
  /** User names or host names. */
  readonly principals: readonly string[];
  /** The first second of validity. */
  readonly validAfter: bigint;
  /** The first second after it. */
  readonly validBefore: bigint;
  readonly criticalOptions: readonly CertificateOption[];
  readonly extensions: readonly CertificateOption[];
  /** Public key blob of the CA. */
  readonly caKey: Buffer;
}

/** A decoded certificate. Nothing in it is believed before `checkUserCertificate` or `checkHostCertificate`. */
export interface Certificate extends CertificateContents {
  /** The name in the blob: `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: string;
  /** Reserved; empty today. */
  readonly reserved: Buffer;
  /** Signature blob of the CA. */
  readonly signature: Buffer;
  /** What the signature covers. */
  readonly signedBytes: Buffer;
}

/** Whether a key blob is a certificate that `decodeCertificate` takes. Never throws. */
export function isCertificateBlob(blob: Uint8Array): boolean {
  const bytes = asBuffer(blob);
  if (bytes.length < 4) return false;
  const length = bytes.readUInt32BE(0);
  return length <= 64 && certifiedKeyType(bytes.toString('latin1', 4, 4 + length)) !== null;
}

/** Reads a certificate blob. @throws CodecError; `unsupported` for what is no certificate or of another kind */
export function decodeCertificate(blob: Uint8Array): Certificate {
  if (blob.length > MAX_CERTIFICATE_BYTES) throw new CodecError('limit', 'A certificate is too long.');
  const reader = new WireReader(blob);
  const type = reader.name();
  const keyType = certifiedKeyType(type);
  if (keyType === null)
    throw new CodecError('unsupported', 'A certificate is of a kind that is not supported.');
  const nonce = reader.string();
  const key = decodeKeyFields(keyType, reader);
  const serial = reader.uint64();
  const kind = decodeKind(reader.uint32());
  const keyId = reader.text(MAX_KEY_ID_BYTES);
  const principals = decodePrincipals(reader.string());
  const validAfter = reader.uint64();
  const validBefore = reader.uint64();
  const criticalOptions = decodeCertificateOptions(reader.string());
  const extensions = decodeCertificateOptions(reader.string());
  const reserved = reader.string();
  const caKey = reader.string();
  const signedBytes = asBuffer(blob).subarray(0, reader.at);
  const signature = reader.string();
  reader.finish();
  const times = { validAfter, validBefore };
  const options = { criticalOptions, extensions, reserved };
  return {
    type,
    kind,
    key,
    nonce,
    serial,
    keyId,
    principals,
    ...times,
    ...options,
    caKey,
    signature,
    signedBytes,
  };
}

/** What the CA signs: the certificate without its signature. */
export function encodeCertificateContents(contents: CertificateContents): Buffer {
  const principals = new WireWriter();
  for (const principal of contents.principals) principals.text(principal);
  const writer = new WireWriter(null, 1024).text(certificateTypeOf(contents.key.type)).string(contents.nonce);
  encodeKeyFields(writer, contents.key);
  return writer
    .uint64(contents.serial)
    .uint32(contents.kind === 'user' ? USER : HOST)
    .text(contents.keyId)
    .string(principals.finish())
    .uint64(contents.validAfter)
    .uint64(contents.validBefore)
    .string(encodeCertificateOptions(contents.criticalOptions))
    .string(encodeCertificateOptions(contents.extensions))
    .text('')
    .string(contents.caKey)
    .finish();
}

/** The certificate blob: what was signed, and the CA's signature blob. */
export function attachCertificateSignature(signedBytes: Uint8Array, signature: Uint8Array): Buffer {
  return Buffer.concat([signedBytes, new WireWriter().string(signature).finish()]);
}

function decodeKind(value: number): 'user' | 'host' {
  if (value === USER) return 'user';
  if (value === HOST) return 'host';
  throw new CodecError('value', 'A certificate is neither for a user nor for a host.');
}

function decodePrincipals(packed: Buffer): string[] {
  const reader = new WireReader(packed);
  const principals: string[] = [];
  while (reader.remaining > 0) {
    if (principals.length === MAX_PRINCIPALS) {
      throw new CodecError('limit', 'A certificate has too many principals.');
    }
    principals.push(reader.text(MAX_PRINCIPAL_BYTES));
  }
  return principals;
}
