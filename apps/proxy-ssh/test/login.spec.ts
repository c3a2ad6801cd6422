import {
  attachCertificateSignature,
  encodeCertificateContents,
  encodePublicKey,
  encodeUserauthInfoResponse,
  encodeUserauthRequest,
  decodeUserauthInfoRequest,
  FOREVER,
  flagOption,
  textOption,
  userauthSignedData,
  type CertificateContents,
  type PublickeyMethod,
} from '@sallyport/codec-ssh';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { loginKey, type LoginKey } from '../src/transport/node-crypto.ts';
import { encodeService } from '../src/transport/transport-message.ts';
import { DoorFixture } from './support/door-fixture.ts';
import { tokenFor } from './support/fake-control-plane.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { RawClient } from './support/raw-client.ts';

const NEVER = new AbortController().signal;
const newKey = () => loginKey(generateKeyPairSync('ed25519').privateKey);
const authority = newKey();
const caller = newKey();

let door: DoorFixture;
beforeAll(async () => {
  door = await DoorFixture.start({
    policies: ALLOW_ALL,
    userAuthorities: [authority.blob],
    config: {
      limits: {
        handshakeTimeoutMs: 1500,
        loginTimeoutMs: 4000,
        maxUnauthenticated: 60,
        maxUnauthenticatedPerAddress: 50,
        maxAuthTries: 3,
      },
    },
  });
});
beforeEach(() => {
  door.spool.clear();
  door.controlPlane.openings.length = 0;
});
afterAll(() => door.stop());

function certificate(over: Partial<CertificateContents> = {}, signer: LoginKey = authority): Buffer {
  const signed = encodeCertificateContents({
    kind: 'user',
    key: caller.publicKey,
    nonce: randomBytes(32),
    serial: 1n,
    keyId: 'spec',
    principals: ['sallyport:ana'],
    validAfter: 0n,
    validBefore: FOREVER,
    criticalOptions: [],
    extensions: [],
    caKey: signer.blob,
    ...over,
  });
  const blob = attachCertificateSignature(signed, signer.sign('ssh-ed25519', signed));
  door.controlPlane.certificates.set(blob.toString('base64'), tokenFor('ana', 'agents'));
  return blob;
}

async function greeted(): Promise<RawClient> {
  const client = await RawClient.open(door.server.port);
  client.transport.send(encodeService(5, 'ssh-userauth'));
  await client.transport.read(NEVER);
  return client;
}

/** Shows a certificate, signed by `signer` over `about`. */
function show(
  client: RawClient,
  key: Buffer,
  { signer = caller, user = 'web', session = client.transport.sessionId } = {},
): Promise<string> {
  const method: PublickeyMethod = {
    kind: 'publickey',
    algorithm: 'ssh-ed25519-cert-v01@openssh.com',
    key,
    hostKey: null,
    signature: Buffer.alloc(0),
  };
  const data = userauthSignedData(session, { user: 'web', service: 'ssh-connection', method });
  return client.authenticate({ ...method, signature: signer.sign('ssh-ed25519', data) }, user);
}

const METHODS = 'publickey,password,keyboard-interactive';

describe('a token as the password', () => {
  it('lets in whom the control plane knows, as whom they ask to be, and is seen by nobody else', async () => {
    const result = await door.ssh('true', { user: 'deploy@web' });
    expect(result.code).toBe(0);
    expect(door.controlPlane.openings).toMatchObject([
      { protocol: 'ssh', targetName: 'web', login: 'deploy', clientAddress: '127.0.0.1' },
    ]);
    expect(door.controlPlane.openings[0]?.clientName).toContain('OpenSSH');
    const everything = door.spool.text() + door.logs.join('') + door.sshd.output();
    expect(everything).not.toContain(tokenFor('ana', 'agents'));
    expect(everything).not.toContain('PRIVATE KEY');
  });

  it.each([
    ['a wrong one', 'nonsense', 'web', 'token_invalid'],
    ['an expired one', 'expired:ana', 'web', 'token_expired'],
    ['one for a target that is not there', tokenFor('ana', 'agents'), 'nowhere', 'target_not_available'],
  ])('is refused with words: %s', async (_what, token, user, code) => {
    const result = await door.ssh('true', { token, user });
    expect(result.code).toBe(255);
    const verbose = await door.ssh('true', { token, user, args: ['-o', 'LogLevel=INFO'] });
    expect(verbose.err).toContain(`[${code}]`);
    expect(door.logs.at(-1)).toContain(`"code":"${code}"`);
  });

  it('may be tried so often only', async () => {
    const client = await greeted();
    const wrong = () =>
      client.authenticate({ kind: 'password', password: Buffer.from('nonsense'), newPassword: null });
    expect([await wrong(), await wrong()]).toEqual([METHODS, METHODS]);
    await wrong().catch(() => undefined);
    await client.until('the connection ends', () => client.ended !== null);
    expect(client.ended).toMatchObject({ text: expect.stringContaining('token_invalid') });
  });
});

describe('a certificate', () => {
  it('lets in whoever holds its key', async () => {
    const client = await greeted();
    const blob = certificate();
    expect(await show(client, blob)).toBe('success');
    const [opening] = door.controlPlane.openings;
    expect(opening?.credential).toEqual({ kind: 'sshCertificate', certificate: blob });
    client.destroy();
  });

  it('may be asked about first', async () => {
    const client = await greeted();
    const method = {
      kind: 'publickey' as const,
      algorithm: 'ssh-ed25519-cert-v01@openssh.com',
      key: certificate(),
      hostKey: null,
      signature: null,
    };
    expect(await client.authenticate(method)).toBe('message 60');
    expect(door.controlPlane.openings).toEqual([]);
    expect(await show(client, method.key)).toBe('success');
    client.destroy();
  });

  it.each([
    ['signed by somebody else', (client: RawClient) => show(client, certificate(), { signer: newKey() })],
    [
      'signed over another connection',
      (client: RawClient) => show(client, certificate(), { session: Buffer.alloc(32) }),
    ],
    ['signed for another user name', (client: RawClient) => show(client, certificate(), { user: 'other' })],
    ['of another authority', (client: RawClient) => show(client, certificate({}, newKey()))],
    ['that has expired', (client: RawClient) => show(client, certificate({ validBefore: 1n }))],
    ['that is not valid yet', (client: RawClient) => show(client, certificate({ validAfter: FOREVER - 1n }))],
    ['of a host', (client: RawClient) => show(client, certificate({ kind: 'host' }))],
    [
      'for another address',
      (client: RawClient) =>
        show(client, certificate({ criticalOptions: [textOption('source-address', '192.0.2.0/24')] })),
    ],
    [
      'with an option that nobody knows',
      (client: RawClient) => show(client, certificate({ criticalOptions: [flagOption('be-careful')] })),
    ],
    [
      'with a forced command',
      (client: RawClient) =>
        show(client, certificate({ criticalOptions: [textOption('force-command', 'id')] })),
    ],
    ['that is a plain key', (client: RawClient) => show(client, encodePublicKey(caller.publicKey))],
  ])('lets nobody in: %s', async (_what, attempt) => {
    const client = await greeted();
    expect(await attempt(client)).toBe(METHODS);
    expect(door.controlPlane.openings).toEqual([]);
    client.destroy();
  });

  it('is not reached through the many keys of an agent before the tries are over', async () => {
    const client = await greeted();
    for (let index = 0; index < 20; index++) {
      const { blob } = newKey();
      const method = {
        kind: 'publickey' as const,
        algorithm: 'ssh-ed25519',
        key: blob,
        hostKey: null,
        signature: null,
      };
      expect(await client.authenticate(method)).toBe(METHODS);
    }
    expect(await show(client, certificate())).toBe('success');
    client.destroy();
  });
});

describe('the door itself', () => {
  it('is known by its certificate, without anybody being asked', async () => {
    const file = door.directory.join('known_hosts');
    const write = (key: LoginKey, name = 'door.example') => {
      writeFileSync(file, `@cert-authority ${name} ssh-ed25519 ${key.blob.toString('base64')}\n`);
    };
    const strict = [
      ...['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${file}`],
      ...['-o', 'HostKeyAlias=door.example'],
    ];
    const attempt = async () => (await door.ssh('echo in', { args: strict })).code;
    write(door.hostAuthority);
    expect(await attempt()).toBe(0);
    write(newKey());
    expect(await attempt()).toBe(255);
    write(door.hostAuthority, 'another.example');
    expect(await attempt()).toBe(255);
  });
});

describe('keyboard-interactive', () => {
  const ask = async (client: RawClient) => {
    client.transport.send(
      encodeUserauthRequest({
        user: 'web',
        service: 'ssh-connection',
        method: { kind: 'keyboard-interactive', languageTag: '', submethods: '' },
      }),
    );
    return decodeUserauthInfoRequest(await client.transport.read(NEVER));
  };
  const answer = (client: RawClient, text: string) => {
    client.transport.send(encodeUserauthInfoResponse([Buffer.from(text)]));
  };

  it('asks for a token, without showing it', async () => {
    const client = await greeted();
    expect((await ask(client)).prompts).toMatchObject([{ echo: false }]);
    answer(client, tokenFor('ana', 'agents'));
    expect((await client.transport.read(NEVER))[0]).toBe(52);
    client.destroy();
  });

  it('sends whoever has none to their browser, and waits', async () => {
    let logIn: (token: string) => void = () => undefined;
    door.controlPlane.deviceLogin = {
      prompt: {
        verificationUrl: 'https://login.example/device',
        userCode: 'ABCD-EFGH',
        expiresAt: new Date(Date.now() + 60_000),
      },
      token: new Promise((resolve) => {
        logIn = resolve;
      }),
    };
    const client = await greeted();
    await ask(client);
    answer(client, '');
    const { instruction } = decodeUserauthInfoRequest(await client.transport.read(NEVER));
    expect(instruction).toContain('https://login.example/device');
    expect(instruction).toContain('ABCD-EFGH');
    answer(client, '');
    logIn(tokenFor('ana', 'agents'));
    expect((await client.transport.read(NEVER))[0]).toBe(52);
    expect(door.logs.join('')).not.toContain('ABCD-EFGH');
    client.destroy();
  });
});

describe('before the login', () => {
  const idle = async () => {
    const socket = connect(door.server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const closed = (socket: Socket) => socket.destroyed || socket.readableEnded;

  it('nothing can be asked for', async () => {
    const client = await greeted();
    client.openChannel();
    await client.until('the connection ends', () => client.ended !== null);
    expect(client.ended).toMatchObject({ text: expect.stringContaining('protocol_violation') });
  });

  it('only so much time passes', async () => {
    const socket = await idle();
    socket.resume();
    await eventually('the idle connection ends', () => closed(socket), { timeoutMs: 6000 });
    const client = await greeted();
    await eventually('the one that does not log in ends', () => client.ended !== null, { timeoutMs: 8000 });
    expect(client.ended).toMatchObject({ text: expect.stringContaining('handshake_timeout') });
  });

  it('many that say nothing, or nonsense, keep nobody else out', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, idle));
    for (const socket of sockets.slice(0, 10)) socket.write(randomBytes(2000));
    const startedMs = Date.now();
    const result = await door.ssh('echo in');
    expect(result.out.toString()).toBe('in\n');
    expect(Date.now() - startedMs).toBeLessThan(5000);
    for (const socket of sockets) socket.destroy();
  });

  it('there is room for so many only, and a line says so', async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, idle));
    const late = await idle();
    const [line] = (await once(late, 'data')) as [Buffer];
    expect(line.toString()).toContain('Exceeded MaxStartups');
    for (const socket of sockets) socket.destroy();
    await eventually('there is room again', async () => (await door.ssh('true')).code === 0);
  });
});
