import { Buffer } from 'node:buffer';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import { fixtureBlob } from '../../test/fixtures.ts';
import { fingerprintText } from './fingerprint.ts';
import { publicKeyFromJwk, publicKeyToJwk, type PublicJwk } from './jwk.ts';
import { isStrongKey, rsaModulusBits } from './key-strength.ts';
import { decodePublicKey, encodePublicKey, type PublicKey, type RsaPublicKey } from './public-key.ts';
import { publicKeyToSpki } from './spki.ts';

const NAMES = ['id_ed25519', 'id_p256', 'id_p384', 'id_p521', 'id_rsa', 'id_short'];
const ed25519 = decodePublicKey(fixtureBlob('id_ed25519')) as PublicKey & { type: 'ssh-ed25519' };
const p256 = decodePublicKey(fixtureBlob('id_p256')) as PublicKey & { type: 'ecdsa-sha2-nistp256' };

const SECURITY_KEYS: readonly PublicKey[] = [
  { ...ed25519, type: 'sk-ssh-ed25519@openssh.com', application: 'ssh:' },
  { ...p256, type: 'sk-ecdsa-sha2-nistp256@openssh.com', application: 'ssh:work' },
];

describe('public keys', () => {
  it.each(NAMES)('reads and writes %s of ssh-keygen byte for byte', (name) => {
    const blob = fixtureBlob(name);
    expect(encodePublicKey(decodePublicKey(blob))).toEqual(blob);
  });

  it.each(SECURITY_KEYS.map((key) => [key.type, key] as const))('reads %s as it was written', (_, key) => {
    expect(decodePublicKey(encodePublicKey(key))).toEqual(key);
  });

  it.each(NAMES)('turns %s into the SPKI and JWK that node:crypto takes and gives', (name) => {
    const key = decodePublicKey(fixtureBlob(name));
    const spki = publicKeyToSpki(key);
    const fromSpki = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(fromSpki.export({ format: 'der', type: 'spki' })).toEqual(spki);
    expect(fromSpki.export({ format: 'jwk' })).toEqual(publicKeyToJwk(key));
    expect(publicKeyFromJwk(fromSpki.export({ format: 'jwk' }) as PublicJwk)).toEqual(key);
  });

  it('refuses a JWK of another kind', () => {
    for (const jwk of [{ kty: 'oct' }, { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }, {}]) {
      expectCodecError(() => publicKeyFromJwk(jwk), 'unsupported');
    }
    expectCodecError(() => publicKeyFromJwk({ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }), 'value');
  });

  it('prints the fingerprint that ssh-keygen -l prints', () => {
    const digest = createHash('sha256').update(fixtureBlob('id_ed25519')).digest();
    expect(fingerprintText(digest)).toBe('SHA256:3ucQnGLgM4Gmg2relh06rDu5hCxvnwRfRyhGc0czHIU');
  });

  it('tells RSA keys that are too short', () => {
    const [long, short] = ['id_rsa', 'id_short'].map(
      (name) => decodePublicKey(fixtureBlob(name)) as RsaPublicKey,
    );
    expect([rsaModulusBits(long!), rsaModulusBits(short!)]).toEqual([2048, 1024]);
    expect([isStrongKey(long!), isStrongKey(short!), isStrongKey(long!, 3072)]).toEqual([true, false, false]);
    // 256 bytes, but the first of them is small: 2,041 bits.
    const almost = { ...long!, modulus: Buffer.concat([Buffer.from([1]), long!.modulus.subarray(1)]) };
    expect([rsaModulusBits(almost), isStrongKey(almost)]).toEqual([2041, false]);
  });

  it('refuses keys of other kinds, certificates among them', () => {
    expectCodecError(() => decodePublicKey(Buffer.from('\0\0\0\x07ssh-dss')), 'unsupported');
    expectCodecError(() => decodePublicKey(fixtureBlob('id_ed25519-cert')), 'unsupported');
  });

  it('refuses points that are compressed, short or of another curve than the type', () => {
    const { point } = p256;
    for (const wrong of [
      point.subarray(0, 33),
      Buffer.concat([point, point]),
      Buffer.from([2, ...point.subarray(1)]),
    ]) {
      expectCodecError(() => decodePublicKey(encodePublicKey({ ...p256, point: wrong })), 'value');
    }
    const blob = Buffer.from(fixtureBlob('id_p256'));
    blob.write('nistp384', blob.indexOf('nistp256', 20), 'latin1');
    expectCodecError(() => decodePublicKey(blob), 'value');
  });

  it('refuses RSA numbers that no key has', () => {
    const rsa = decodePublicKey(fixtureBlob('id_rsa')) as RsaPublicKey;
    for (const exponent of [[], [1], [4], new Array<number>(9).fill(3)]) {
      expectCodecError(
        () => decodePublicKey(encodePublicKey({ ...rsa, exponent: Buffer.from(exponent) })),
        'value',
      );
    }
    const even = Buffer.from([...rsa.modulus.subarray(0, -1), 2]);
    expectCodecError(() => decodePublicKey(encodePublicKey({ ...rsa, modulus: even })), 'value');
    const huge = Buffer.alloc(2049, 0xff);
    expectCodecError(() => decodePublicKey(encodePublicKey({ ...rsa, modulus: huge })), 'limit');
  });

  it('refuses every blob that is cut short or has a byte too many', () => {
    for (const name of NAMES) {
      const blob = fixtureBlob(name);
      for (let length = 0; length < blob.length; length++)
        expectCodecError(() => decodePublicKey(blob.subarray(0, length)));
      expectCodecError(() => decodePublicKey(Buffer.concat([blob, Buffer.from([0])])), 'trailing');
    }
  });

  it('reads keys of fresh pairs, and never two encodings of one key', () => {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey.export({ format: 'jwk' });
    const key = publicKeyFromJwk(jwk);
    expect(decodePublicKey(encodePublicKey(key))).toEqual(key);
    const blobs = fc.constantFrom(...NAMES.map(fixtureBlob));
    fc.assert(
      fc.property(blobs, fc.nat(), fc.nat(255), (original, at, value) => {
        const blob = Buffer.from(original);
        blob[at % blob.length] = value;
        expectCodecErrorOnly(() => expect(encodePublicKey(decodePublicKey(blob))).toEqual(blob));
      }),
      { numRuns: 2000 },
    );
  });
});
