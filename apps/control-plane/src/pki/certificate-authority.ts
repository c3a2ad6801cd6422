import 'reflect-metadata'; // @peculiar/x509 wants it there before it loads.
import { createHash, createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509Certificate as PeculiarCertificate,
  type JsonGeneralName,
} from '@peculiar/x509';
import type { KeyMaterial } from '../secrets/key-material.ts';
import { componentUri, type Component } from './component.ts';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_LIFETIME_MS = 10 * 365 * DAY_MS;
/** Certificates are valid from a little before now, for machines whose clocks lag. */
const BACKDATE_MS = 5 * 60_000;

export interface IssuedCertificate {
  /** Leaf first, then the CA. */
  readonly chainPem: string;
  readonly serial: string;
  readonly expiresAt: Date;
}

/** Makes a new CA: certificate in DER and private key in PKCS#8. */
export async function generateCertificateAuthority(now: Date): Promise<KeyMaterial> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: 'CN=Sallyport data plane',
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + CA_LIFETIME_MS),
    signingAlgorithm: KEY_ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { public: new Uint8Array(certificate.rawData), private: Buffer.from(privateKey) };
}

/** Signs the certificates of the data plane: the control plane's own and its components'. */
export class CertificateAuthority {
  readonly pem: string;
  /** SHA-256 of the certificate, hex; what a component pins. */
  readonly fingerprint: string;
  readonly #certificate: PeculiarCertificate;
  readonly #signingKey: webcrypto.CryptoKey;

  private constructor(material: KeyMaterial, signingKey: webcrypto.CryptoKey) {
    this.#certificate = new PeculiarCertificate(new Uint8Array(material.public));
    this.#signingKey = signingKey;
    this.pem = new X509Certificate(material.public).toString();
    this.fingerprint = createHash('sha256').update(material.public).digest('hex');
  }

  static async load(material: KeyMaterial): Promise<CertificateAuthority> {
    const key = await webcrypto.subtle.importKey('pkcs8', material.private, KEY_ALGORITHM, false, ['sign']);
    return new CertificateAuthority(material, key);
  }

  /** The control plane's own certificate and a new key for it. */
  async issueServer(
    hosts: readonly string[],
    lifetimeMs: number,
    now: Date,
  ): Promise<IssuedCertificate & { readonly privateKeyPem: string }> {
    const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
    const names = hosts.map((host): JsonGeneralName => ({
      type: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns',
      value: host,
    }));
    const issued = await this.#issue(
      keys.publicKey,
      'CN=sallyport control plane',
      names,
      ExtendedKeyUsage.serverAuth,
      lifetimeMs,
      now,
    );
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const privateKeyPem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
      format: 'pem',
      type: 'pkcs8',
    });
    return { ...issued, privateKeyPem: privateKeyPem.toString() };
  }

  /**
   * A component's certificate. Of the request only the public key is used, and only if
   * the request proves possession of its private key; undefined if it does not.
   */
  async issueComponent(
    component: Component,
    request: Uint8Array,
    lifetimeMs: number,
    now: Date,
  ): Promise<IssuedCertificate | undefined> {
    const publicKey = await provenPublicKey(request);
    if (publicKey === undefined) return undefined;
    const name: JsonGeneralName = { type: 'url', value: componentUri(component) };
    return this.#issue(
      publicKey,
      `CN=sallyport ${component.kind}`,
      [name],
      ExtendedKeyUsage.clientAuth,
      lifetimeMs,
      now,
    );
  }

  async #issue(
    publicKey: webcrypto.CryptoKey,
    subject: string,
    names: JsonGeneralName[],
    usage: ExtendedKeyUsage,
    lifetimeMs: number,
    now: Date,
  ): Promise<IssuedCertificate> {
    const serial = newSerial();
    const expiresAt = new Date(Math.min(now.getTime() + lifetimeMs, this.#certificate.notAfter.getTime()));
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial,
      subject,
      issuer: this.#certificate.subject,
      notBefore: new Date(now.getTime() - BACKDATE_MS),
      notAfter: expiresAt,
      signingAlgorithm: KEY_ALGORITHM,
      publicKey,
      signingKey: this.#signingKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([usage]),
        new SubjectAlternativeNameExtension(names),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        await SubjectKeyIdentifierExtension.create(publicKey),
      ],
    });
    const leaf = new X509Certificate(new Uint8Array(certificate.rawData)).toString();
    return { chainPem: `${leaf}${this.pem}`, serial, expiresAt };
  }
}

async function provenPublicKey(request: Uint8Array): Promise<webcrypto.CryptoKey | undefined> {
  try {
    const parsed = new Pkcs10CertificateRequest(new Uint8Array(request));
    if (!(await parsed.verify())) return undefined;
    const spki = new Uint8Array(parsed.publicKey.rawData);
    return await webcrypto.subtle.importKey('spki', spki, KEY_ALGORITHM, true, ['verify']);
  } catch {
    // Not a request, not ECDSA P-256, or not signed by its own key.
    return undefined;
  }
}

function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
