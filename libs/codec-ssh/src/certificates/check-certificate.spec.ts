import { Buffer } from 'node:buffer';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import { fixtureBlob } from '../../test/fixtures.ts';
import { nodeCrypto } from '../../test/node-crypto.ts';
import { publicKeyFromJwk } from '../keys/jwk.ts';
import { decodePublicKey, encodePublicKey, type PublicKey } from '../keys/public-key.ts';
import { encodeSignature } from '../keys/signature.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { addressInRanges, parseAddressRanges } from './address-range.ts';
import { flagOption, textOption, type CertificateOption } from './certificate-option.ts';
import {
  attachCertificateSignature,
  decodeCertificate,
  encodeCertificateContents,
  FOREVER,
  isCertificateBlob,
  type CertificateContents,
} from './certificate.ts';
import { checkHostCertificate } from './check-host-certificate.ts';
import { checkUserCertificate } from './check-user-certificate.ts';

const NAMES = ['id_ed25519-cert', 'id_p256-cert', 'id_p384-cert', 'id_p521-cert', 'id_rsa-cert'];
const caKeys = ['ca', 'p384_ca', 'rsa_ca'].map(fixtureBlob);
const now = new Date('2026-11-23T12:00:00Z');
const user = { now, principal: 'alice', sourceAddress: '192.0.2.7', caKeys, crypto: nodeCrypto };
const host = { now, hostName: 'db.example.com', caKeys, crypto: nodeCrypto };
const checkUser = (name: string, changes: Partial<typeof user> = {}) =>
  checkUserCertificate(decodeCertificate(fixtureBlob(name)), { ...user, ...changes });
const checkHost = (name: string, changes: Partial<typeof host> = {}) =>
  checkHostCertificate(decodeCertificate(fixtureBlob(name)), { ...host, ...changes });
const refused = (reason: string) => ({ ok: false, reason });

const ca = generateKeyPairSync('ed25519');
const caBlob = encodePublicKey(publicKeyFromJwk(ca.publicKey.export({ format: 'jwk' })));

const CONTENTS: CertificateContents = {
  kind: 'user',
  key: decodePublicKey(fixtureBlob('id_ed25519')),
  nonce: Buffer.alloc(32, 7),
  serial: 1n,
  keyId: 'a key',
  principals: ['alice'],
  validAfter: 0n,
  validBefore: FOREVER,
  criticalOptions: [],
  extensions: [],
  caKey: caBlob,
};

function issue(changes: Partial<CertificateContents>): Buffer {
  const contents = encodeCertificateContents({ ...CONTENTS, ...changes });
  const signature = encodeSignature({
    algorithm: 'ssh-ed25519',
    signature: sign(null, contents, ca.privateKey),
  });
  return attachCertificateSignature(contents, signature);
}

const checkIssued = (changes: Partial<CertificateContents>, context: Partial<typeof user> = {}) =>
  checkUserCertificate(decodeCertificate(issue(changes)), { ...user, caKeys: [caBlob], ...context });

describe('certificates of ssh-keygen', () => {
  it.each(NAMES)('reads %s, and writes the same bytes', (name) => {
    const blob = fixtureBlob(name);
    const certificate = decodeCertificate(blob);
    const signedBytes = encodeCertificateContents(certificate);
    expect(signedBytes).toEqual(certificate.signedBytes);
    expect(attachCertificateSignature(signedBytes, certificate.signature)).toEqual(blob);
    expect(certificate.key).toEqual(decodePublicKey(fixtureBlob(name.replace('-cert', ''))));
  });

  it('reads all that ssh-keygen -L shows', () => {
    const certificate = decodeCertificate(fixtureBlob('id_ed25519-cert'));
    expect(certificate).toMatchObject({
      type: 'ssh-ed25519-cert-v01@openssh.com',
      kind: 'user',
      serial: 42n,
      keyId: 'alice laptop',
      principals: ['alice', 'deploy'],
      validAfter: BigInt(Date.UTC(2026, 0, 1) / 1000),
      validBefore: BigInt(Date.UTC(2036, 0, 1) / 1000),
      criticalOptions: [
        textOption('force-command', '/usr/bin/uptime -p'),
        textOption('source-address', '192.0.2.0/24,2001:db8::/32'),
      ],
      caKey: fixtureBlob('ca'),
    });
    expect(certificate.extensions.map(({ name }) => name)).toContain('permit-pty');
    expect(decodeCertificate(fixtureBlob('id_p521-cert'))).toMatchObject({
      kind: 'host',
      serial: 0xffff_ffff_ffff_ffffn,
      principals: ['db.example.com', '*.lab.example.com'],
    });
  });

  it('believes a user and tells what is granted', () => {
    expect(checkUser('id_ed25519-cert')).toMatchObject({
      ok: true,
      grant: { forceCommand: '/usr/bin/uptime -p', verifyRequired: false, noTouchRequired: false },
    });
    const verdict = checkUser('id_p256-cert');
    expect(verdict).toMatchObject({ ok: true, grant: { forceCommand: null, verifyRequired: true } });
    expect(verdict.ok && [...verdict.grant.extensions.keys()]).toEqual(['permit-pty']);
    expect(checkUser('id_p384-cert')).toMatchObject({ ok: true });
  });

  it('believes a host under its names and patterns', () => {
    expect(checkHost('id_p521-cert')).toEqual({ ok: true });
    expect(checkHost('id_p521-cert', { hostName: 'A.lab.example.com' })).toEqual({ ok: true });
    expect(checkHost('id_p521-cert', { hostName: 'lab.example.com' })).toEqual(refused('host-not-listed'));
  });

  it('takes neither kind for the other', () => {
    expect(checkUser('id_p521-cert')).toEqual(refused('not-a-user-certificate'));
    expect(checkHost('id_p384-cert', { hostName: 'alice' })).toEqual(refused('not-a-host-certificate'));
  });

  it('refuses a CA signature with SHA-1', () => {
    const crypto = { ...nodeCrypto, verify: () => true };
    expect(checkUser('id_rsa-cert', { crypto })).toEqual(refused('ca-signature-algorithm-refused'));
  });

  it('refuses each thing that does not fit', () => {
    const at = (text: string) => ({ now: new Date(text) });
    expect(checkUser('id_ed25519-cert', at('2025-12-31T23:59:59.999Z'))).toEqual(refused('not-yet-valid'));
    expect(checkUser('id_ed25519-cert', at('2026-01-01T00:00:00Z')).ok).toBe(true);
    expect(checkUser('id_ed25519-cert', at('2035-12-31T23:59:59.999Z')).ok).toBe(true);
    expect(checkUser('id_ed25519-cert', at('2036-01-01T00:00:00Z'))).toEqual(refused('expired'));
    expect(checkUser('id_ed25519-cert', { now: new Date(Number.NaN) })).toEqual(refused('expired'));
    expect(checkUser('id_ed25519-cert', { principal: 'root' })).toEqual(refused('principal-not-listed'));
    expect(checkUser('id_ed25519-cert', { principal: '' })).toEqual(refused('principal-not-listed'));
    const from = (sourceAddress: string) => checkUser('id_ed25519-cert', { sourceAddress });
    expect(from('::ffff:192.0.2.9').ok).toBe(true);
    expect(from('2001:db8:1::1').ok).toBe(true);
    for (const address of ['192.0.3.1', '2001:db9::1', '', 'unknown', '192.0.2', '::192.0.2.1']) {
      expect(from(address)).toEqual(refused('source-address-not-allowed'));
    }
    expect(checkUser('id_ed25519-cert', { caKeys: [] })).toEqual(refused('ca-not-trusted'));
    expect(checkUser('id_ed25519-cert', { caKeys: caKeys.slice(1) })).toEqual(refused('ca-not-trusted'));
  });

  it('believes no certificate of which any byte was changed', () => {
    const original = fixtureBlob('id_ed25519-cert');
    for (let at = 0; at < original.length; at++) {
      const blob = Buffer.from(original);
      blob[at]! ^= 1;
      expectCodecErrorOnly(() => expect(checkUserCertificate(decodeCertificate(blob), user).ok).toBe(false));
    }
  });

  it('refuses every certificate that is cut short or has a byte too many', () => {
    for (const name of NAMES) {
      const blob = fixtureBlob(name);
      for (let length = 0; length < blob.length; length++) {
        expectCodecError(() => decodeCertificate(blob.subarray(0, length)));
      }
      expectCodecError(() => decodeCertificate(Buffer.concat([blob, Buffer.from([0])])), 'trailing');
    }
  });
});

describe('certificates that were made to deceive', () => {
  it('believes the honest one beside them', () => {
    expect(checkIssued({})).toMatchObject({ ok: true });
    expect(isCertificateBlob(issue({}))).toBe(true);
    expect(isCertificateBlob(caBlob)).toBe(false);
    expect(isCertificateBlob(Buffer.from([255, 255, 255, 255, 1]))).toBe(false);
  });

  it('refuses a critical option that it does not know', () => {
    expect(checkIssued({ criticalOptions: [flagOption('only-on-sundays@example.com')] })).toEqual(
      refused('critical-option-unknown'),
    );
    const contents = {
      kind: 'host',
      principals: ['h'],
      criticalOptions: [textOption('force-command', 'x')],
    } as const;
    const certificate = decodeCertificate(issue(contents));
    expect(checkHostCertificate(certificate, { ...host, hostName: 'h', caKeys: [caBlob] })).toEqual(
      refused('critical-option-unknown'),
    );
  });

  it.each<readonly [string, CertificateOption]>([
    ['a force-command without a text', flagOption('force-command')],
    [
      'a force-command with bytes behind its text',
      { name: 'force-command', data: Buffer.from('\0\0\0\x01ab') },
    ],
    ['a source-address of nothing', textOption('source-address', '')],
    ['a source-address with bits behind its prefix', textOption('source-address', '192.0.2.1/24')],
    ['a source-address with a part that is none', textOption('source-address', '192.0.2.0/24,any')],
    ['a verify-required with data', textOption('verify-required', 'no')],
  ])('refuses %s', (_, option) => {
    expect(checkIssued({ criticalOptions: [option] })).toEqual(refused('critical-option-malformed'));
  });

  it('refuses options that come twice, or in an order that hides one', () => {
    const packed = (...names: string[]) => {
      const writer = new WireWriter();
      for (const name of names) writer.text(name).text('');
      return writer.finish();
    };
    const honest = encodeCertificateContents({
      ...CONTENTS,
      criticalOptions: [flagOption('aa'), flagOption('bb')],
    });
    const at = honest.indexOf(packed('aa', 'bb'));
    for (const names of [
      ['bb', 'aa'],
      ['aa', 'aa'],
    ] as const) {
      const forged = Buffer.from(honest);
      packed(...names).copy(forged, at);
      expectCodecError(() => decodeCertificate(attachCertificateSignature(forged, Buffer.alloc(0))), 'value');
    }
    expectCodecError(() => issue({ extensions: [flagOption('a'), flagOption('a')] }), 'value');
  });

  it('refuses a certificate for nobody', () => {
    expect(checkIssued({ principals: [] })).toEqual(refused('no-principals'));
    expect(checkIssued({ principals: ['*'] })).toEqual(refused('principal-not-listed'));
  });

  it('refuses a CA that is itself a certificate, though it is listed as trusted', () => {
    const caKey = issue({});
    expect(checkIssued({ caKey }, { caKeys: [caKey] })).toEqual(refused('ca-key-is-certificate'));
  });

  it('refuses a certificate that is signed by its own key, or names a CA that did not sign it', () => {
    expect(checkIssued({ caKey: fixtureBlob('ca') }, { caKeys: [fixtureBlob('ca')] })).toEqual(
      refused('ca-signature-wrong'),
    );
    expect(checkIssued({ caKey: encodePublicKey(CONTENTS.key) })).toEqual(refused('ca-not-trusted'));
  });

  it("refuses keys that are too short, the CA's and the holder's", () => {
    const short = fixtureBlob('id_short');
    expect(checkIssued({ key: decodePublicKey(short) })).toEqual(refused('key-too-short'));
    expect(checkIssued({ caKey: short }, { caKeys: [short] })).toEqual(refused('ca-key-too-short'));
  });

  it('refuses a trusted CA key of a kind that is not taken, and a signature that is none', () => {
    const dss = Buffer.from('\0\0\0\x07ssh-dss');
    expect(checkIssued({ caKey: dss }, { caKeys: [dss] })).toEqual(refused('ca-key-refused'));
    const blob = attachCertificateSignature(encodeCertificateContents(CONTENTS), Buffer.from('none'));
    const verdict = checkUserCertificate(decodeCertificate(blob), { ...user, caKeys: [caBlob] });
    expect(verdict).toEqual(refused('ca-signature-malformed'));
  });

  it('reads what it writes, whatever is in it', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z@.-]{1,20}$/), { maxLength: 5 });
    const keys = fc.constantFrom<PublicKey>(
      ...['id_ed25519', 'id_p256', 'id_p384', 'id_p521', 'id_rsa'].map((name) =>
        decodePublicKey(fixtureBlob(name)),
      ),
    );
    const uint64 = fc.bigInt(0n, FOREVER);
    fc.assert(
      fc.property(keys, names, names, uint64, uint64, (key, principals, options, serial, validBefore) => {
        const contents = {
          ...CONTENTS,
          kind: 'host' as const,
          ...{ key, principals, serial, validBefore },
          extensions: options.map((name) => textOption(name, name)),
        };
        const decoded = decodeCertificate(issue(contents));
        expect(decoded).toMatchObject({
          ...contents,
          extensions: contents.extensions.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('source addresses', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/25', '192.0.2.128', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '192.0.2.1', false],
    ['::/0', 'fe80::1%eth0', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['::ffff:192.0.2.0/120', '192.0.2.3', true],
    ['10.0.0.0/8,192.0.2.0/24', '192.0.2.3', true],
    ['10.0.0.0/8', '010.0.0.1', false],
    ['10.0.0.0/8', '10.0.0.1%x', false],
    ['10.0.0.0/8', '10.0.0.256', false],
    ['1::/16', '1:2:3:4:5:6:7:8:9', false],
    ['1::/16', '1::2::3', false],
    ['1::/16', '1:2:3:4:5:6:192.0.2.1', true],
  ])('%s covers %s: %s', (ranges, address, covered) => {
    expect(addressInRanges(address, parseAddressRanges(ranges) ?? [])).toBe(covered);
  });

  it.each([
    '',
    ',',
    '10.0.0.0/8,',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.1/8',
    '::ffff:10.0.0.0/64',
    '!10.0.0.0/8',
    '*',
  ])('takes %j for no list of ranges', (text) => {
    expect(parseAddressRanges(text)).toBeNull();
  });
});
