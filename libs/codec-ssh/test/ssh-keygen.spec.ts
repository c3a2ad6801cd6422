import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  attachCertificateSignature,
  certificateTypeOf,
  checkUserCertificate,
  decodeCertificate,
  decodePublicKey,
  decodeSignature,
  ecdsaNumbersFromDer,
  encodeCertificateContents,
  encodePublicKey,
  encodeSignature,
  flagOption,
  formatEd25519PrivateKeyFile,
  formatPublicKeyLine,
  parsePrivateKeyFile,
  parsePublicKeyLine,
  privateKeyToJwk,
  publicKeyFromJwk,
  textOption,
  verifySignature,
  WireReader,
  WireWriter,
  type CertificateContents,
  type PublicKey,
  type Signature,
} from '../src/index.ts';
import { nodeCrypto } from './node-crypto.ts';

const installed = spawnSync('ssh-keygen', ['-?']).error === undefined;
let folder = '';
const path = (name: string) => join(folder, name);

function keygen(...args: string[]): string {
  return execFileSync('ssh-keygen', args, {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function blobOf(name: string): Buffer {
  const line = parsePublicKeyLine(readFileSync(path(name), 'utf8'));
  if (!line.ok) throw line.error;
  return line.value.blob;
}

function pair(made: { publicKey: KeyObject; privateKey: KeyObject }) {
  const key = publicKeyFromJwk(made.publicKey.export({ format: 'jwk' }));
  return { key, privateKey: made.privateKey };
}

const KEYS = [
  pair(generateKeyPairSync('ed25519')),
  ...['P-256', 'P-384', 'P-521'].map((namedCurve) => pair(generateKeyPairSync('ec', { namedCurve }))),
  pair(generateKeyPairSync('rsa', { modulusLength: 2048 })),
] as const;

const HASHES = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'ssh-rsa': 'sha512',
} as const;

function signWith({ key, privateKey }: (typeof KEYS)[number], data: Buffer): Buffer {
  const { type } = key;
  if (type.startsWith('sk-')) throw new Error('a security key');
  const signature = sign(HASHES[type as keyof typeof HASHES], data, privateKey);
  if (type === 'ssh-ed25519') return encodeSignature({ algorithm: type, signature });
  if (type === 'ssh-rsa') return encodeSignature({ algorithm: 'rsa-sha2-512', signature });
  return encodeSignature({ algorithm: type as 'ecdsa-sha2-nistp256', ...ecdsaNumbersFromDer(signature) });
}

/** Every kind of key, as a security key too. */
const SUBJECTS: readonly PublicKey[] = [
  ...KEYS.map(({ key }) => key),
  {
    ...(KEYS[0].key as PublicKey & { type: 'ssh-ed25519' }),
    type: 'sk-ssh-ed25519@openssh.com',
    application: 'ssh:',
  },
  {
    ...(KEYS[1].key as PublicKey & { type: 'ecdsa-sha2-nistp256' }),
    type: 'sk-ecdsa-sha2-nistp256@openssh.com',
    application: 'ssh:',
  },
];

/** What a detached signature covers (OpenSSH PROTOCOL.sshsig). */
function signedByFile(message: string): Buffer {
  const digest = createHash('sha512').update(message).digest();
  return new WireWriter()
    .bytes(Buffer.from('SSHSIG'))
    .text('file')
    .text('')
    .text('sha512')
    .string(digest)
    .finish();
}

function signatureFile(publicBlob: Buffer, signature: Buffer): string {
  const file = new WireWriter().bytes(Buffer.from('SSHSIG')).uint32(1).string(publicBlob);
  const bytes = file.text('file').text('').text('sha512').string(signature).finish();
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

/** Whether ssh-keygen believes a detached signature over `message`. */
function keygenBelieves(publicBlob: Buffer, signature: Buffer, message: string): boolean {
  writeFileSync(path('signers'), `me ${formatPublicKeyLine(publicBlob)}\n`);
  writeFileSync(path('message.sig'), signatureFile(publicBlob, signature));
  const args = ['-Y', 'verify', '-f', path('signers'), '-I', 'me', '-n', 'file', '-s', path('message.sig')];
  return spawnSync('ssh-keygen', args, { input: message }).status === 0;
}

(installed ? describe : describe.skip)('with the ssh-keygen of this machine', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'codec-ssh-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(KEYS.map((ca) => [ca.key.type, ca] as const))(
    'has certificates by a CA of %s believed, for every kind of key',
    (_, ca) => {
      for (const key of SUBJECTS) {
        const contents: CertificateContents = {
          kind: 'user',
          key,
          nonce: Buffer.alloc(32, 1),
          serial: 77n,
          keyId: 'session 0190',
          principals: ['alice', 'deploy'],
          validAfter: BigInt(Date.UTC(2026, 0, 1) / 1000),
          validBefore: BigInt(Date.UTC(2036, 0, 1) / 1000),
          criticalOptions: [
            textOption('source-address', '192.0.2.0/24'),
            textOption('force-command', 'uptime'),
          ],
          extensions: [flagOption('permit-pty'), textOption('token-id@sallyport.dev', 'tok_1')],
          caKey: encodePublicKey(ca.key),
        };
        const signedBytes = encodeCertificateContents(contents);
        const blob = attachCertificateSignature(signedBytes, signWith(ca, signedBytes));
        writeFileSync(path('made-cert.pub'), `${formatPublicKeyLine(blob, 'made')}\n`);
        const shown = keygen('-L', '-f', path('made-cert.pub'));
        expect(shown).toContain(`Type: ${certificateTypeOf(key.type)} user certificate`);
        expect(shown).toContain('Key ID: "session 0190"');
        expect(shown).toContain('Serial: 77');
        expect(shown).toContain('Valid: from 2026-01-01T00:00:00 to 2036-01-01T00:00:00');
        expect(shown).toMatch(/Principals: \n\s+alice\n\s+deploy\n/);
        expect(shown).toMatch(/force-command uptime\n\s+source-address 192\.0\.2\.0\/24\n/);
        expect(shown).toMatch(/permit-pty\n\s+token-id@sallyport\.dev UNKNOWN OPTION/);
        // The oracle does check the signature: one that is wrong it does not show.
        blob[blob.length - 1]! ^= 1;
        writeFileSync(path('made-cert.pub'), `${formatPublicKeyLine(blob, 'made')}\n`);
        expect(() => keygen('-L', '-f', path('made-cert.pub'))).toThrow();
      }
    },
  );

  it('believes the certificates that ssh-keygen makes for every kind of key', () => {
    keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'ca', '-f', path('ca'));
    for (const [index, key] of SUBJECTS.entries()) {
      writeFileSync(path(`subject${index}.pub`), `${formatPublicKeyLine(encodePublicKey(key))}\n`);
      keygen('-q', '-s', path('ca'), '-I', 'id', '-n', 'alice', '-V', '-1h:+1h', path(`subject${index}.pub`));
      const certificate = decodeCertificate(blobOf(`subject${index}-cert.pub`));
      expect(certificate.key).toEqual(key);
      const verdict = checkUserCertificate(certificate, {
        now: new Date(),
        principal: 'alice',
        sourceAddress: '192.0.2.1',
        caKeys: [blobOf('ca.pub')],
        crypto: nodeCrypto,
      });
      expect(verdict.ok).toBe(true);
    }
  });

  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
    ['rsa', ['-b', '2048']],
  ])('reads the private key files of %s %j, and believes what ssh-keygen signs', (type, more) => {
    const name = path(`key-${type}-${more.join('')}`);
    keygen('-q', '-t', type, ...more, '-N', '', '-C', 'a comment', '-f', name);
    const parsed = parsePrivateKeyFile(readFileSync(name, 'utf8'));
    if (!parsed.ok) throw parsed.error;
    expect(parsed.value.comment).toBe('a comment');
    const members = privateKeyToJwk(parsed.value.key) as JsonWebKey;
    const privateKey = createPrivateKey({ key: members, format: 'jwk' });
    const key = decodePublicKey(blobOf(name.slice(folder.length + 1) + '.pub'));
    expect(parsed.value.key.public).toEqual(key);

    const ours = signWith({ key, privateKey }, signedByFile('message'));
    expect(keygenBelieves(encodePublicKey(key), ours, 'message')).toBe(true);
    expect(keygenBelieves(encodePublicKey(key), ours, 'another')).toBe(false);

    writeFileSync(path('message'), 'message');
    rmSync(path('message.sig'), { force: true });
    keygen('-q', '-Y', 'sign', '-f', name, '-n', 'file', path('message'));
    const armour = readFileSync(path('message.sig'), 'utf8').replaceAll(/-----.*-----|\n/g, '');
    const reader = new WireReader(Buffer.from(armour, 'base64'), 6);
    expect(reader.uint32()).toBe(1);
    const [, , , , theirs] = Array.from({ length: 5 }, () => reader.string());
    expect(encodeSignature(decodeSignature(theirs!))).toEqual(theirs);
    expect(verifySignature(key, theirs!, signedByFile('message'), nodeCrypto)).toBe('good');
    expect(verifySignature(key, theirs!, signedByFile('another'), nodeCrypto)).toBe('wrong');
  });

  it('agrees about what a security key signs', () => {
    const { key, privateKey } = KEYS[0];
    const plain = key as PublicKey & { type: 'ssh-ed25519' };
    const type = 'sk-ssh-ed25519@openssh.com';
    const securityKey: PublicKey = { ...plain, type, application: 'ssh:' };
    const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
    const facts = Buffer.from([1, 0, 0, 0, 9]);
    const data = signedByFile('message');
    const signature = sign(null, Buffer.concat([sha256('ssh:'), facts, sha256(data)]), privateKey);
    const signed: Signature = { algorithm: type, signature, flags: 1, counter: 9 };
    const blob = encodeSignature(signed);
    expect(keygenBelieves(encodePublicKey(securityKey), blob, 'message')).toBe(true);
    expect(verifySignature(securityKey, blob, data, nodeCrypto)).toBe('good');
  });

  it('writes private key files that ssh-keygen reads', () => {
    for (const comment of ['', 'a', 'made for a session']) {
      const jwk = KEYS[0].privateKey.export({ format: 'jwk' });
      const bytes = (member?: string) => Buffer.from(member ?? '', 'base64url');
      const file = formatEd25519PrivateKeyFile(bytes(jwk.d), bytes(jwk.x), comment, 1);
      writeFileSync(path('written'), file, { mode: 0o600 });
      const line = keygen('-y', '-f', path('written')).trim();
      expect(line).toBe(formatPublicKeyLine(encodePublicKey(KEYS[0].key), comment));
      rmSync(path('written'));
    }
  });

  it('names a private key that has a passphrase', () => {
    keygen('-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', path('locked'));
    const parsed = parsePrivateKeyFile(readFileSync(path('locked'), 'utf8'));
    expect(parsed).toMatchObject({ ok: false, error: { reason: 'unsupported' } });
    if (!parsed.ok) expect(parsed.error.publicMessage).toContain('encrypted with a passphrase');
  });
});
