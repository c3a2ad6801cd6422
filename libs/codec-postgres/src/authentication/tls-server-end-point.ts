/**
 * Channel binding "tls-server-end-point" (RFC 5929, section 4): a hash of the
 * server's certificate, made with the hash of the certificate's own signature.
 */
import type { Buffer } from 'node:buffer';
import { nodeCrypto, type AuthenticationCrypto, type DigestAlgorithm } from './authentication-crypto.ts';

/** Signature algorithms by the DER bytes of their OIDs, in hex; MD5 and SHA-1 are replaced by SHA-256. */
const HASH_OF_SIGNATURE = new Map<string, DigestAlgorithm>([
  ['2a864886f70d010104', 'sha256'], // md5WithRSAEncryption
  ['2a864886f70d010105', 'sha256'], // sha1WithRSAEncryption
  ['2a864886f70d01010b', 'sha256'], // sha256WithRSAEncryption
  ['2a864886f70d01010c', 'sha384'], // sha384WithRSAEncryption
  ['2a864886f70d01010d', 'sha512'], // sha512WithRSAEncryption
  ['2a864886f70d01010e', 'sha224'], // sha224WithRSAEncryption
  ['2a8648ce3d0401', 'sha256'], // ecdsa-with-SHA1
  ['2a8648ce3d040301', 'sha224'], // ecdsa-with-SHA224
  ['2a8648ce3d040302', 'sha256'], // ecdsa-with-SHA256
  ['2a8648ce3d040303', 'sha384'], // ecdsa-with-SHA384
  ['2a8648ce3d040304', 'sha512'], // ecdsa-with-SHA512
]);

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;

/**
 * @param certificate DER bytes, as `tls.TLSSocket.getPeerCertificate().raw` gives them
 * @returns null when the signature has no single hash (Ed25519, RSASSA-PSS): such a server cannot be bound to
 */
export function tlsServerEndPoint(
  certificate: Buffer,
  crypto: AuthenticationCrypto = nodeCrypto,
): Buffer | null {
  const oid = signatureOid(certificate);
  const algorithm = oid === null ? undefined : HASH_OF_SIGNATURE.get(oid.toString('hex'));
  return algorithm === undefined ? null : crypto.digest(algorithm, certificate);
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm OID, ... }, ... } */
function signatureOid(certificate: Buffer): Buffer | null {
  const outer = derElement(certificate, 0, SEQUENCE);
  const tbs = outer && derElement(certificate, outer.start, SEQUENCE);
  const algorithm = tbs && derElement(certificate, tbs.end, SEQUENCE);
  const oid = algorithm && derElement(certificate, algorithm.start, OBJECT_IDENTIFIER);
  return oid ? certificate.subarray(oid.start, oid.end) : null;
}

interface DerElement {
  readonly start: number;
  readonly end: number;
}

/** The contents of the element at `at`, if it has the tag and lies within the bytes. */
function derElement(bytes: Buffer, at: number, tag: number): DerElement | null {
  const first = bytes[at + 1];
  if (bytes[at] !== tag || first === undefined) return null;
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count < 1 || count > 4 || start + count > bytes.length) return null;
    length = bytes.readUIntBE(start, count);
    start += count;
  }
  const end = start + length;
  return end > bytes.length ? null : { start, end };
}
