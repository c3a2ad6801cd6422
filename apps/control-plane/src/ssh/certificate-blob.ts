import { decodePublicKey, encodeSignature, WireReader, WireWriter } from '@sallyport/codec-ssh';
import type { AuthorityKey } from './authority-keys.ts';

/** A critical option or extension: its name and, where it has one, its text. */
export type CertificateOption = readonly [name: string, value: string | undefined];

/** What a certificate says (OpenSSH PROTOCOL.certkeys). */
export interface CertificateFacts {
  /** Plain public key blob of the holder. */
  readonly publicKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly serial: bigint;
  readonly kind: 'user' | 'host';
  readonly keyId: string;
  readonly principals: readonly string[];
  /** Seconds since 1970. */
  readonly validAfter: number;
  readonly validBefore: number;
  readonly criticalOptions: readonly CertificateOption[];
  readonly extensions: readonly CertificateOption[];
}

const KINDS = { user: 1, host: 2 } as const;

export function encodeCertificate(facts: CertificateFacts, authority: AuthorityKey): Uint8Array {
  const key = new WireReader(facts.publicKey);
  const type = key.name();
  const principals = new WireWriter();
  for (const name of facts.principals) principals.text(name);
  const signed = new WireWriter()
    .text(`${type.replace(/@openssh\.com$/, '')}-cert-v01@openssh.com`)
    .string(facts.nonce)
    .bytes(key.rest())
    .uint64(facts.serial)
    .uint32(KINDS[facts.kind])
    .text(facts.keyId)
    .string(principals.finish())
    .uint64(BigInt(facts.validAfter))
    .uint64(BigInt(facts.validBefore))
    .string(encodeOptions(facts.criticalOptions))
    .string(encodeOptions(facts.extensions))
    .text('')
    .string(authority.blob)
    .finish();
  const signature = Buffer.from(authority.sign(signed));
  const blob = encodeSignature({ algorithm: 'ssh-ed25519', signature });
  return new WireWriter().bytes(signed).string(blob).finish();
}

/** In the order of their names, as the format asks for. */
function encodeOptions(options: readonly CertificateOption[]): Uint8Array {
  const writer = new WireWriter();
  for (const [name, value] of [...options].sort(([a], [b]) => (a < b ? -1 : 1)))
    writer.text(name).string(value === undefined ? new Uint8Array() : new WireWriter().text(value).finish());
  return writer.finish();
}

export interface DecodedCertificate extends CertificateFacts {
  readonly signatureKey: Uint8Array;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Fields of a key after its name, by kind; all of them have a length in front. */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['ssh-rsa', 2],
  ['sk-ssh-ed25519', 2],
  ['sk-ecdsa-sha2-nistp256', 3],
]);

/** Reads a certificate; believes nothing of it. @throws CodecError */
export function decodeCertificate(blob: Uint8Array): DecodedCertificate | undefined {
  const reader = new WireReader(blob);
  const type = /^(.*)-cert-v01@openssh\.com$/.exec(reader.name())?.[1] ?? '';
  const fields = KEY_FIELDS.get(type);
  if (fields === undefined) return undefined;
  const nonce = reader.string();
  const key = new WireWriter().text(type.startsWith('sk-') ? `${type}@openssh.com` : type);
  for (let index = 0; index < fields; index += 1) key.string(reader.string());
  const publicKey = key.finish();
  decodePublicKey(publicKey);
  const serial = reader.uint64();
  const kind = reader.uint32();
  const keyId = reader.displayText();
  const principals = texts(reader.string());
  const validAfter = Number(reader.uint64());
  const validBefore = Number(reader.uint64());
  const criticalOptions = decodeOptions(reader.string());
  const extensions = decodeOptions(reader.string());
  reader.string();
  const signatureKey = reader.string();
  const signed = blob.subarray(0, reader.at);
  const signature = reader.string();
  reader.finish();
  if (kind !== KINDS.user && kind !== KINDS.host) return undefined;
  const named = kind === KINDS.user ? 'user' : 'host';
  return {
    publicKey,
    nonce,
    serial,
    kind: named,
    keyId,
    principals,
    validAfter,
    validBefore,
    criticalOptions,
    extensions,
    signatureKey,
    signed,
    signature,
  };
}

function texts(bytes: Uint8Array): string[] {
  const reader = new WireReader(bytes);
  const found: string[] = [];
  while (reader.remaining > 0) found.push(reader.text());
  return found;
}

function decodeOptions(bytes: Uint8Array): CertificateOption[] {
  const reader = new WireReader(bytes);
  const found: CertificateOption[] = [];
  while (reader.remaining > 0) {
    const name = reader.text();
    const data = new WireReader(reader.string());
    found.push([name, data.remaining === 0 ? undefined : data.text()]);
    data.finish();
  }
  return found;
}
