/** A server of RFC 5802, honest or not, against the client. */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { decodeSASLInitialResponse } from '../frontend/sasl-initial-response.ts';
import { frameOf } from '../wire/frame.ts';
import { nodeCrypto, type AuthenticationCrypto } from './authentication-crypto.ts';
import { ClientAuthenticator } from './client-authenticator.ts';
import { ScramClient, type ChannelBinding } from './scram-client.ts';

const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
/** The nonce of RFC 7677, section 3. */
const CLIENT_NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_NONCE = `${CLIENT_NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`;
const SERVER_FIRST = `r=${SERVER_NONCE},s=${SALT.toString('base64')},i=4096`;
const refused = { code: 'target_refused_credential' };

const fixedNonce: AuthenticationCrypto = {
  ...nodeCrypto,
  randomBytes: () => Buffer.from(CLIENT_NONCE, 'base64'),
};

describe('SCRAM-SHA-256', () => {
  it('proves the password to the server, and the server to the client', async () => {
    const client = newClient();
    expect(client.first().toString()).toBe(`n,,n=,r=${CLIENT_NONCE}`);
    const final = (await client.challenge(Buffer.from(SERVER_FIRST))).toString();
    expect(final).toMatch(/^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=/);
    const honest = await serverSignatures('pencil', final);
    expect(honest.clientProved).toBe(true);
    client.verify(Buffer.from(`v=${honest.signature}`));
    expect(client.verified).toBe(true);
  });

  it.each([
    ['impossible', 'n,,'],
    ['not-offered', 'y,,'],
  ] as const)('says so when binding is %s', async (kind, header) => {
    const client = newClient({ kind });
    expect(client.first().toString()).toBe(`${header}n=,r=${CLIENT_NONCE}`);
    const final = (await client.challenge(Buffer.from(SERVER_FIRST))).toString();
    expect(final.startsWith(`c=${Buffer.from(header).toString('base64')},`)).toBe(true);
  });

  it('puts the hash of the certificate into the proof when it binds', async () => {
    const client = newClient({ kind: 'tls-server-end-point', data: Buffer.from('hash') });
    expect(client.first().toString()).toMatch(/^p=tls-server-end-point,,/);
    const final = (await client.challenge(Buffer.from(SERVER_FIRST))).toString();
    const bound = Buffer.from('p=tls-server-end-point,,hash').toString('base64');
    expect(final.startsWith(`c=${bound},`)).toBe(true);
  });
});

describe('a server that cheats', () => {
  it.each([
    ['does not extend the nonce', `r=${CLIENT_NONCE},s=c2FsdA==,i=4096`],
    ['answers another nonce', 'r=somebodyElsesNonce,s=c2FsdA==,i=4096'],
    ['asks for too few iterations', `r=${SERVER_NONCE},s=c2FsdA==,i=4095`],
    ['asks for one iteration', `r=${SERVER_NONCE},s=c2FsdA==,i=1`],
    ['asks for a day of iterations', `r=${SERVER_NONCE},s=c2FsdA==,i=2147483647`],
    ['asks for a number of iterations that is none', `r=${SERVER_NONCE},s=c2FsdA==,i=4096e3`],
    ['has no salt', `r=${SERVER_NONCE},s=,i=4096`],
    ['has a salt that is not base64', `r=${SERVER_NONCE},s=!!!,i=4096`],
    ['demands an extension', `m=x,r=${SERVER_NONCE},s=c2FsdA==,i=4096`],
    ['leaves attributes out', `r=${SERVER_NONCE},i=4096`],
    ['changes their order', `s=c2FsdA==,r=${SERVER_NONCE},i=4096`],
    ['sends nothing', ''],
    ['sends a megabyte', `r=${SERVER_NONCE}${'x'.repeat(1_000_000)},s=c2FsdA==,i=4096`],
  ])('gets no proof: it %s', async (_, serverFirst) => {
    const client = newClient();
    client.first();
    await expect(client.challenge(Buffer.from(serverFirst))).rejects.toMatchObject(refused);
    await expect(client.challenge(Buffer.from(SERVER_FIRST))).rejects.toMatchObject(refused);
  });

  it('is found out by its signature when it does not know the password', async () => {
    for (const final of [
      async (proof: string) => `v=${(await serverSignatures('guess', proof)).signature}`,
      async (proof: string) => `v=${(await serverSignatures('pencil', proof)).signature.slice(0, 40)}`,
      () => Promise.resolve('v='),
      () => Promise.resolve(''),
      () => Promise.resolve('e=other-error'),
      async (proof: string) => `x=1,v=${(await serverSignatures('pencil', proof)).signature}`,
    ]) {
      const client = newClient();
      client.first();
      const proof = (await client.challenge(Buffer.from(SERVER_FIRST))).toString();
      const message = Buffer.from(await final(proof));
      expect(() => client.verify(message)).toThrow(expect.objectContaining(refused));
      expect(client.verified).toBe(false);
    }
  });

  it('may take no step twice or out of order', async () => {
    const client = newClient();
    await expect(client.challenge(Buffer.from(SERVER_FIRST))).rejects.toMatchObject(refused);
    expect(() => client.first()).toThrow(expect.objectContaining(refused));
    expect(() => newClient().verify(Buffer.from('v='))).toThrow(expect.objectContaining(refused));
  });
});

describe('the authenticator', () => {
  const sasl = { type: 'AuthenticationSASL', mechanisms: ['SCRAM-SHA-256'] } as const;

  it('does not take AuthenticationOk from a server that has not proved itself', async () => {
    for (const steps of [0, 1]) {
      const authenticator = newAuthenticator();
      await authenticator.respond(sasl);
      if (steps === 1) {
        await authenticator.respond({ type: 'AuthenticationSASLContinue', data: Buffer.from(SERVER_FIRST) });
      }
      await expect(authenticator.respond({ type: 'AuthenticationOk' })).rejects.toMatchObject(refused);
    }
  });

  it('does not take AuthenticationOk at once where a method is required', async () => {
    await expect(newAuthenticator().respond({ type: 'AuthenticationOk' })).rejects.toMatchObject(refused);
  });

  it('is not talked down to a clear or md5 password, neither at first nor after SCRAM began', async () => {
    const clear = { type: 'AuthenticationCleartextPassword' } as const;
    const md5 = { type: 'AuthenticationMD5Password', salt: Buffer.alloc(4) } as const;
    for (const message of [clear, md5]) {
      await expect(newAuthenticator().respond(message)).rejects.toMatchObject(refused);
      const begun = newAuthenticator();
      await begun.respond(sasl);
      await expect(begun.respond(message)).rejects.toMatchObject({ code: 'protocol_violation' });
    }
  });

  it('tells the server when -PLUS could be used and was not offered, so that a removed offer is found', async () => {
    const authenticator = newAuthenticator(Buffer.from('hash'));
    expect(await firstMessage(authenticator, ['SCRAM-SHA-256'])).toMatch(/^SCRAM-SHA-256 y,,/);
  });

  it('binds when it can', async () => {
    const authenticator = newAuthenticator(Buffer.from('hash'));
    expect(await firstMessage(authenticator, ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'])).toMatch(
      /^SCRAM-SHA-256-PLUS p=tls-server-end-point,,/,
    );
  });

  it('does without binding when it has no TLS, whatever is offered', async () => {
    const offered = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
    expect(await firstMessage(newAuthenticator(), offered)).toMatch(/^SCRAM-SHA-256 n,,/);
  });

  it('refuses what it does not speak', async () => {
    const unknown = { type: 'AuthenticationSASL', mechanisms: ['OAUTHBEARER'] } as const;
    await expect(newAuthenticator().respond(unknown)).rejects.toMatchObject(refused);
    const kerberos = { type: 'AuthenticationUnsupported', code: 7 } as const;
    await expect(newAuthenticator().respond(kerberos)).rejects.toMatchObject(refused);
  });

  it('never says the password in an error', async () => {
    const authenticator = newAuthenticator();
    await authenticator.respond(sasl);
    const wrong = { type: 'AuthenticationSASLContinue', data: Buffer.from('e=x') } as const;
    const error = await authenticator.respond(wrong).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('SCRAM');
    expect(JSON.stringify(error) + String(error)).not.toContain('pencil');
  });
});

function newClient(channelBinding: ChannelBinding = { kind: 'impossible' }): ScramClient {
  return new ScramClient({
    password: 'pencil',
    channelBinding,
    minIterations: 4096,
    maxIterations: 100_000,
    crypto: fixedNonce,
  });
}

function newAuthenticator(serverEndPoint: Buffer | null = null): ClientAuthenticator {
  const methods = new Set(['scram-sha-256', 'scram-sha-256-plus'] as const);
  return new ClientAuthenticator({
    user: 'u',
    password: 'pencil',
    methods,
    serverEndPoint,
    crypto: fixedNonce,
  });
}

async function firstMessage(authenticator: ClientAuthenticator, mechanisms: string[]): Promise<string> {
  const step = await authenticator.respond({ type: 'AuthenticationSASL', mechanisms });
  if (step.kind !== 'send') throw new Error('nothing was sent');
  const { mechanism, data } = decodeSASLInitialResponse(frameOf(step.bytes));
  return `${mechanism} ${data?.toString() ?? ''}`;
}

/** What a server that knows `password` makes of the client's final message. */
async function serverSignatures(
  password: string,
  clientFinal: string,
): Promise<{ signature: string; clientProved: boolean }> {
  const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(clientFinal) ?? [];
  const salted = await nodeCrypto.pbkdf2Sha256(password, SALT, 4096);
  const authMessage = Buffer.from(`n=,r=${CLIENT_NONCE},${SERVER_FIRST},${withoutProof}`);
  const clientKey = nodeCrypto.hmacSha256(salted, Buffer.from('Client Key'));
  const storedKey = nodeCrypto.digest('sha256', clientKey);
  const clientSignature = nodeCrypto.hmacSha256(storedKey, authMessage);
  const recovered = Buffer.from(proof, 'base64').map((byte, index) => byte ^ (clientSignature[index] ?? 0));
  const serverKey = nodeCrypto.hmacSha256(salted, Buffer.from('Server Key'));
  return {
    signature: nodeCrypto.hmacSha256(serverKey, authMessage).toString('base64'),
    clientProved: nodeCrypto.equal(nodeCrypto.digest('sha256', recovered), storedKey),
  };
}
