import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createTestAuthority } from '@sallyport/testing';
import fc from 'fast-check';
import { tlsServerEndPoint } from './tls-server-end-point.ts';

describe('channel binding to a certificate', () => {
  it('hashes it with the hash of its signature', async () => {
    const authority = await createTestAuthority();
    const { certificatePem } = await authority.issue({ commonName: 'db' });
    const der = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    expect(tlsServerEndPoint(der)).toEqual(createHash('sha256').update(der).digest());
  });

  it.each([
    ['sha1WithRSAEncryption', '2a864886f70d010105', 'sha256'],
    ['sha384WithRSAEncryption', '2a864886f70d01010c', 'sha384'],
    ['ecdsa-with-SHA512', '2a8648ce3d040304', 'sha512'],
  ])('uses for %s what RFC 5929 says', (_, oid, hash) => {
    const der = certificateWith(oid);
    expect(tlsServerEndPoint(der)).toEqual(createHash(hash).update(der).digest());
  });

  it('has none for signatures without a hash of their own', () => {
    expect(tlsServerEndPoint(certificateWith('2b6570'))).toBeNull();
    expect(tlsServerEndPoint(certificateWith('2a864886f70d01010a'))).toBeNull();
  });

  it('has none for what is not a certificate, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(tlsServerEndPoint(Buffer.concat([Buffer.from([0x30]), bytes]))).toBeNull();
      }),
    );
  });
});

/** The least that has a signature algorithm. */
function certificateWith(oid: string): Buffer {
  const identifier = element(0x06, Buffer.from(oid, 'hex'));
  const algorithm = element(0x30, Buffer.concat([identifier, Buffer.from([5, 0])]));
  const body = element(0x30, Buffer.alloc(300, 1));
  return element(0x30, Buffer.concat([body, algorithm, element(0x03, Buffer.alloc(10))]));
}

function element(tag: number, content: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  return Buffer.concat([Buffer.from([tag, 0x82]), length, content]);
}
