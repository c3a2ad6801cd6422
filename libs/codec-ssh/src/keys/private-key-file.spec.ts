import { Buffer } from 'node:buffer';
import { createPrivateKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WireWriter } from '../wire/wire-writer.ts';
import { formatEd25519PrivateKeyFile, parsePrivateKeyFile } from './private-key-file.ts';
import { privateKeyToJwk } from './private-key.ts';

const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const seed = Buffer.from(jwk.d ?? '', 'base64url');
const publicKey = Buffer.from(jwk.x ?? '', 'base64url');
const file = formatEd25519PrivateKeyFile(seed, publicKey, 'made for a test', 0xdeadbeef);

const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----\n';
const END = '\n-----END OPENSSH PRIVATE KEY-----\n';
const binary = Buffer.from(file.slice(BEGIN.length, -END.length).replaceAll('\n', ''), 'base64');
const armoured = (bytes: Uint8Array) => BEGIN + Buffer.from(bytes).toString('base64') + END;

describe('private key files of OpenSSH', () => {
  it('reads what it wrote, as a key that node:crypto takes', () => {
    const parsed = parsePrivateKeyFile(file);
    if (!parsed.ok) throw parsed.error;
    expect(parsed.value.comment).toBe('made for a test');
    const members = privateKeyToJwk(parsed.value.key);
    expect(members).toEqual({ kty: 'OKP', crv: 'Ed25519', x: jwk.x, d: jwk.d });
    expect(createPrivateKey({ key: members as JsonWebKey, format: 'jwk' }).asymmetricKeyType).toBe('ed25519');
  });

  it('names a file that is encrypted, or of another kind', () => {
    const encrypted = new WireWriter()
      .bytes(Buffer.from('openssh-key-v1\0'))
      .text('aes256-ctr')
      .text('bcrypt');
    const parsed = parsePrivateKeyFile(armoured(encrypted.string(Buffer.alloc(24)).uint32(1).finish()));
    expect(parsed).toMatchObject({ ok: false, error: { reason: 'unsupported' } });
    if (!parsed.ok) expect(parsed.error.publicMessage).toContain('encrypted with a passphrase');
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n';
    expect(parsePrivateKeyFile(pem)).toMatchObject({ ok: false, error: { reason: 'unsupported' } });
  });

  it('refuses a file whose public half is not that of its private half', () => {
    const other = Buffer.from(binary);
    other[other.indexOf(publicKey)]! ^= 1;
    expect(parsePrivateKeyFile(armoured(other))).toMatchObject({ ok: false, error: { reason: 'value' } });
    const inner = Buffer.from(binary);
    inner[inner.lastIndexOf(publicKey)]! ^= 1;
    expect(parsePrivateKeyFile(armoured(inner))).toMatchObject({ ok: false, error: { reason: 'value' } });
  });

  it('never throws and never tells the key, whatever was changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), fc.nat(), (at, value, cut) => {
        const bytes = Buffer.from(binary);
        bytes[at % bytes.length] = value;
        const parsed = parsePrivateKeyFile(
          armoured(cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes),
        );
        if (!parsed.ok) expect(String(parsed.error)).not.toContain(seed.toString('base64'));
      }),
      { numRuns: 500 },
    );
  });
});
