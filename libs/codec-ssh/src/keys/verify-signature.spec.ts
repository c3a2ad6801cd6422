import { Buffer } from 'node:buffer';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import { nodeCrypto } from '../../test/node-crypto.ts';
import { publicKeyFromJwk } from './jwk.ts';
import type { PublicKey } from './public-key.ts';
import { parsePublicKeyAlgorithm } from './signature-algorithm.ts';
import {
  decodeSignature,
  ecdsaNumbersFromDer,
  ecdsaNumbersToDer,
  ecdsaNumbersToP1363,
  encodeSignature,
  type Signature,
} from './signature.ts';
import { verifySignature } from './verify-signature.ts';

const data = Buffer.from('what is signed');
const pair = (made: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  key: publicKeyFromJwk(made.publicKey.export({ format: 'jwk' })),
  privateKey: made.privateKey,
});
const ed25519 = pair(generateKeyPairSync('ed25519'));
const rsa = pair(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const shortRsa = pair(generateKeyPairSync('rsa', { modulusLength: 1024 }));
const ecdsa = (['P-256', 'P-384', 'P-521'] as const).map((namedCurve) =>
  pair(generateKeyPairSync('ec', { namedCurve })),
);
const [p256, p384, p521] = ecdsa as [typeof rsa, typeof rsa, typeof rsa];

function rsaBlob(algorithm: 'rsa-sha2-256' | 'rsa-sha2-512', from = rsa): Buffer {
  const hash = algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512';
  return encodeSignature({ algorithm, signature: sign(hash, data, from.privateKey) });
}

function ecdsaBlob(from: typeof rsa, hash: string): Buffer {
  const algorithm = from.key.type as 'ecdsa-sha2-nistp256';
  return encodeSignature({ algorithm, ...ecdsaNumbersFromDer(sign(hash, data, from.privateKey)) });
}

const ed25519Blob = encodeSignature({
  algorithm: 'ssh-ed25519',
  signature: sign(null, data, ed25519.privateKey),
});

/** Signs as a security key does (PROTOCOL.u2f). */
function securityKey(
  from: typeof rsa,
  flags: number,
  application = 'ssh:',
): { key: PublicKey; blob: Buffer } {
  const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
  const counter = Buffer.from([flags, 0, 0, 0, 7]);
  const signed = Buffer.concat([sha256(application), counter, sha256(data)]);
  const facts = { flags, counter: 7 };
  if (from.key.type === 'ssh-ed25519') {
    const type = 'sk-ssh-ed25519@openssh.com';
    const signature = sign(null, signed, from.privateKey);
    return {
      key: { ...from.key, type, application },
      blob: encodeSignature({ algorithm: type, signature, ...facts }),
    };
  }
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com';
  const numbers = ecdsaNumbersFromDer(sign('sha256', signed, from.privateKey));
  const { point } = from.key as PublicKey & { type: 'ecdsa-sha2-nistp256' };
  return {
    key: { type, point, application },
    blob: encodeSignature({ algorithm: type, ...numbers, ...facts }),
  };
}

describe('signatures', () => {
  it.each([
    ['ssh-ed25519', ed25519.key, ed25519Blob],
    ['rsa-sha2-256', rsa.key, rsaBlob('rsa-sha2-256')],
    ['rsa-sha2-512', rsa.key, rsaBlob('rsa-sha2-512')],
    ['ecdsa-sha2-nistp256', p256.key, ecdsaBlob(p256, 'sha256')],
    ['ecdsa-sha2-nistp384', p384.key, ecdsaBlob(p384, 'sha384')],
    ['ecdsa-sha2-nistp521', p521.key, ecdsaBlob(p521, 'sha512')],
  ] as const)('believes %s, and nothing that was changed', (_, key, blob) => {
    expect(verifySignature(key, blob, data, nodeCrypto)).toBe('good');
    expect(verifySignature(key, blob, Buffer.from('what is forged'), nodeCrypto)).toBe('wrong');
    const changed = Buffer.from(blob);
    changed[changed.length - 1]! ^= 1;
    expect(verifySignature(key, changed, data, nodeCrypto)).toBe('wrong');
    expect(encodeSignature(decodeSignature(blob))).toEqual(blob);
    for (let length = 0; length < blob.length; length++) {
      expect(verifySignature(key, blob.subarray(0, length), data, nodeCrypto)).toBe('malformed');
    }
  });

  it('refuses SHA-1, whatever it would verify to', () => {
    const signature = sign('sha1', data, rsa.privateKey);
    const blob = Buffer.concat([Buffer.from('\0\0\0\x07ssh-rsa\0\0\x01\0', 'latin1'), signature]);
    expect(decodeSignature(blob)).toMatchObject({ algorithm: 'unsupported', name: 'ssh-rsa' });
    const yes = { ...nodeCrypto, verify: () => true };
    expect(verifySignature(rsa.key, blob, data, yes)).toBe('algorithm-refused');
  });

  it('refuses a signature of another kind than the key, or than was announced', () => {
    const yes = { ...nodeCrypto, verify: () => true };
    expect(verifySignature(p384.key, ecdsaBlob(p256, 'sha256'), data, yes)).toBe('algorithm-refused');
    expect(verifySignature(rsa.key, ed25519Blob, data, yes)).toBe('algorithm-refused');
    const rules = { algorithm: 'rsa-sha2-512' } as const;
    expect(verifySignature(rsa.key, rsaBlob('rsa-sha2-256'), data, yes, rules)).toBe('algorithm-refused');
    expect(verifySignature(rsa.key, rsaBlob('rsa-sha2-512'), data, nodeCrypto, rules)).toBe('good');
    expect(verifySignature(ed25519.key, ed25519Blob, data, yes, rules)).toBe('algorithm-refused');
  });

  it('refuses RSA keys under 2,048 bits', () => {
    const blob = rsaBlob('rsa-sha2-256', shortRsa);
    expect(verifySignature(shortRsa.key, blob, data, nodeCrypto)).toBe('key-too-short');
  });

  it('takes an RSA signature whose leading zeros were left out', () => {
    let at = 0;
    let signature: Buffer;
    let message: Buffer;
    do {
      message = Buffer.from(`message ${at++}`);
      signature = sign('sha256', message, rsa.privateKey);
    } while (signature[0] !== 0);
    const blob = encodeSignature({ algorithm: 'rsa-sha2-256', signature: signature.subarray(1) });
    expect(verifySignature(rsa.key, blob, message, nodeCrypto)).toBe('good');
  });

  it('takes cryptography that throws, as for a point off its curve, for a no', () => {
    const offCurve: PublicKey = {
      type: 'ecdsa-sha2-nistp256',
      point: Buffer.from([4, ...Buffer.alloc(64, 1)]),
    };
    expect(verifySignature(offCurve, ecdsaBlob(p256, 'sha256'), data, nodeCrypto)).toBe('wrong');
  });

  it.each([
    ['sk-ssh-ed25519@openssh.com', ed25519],
    ['sk-ecdsa-sha2-nistp256@openssh.com', p256],
  ] as const)('believes %s when the user touched it, and wants more where that is asked for', (_, from) => {
    const touched = securityKey(from, 1);
    const verified = securityKey(from, 5);
    const untouched = securityKey(from, 0);
    const verify = { requireUserVerification: true };
    expect(verifySignature(touched.key, touched.blob, data, nodeCrypto)).toBe('good');
    expect(verifySignature(touched.key, touched.blob, data, nodeCrypto, verify)).toBe('user-not-verified');
    expect(verifySignature(verified.key, verified.blob, data, nodeCrypto, verify)).toBe('good');
    expect(verifySignature(untouched.key, untouched.blob, data, nodeCrypto)).toBe('no-touch');
    const without = { allowWithoutTouch: true };
    expect(verifySignature(untouched.key, untouched.blob, data, nodeCrypto, without)).toBe('good');
    // The flags are signed: a touch cannot be claimed after.
    const forged = encodeSignature({ ...decodeSignature(untouched.blob), flags: 1 } as Signature);
    expect(verifySignature(untouched.key, forged, data, nodeCrypto)).toBe('wrong');
    const elsewhere = { ...touched.key, application: 'ssh:other' } as PublicKey;
    expect(verifySignature(elsewhere, touched.blob, data, nodeCrypto)).toBe('wrong');
  });

  it('does not take a plain key for one that verified its user', () => {
    const rules = { requireUserVerification: true };
    expect(verifySignature(ed25519.key, ed25519Blob, data, nodeCrypto, rules)).toBe('user-not-verified');
  });

  it('turns ECDSA numbers into DER and P1363 as node:crypto does', () => {
    for (const { key, privateKey } of ecdsa) {
      for (let turn = 0; turn < 20; turn++) {
        const der = sign('sha256', Buffer.from([turn]), privateKey);
        const numbers = ecdsaNumbersFromDer(der);
        expect(ecdsaNumbersToDer(numbers)).toEqual(der);
        expect(ecdsaNumbersToP1363(numbers, key.type as 'ecdsa-sha2-nistp256').length % 2).toBe(0);
      }
    }
    const numbers = { r: Buffer.from([1]), s: Buffer.from([0x80]) };
    const padded = ecdsaNumbersToP1363(numbers, 'ecdsa-sha2-nistp256');
    expect([padded.length, padded[31], padded[63]]).toEqual([64, 1, 0x80]);
  });

  it('refuses ECDSA numbers that are too large for the curve', () => {
    const blob = encodeSignature({
      algorithm: 'ecdsa-sha2-nistp256',
      r: Buffer.alloc(33, 1),
      s: Buffer.from([1]),
    });
    expectCodecError(() => decodeSignature(blob), 'value');
  });

  it.each([
    ['ssh-ed25519', { signatureAlgorithm: 'ssh-ed25519', blobType: 'ssh-ed25519', isCertificate: false }],
    ['rsa-sha2-512', { signatureAlgorithm: 'rsa-sha2-512', blobType: 'ssh-rsa', isCertificate: false }],
    [
      'rsa-sha2-256-cert-v01@openssh.com',
      { signatureAlgorithm: 'rsa-sha2-256', blobType: 'ssh-rsa-cert-v01@openssh.com', isCertificate: true },
    ],
    [
      'sk-ssh-ed25519-cert-v01@openssh.com',
      {
        signatureAlgorithm: 'sk-ssh-ed25519@openssh.com',
        blobType: 'sk-ssh-ed25519-cert-v01@openssh.com',
        isCertificate: true,
      },
    ],
    [
      'sk-ecdsa-sha2-nistp256@openssh.com',
      {
        signatureAlgorithm: 'sk-ecdsa-sha2-nistp256@openssh.com',
        blobType: 'sk-ecdsa-sha2-nistp256@openssh.com',
        isCertificate: false,
      },
    ],
    ['ssh-rsa', null],
    ['ssh-rsa-cert-v01@openssh.com', null],
    ['ssh-dss', null],
    ['sk-ssh-ed25519', null],
    ['ssh-ed25519@openssh.com', null],
    ['', null],
  ])('knows what the algorithm %j wants', (name, wanted) => {
    expect(parsePublicKeyAlgorithm(name)).toEqual(wanted);
  });

  it('reads no DER but a pair of positive integers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        expectCodecErrorOnly(() => ecdsaNumbersFromDer(bytes));
        expectCodecErrorOnly(() => decodeSignature(bytes));
      }),
    );
    for (const der of [
      '30030201',
      '3006020101020180',
      '3006020101020101ff',
      '30820006020101020101',
      '300402000200',
    ]) {
      expectCodecError(() => ecdsaNumbersFromDer(Buffer.from(der, 'hex')), 'value');
    }
  });
});
