import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { decodePublicKey, flagOption, textOption, type CertificateContents } from '@sallyport/codec-ssh';
import { PrincipalSchema } from '@sallyport/contracts/access';
import type { Database } from '../database/database.ts';
import { toStored } from '../database/stored-message.ts';
import { authenticateUserCertificate } from './authenticate-user-certificate.ts';
import { signCertificate } from './issue-certificate.ts';
import { testAuthorities, testAuthority, testKey } from './fixtures/test-authority.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const SECONDS = BigInt(NOW.getTime() / 1000);
const authority = testAuthority();
const holder = testKey();

const FACTS: CertificateContents = {
  key: decodePublicKey(holder),
  nonce: Buffer.alloc(32, 9),
  serial: 7n,
  kind: 'user',
  keyId: 'ana tok_1',
  principals: ['sallyport:prn_ana'],
  validAfter: SECONDS - 60n,
  validBefore: SECONDS + 600n,
  criticalOptions: [],
  extensions: [textOption('token-id@sallyport.dev', 'tok_1')],
  caKey: Buffer.from(authority.blob),
};

interface Stored {
  readonly revokedAt?: Date;
  readonly expiresAt?: Date;
}

/** A database with the one token that FACTS stand for. */
function databaseWith({ revokedAt, expiresAt = new Date(NOW.getTime() + 3_600_000) }: Stored = {}): Database {
  const principal = create(PrincipalSchema, { id: 'prn_ana', name: 'ana' });
  const row = {
    id: 'tok_1',
    principal: toStored(PrincipalSchema, principal),
    targets: ['web'],
    actions: [],
    issuedAt: NOW,
    expiresAt,
    revokedAt: revokedAt ?? null,
  };
  const findUnique = ({ where: { id } }: { where: { id: string } }) =>
    Promise.resolve(id === row.id ? row : null);
  return { prisma: { accessToken: { findUnique } } } as unknown as Database;
}

function show(certificate: Uint8Array, clientAddress = '192.0.2.7:50022', database = databaseWith()) {
  return authenticateUserCertificate(
    { database, authorities: testAuthorities(authority) },
    { certificate, clientAddress },
    NOW,
  );
}

const sign = (over: Partial<CertificateContents> = {}, signer = authority) =>
  signCertificate(signer, { ...FACTS, caKey: Buffer.from(signer.blob), ...over });

describe('a certificate that is shown', () => {
  it('stands for its token, narrowed as that is', async () => {
    expect(await show(sign())).toMatchObject({ id: 'tok_1', principal: { name: 'ana' }, targets: ['web'] });
  });

  it.each<[string, Partial<CertificateContents>]>([
    ['a host certificate of the same CA', { kind: 'host' }],
    ['one that is not valid yet', { validAfter: SECONDS + 5n }],
    ['one with a command that it forces', { criticalOptions: [textOption('force-command', 'id')] }],
    ['one that asks for what a door does not check', { criticalOptions: [flagOption('verify-required')] }],
    ['one with an option that nobody knows', { criticalOptions: [flagOption('x@example.com')] }],
    ['one for no token', { extensions: [] }],
    ['one for a token that is not there', { extensions: [textOption('token-id@sallyport.dev', 'tok_gone')] }],
    ['one for a token without a name', { extensions: [flagOption('token-id@sallyport.dev')] }],
    ["one for somebody else's token", { principals: ['sallyport:prn_mallory'] }],
    ['one with a second name', { principals: ['sallyport:prn_ana', 'root'] }],
    ['one without a name', { principals: [] }],
  ])('is refused: %s', async (_what, over) => {
    await expect(show(sign(over))).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('is refused when another CA signed it, even one that names ours as the signer', async () => {
    const stranger = testAuthority();
    await expect(show(sign({}, stranger))).rejects.toMatchObject({ code: 'token_invalid' });
    const forged = { ...stranger, blob: authority.blob };
    await expect(show(sign({}, forged))).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('is refused when a byte of it was changed, wherever', async () => {
    const certificate = sign();
    for (let index = 0; index < certificate.length; index += 1) {
      const altered = certificate.map((byte, at) => (at === index ? byte ^ 1 : byte));
      await expect(show(altered)).rejects.toMatchObject({ code: 'token_invalid' });
    }
  });

  it('is refused when it was cut, wherever, or something follows it', async () => {
    const certificate = sign();
    for (let length = 0; length < certificate.length; length += 1)
      await expect(show(certificate.subarray(0, length))).rejects.toMatchObject({ code: 'token_invalid' });
    await expect(show(Buffer.concat([certificate, Buffer.of(0)]))).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });

  it('is refused when it is a plain key', async () => {
    await expect(show(holder)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('ends to the second', async () => {
    await expect(show(sign({ validBefore: SECONDS }))).rejects.toMatchObject({ code: 'token_expired' });
    await expect(show(sign({ validBefore: SECONDS + 1n }))).resolves.toBeDefined();
  });

  it('ends with its token, whatever it says itself', async () => {
    const forEver = sign({ validBefore: SECONDS + 10n * 365n * 86_400n });
    await expect(show(forEver, '', databaseWith({ revokedAt: NOW }))).rejects.toMatchObject({
      code: 'token_revoked',
    });
    await expect(show(forEver, '', databaseWith({ expiresAt: NOW }))).rejects.toMatchObject({
      code: 'token_expired',
    });
  });

  it.each([
    ['192.0.2.7:50022', true],
    ['[::ffff:192.0.2.7]:50022', true],
    ['[2001:db8::9]:22', true],
    ['192.0.3.7:50022', false],
    ['192.0.2.70:50022', false],
    ['[2001:db9::9]:22', false],
    ['', false],
    ['unix:/run/x', false],
  ])('for some addresses only: from "%s" it is taken: %s', async (clientAddress, taken) => {
    const bound = sign({ criticalOptions: [textOption('source-address', '192.0.2.0/26,2001:db8::/32')] });
    const outcome = await show(bound, clientAddress).then(
      () => true,
      () => false,
    );
    expect(outcome).toBe(taken);
  });

  it.each(['', 'everywhere', '!192.0.2.7', '192.0.2.7/33', '*'])(
    'with the source address "%s", which nobody can read, is valid from nowhere',
    async (value) => {
      await expect(
        show(sign({ criticalOptions: [textOption('source-address', value)] })),
      ).rejects.toMatchObject({
        code: 'token_invalid',
      });
    },
  );

  it('is taken also when the CA has a new key, until the old one is retired', async () => {
    const [old, fresh] = [authority, testAuthority()];
    const asked = { certificate: sign(), clientAddress: '' };
    const database = databaseWith();
    const taken = { database, authorities: testAuthorities(fresh, old) };
    await expect(authenticateUserCertificate(taken, asked, NOW)).resolves.toBeDefined();
    const retired = { database, authorities: testAuthorities(fresh) };
    await expect(authenticateUserCertificate(retired, asked, NOW)).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });
});
