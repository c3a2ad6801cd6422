import 'reflect-metadata'; // @peculiar/x509 wants it there before it loads.
import { createPrivateKey, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A new key and the request to certify it (PKCS#10, DER). The control plane takes nothing but the key from it. */
export async function createCertificateRequest(): Promise<{
  readonly privateKeyPem: string;
  readonly request: Uint8Array;
}> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=sallyport component',
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKeyPem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  });
  return { privateKeyPem: privateKeyPem.toString(), request: new Uint8Array(request.rawData) };
}
