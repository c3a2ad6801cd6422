import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { isIP } from 'node:net';
import { webcrypto } from 'node:crypto';

/** A certificate authority whose key is nowhere but in memory. */
export interface TestAuthority {
  readonly caPem: string;
  issue(request: CertificateRequest): Promise<TestCertificate>;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface TestCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** A new authority; it is valid for a year, as are its certificates unless told otherwise. */
export async function createTestAuthority(commonName = 'Sallyport test CA'): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: new Date(Date.now() + YEAR_MS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const issue = async (request: CertificateRequest): Promise<TestCertificate> => {
    const leaf = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const names = (request.hosts ?? []).map(
      (value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const,
    );
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${request.commonName}`,
      issuer: authority.subject,
      publicKey: leaf.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: request.notBefore ?? new Date(Date.now() - HOUR_MS),
      notAfter: request.notAfter ?? new Date(Date.now() + YEAR_MS),
      extensions: [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
      ],
    });
    return { certificatePem: certificate.toString('pem'), privateKeyPem: await pemOf(leaf.privateKey) };
  };
  return { caPem: authority.toString('pem'), issue };
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${bytes.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
