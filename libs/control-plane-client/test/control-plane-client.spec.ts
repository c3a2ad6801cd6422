import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StatementSchema } from '@sallyport/contracts/access';
import { HoldStatus, WatchOrdersResponseSchema } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { createLogger } from '@sallyport/service-kit';
import { eventually, temporaryDirectory, type TemporaryDirectory } from '@sallyport/testing';
import { writeIdentity } from '../src/component-identity.ts';
import { ControlPlaneClient, type OpenSessionInput } from '../src/index.ts';
import { FakeControlPlane, tick } from './fake-control-plane.ts';

const input: OpenSessionInput = {
  protocol: 'postgres',
  targetName: 'shop',
  credential: { kind: 'token', token: 'spt_x' },
  clientAddress: '',
  clientName: '',
  sessionPublicKey: new Uint8Array(32),
};

const opened = (sessionId = 'ses_1') => ({
  sessionId,
  principal: { id: 'p' },
  target: { name: 'shop' },
  upstream: { host: 'h' },
  view: { revision: 'r1' },
  certificate: {},
  expiresAt: timestampFromMs(Date.now() + 60_000),
});

const statement = create(StatementSchema, { kind: 'sql.simple' });

describe('ControlPlaneClient', () => {
  let fake: FakeControlPlane;
  let directory: TemporaryDirectory;
  let client: ControlPlaneClient;

  beforeEach(async () => {
    directory = temporaryDirectory('client');
    fake = await FakeControlPlane.create();
    fake.behaviour.openSession = () => Promise.resolve(opened());
    await fake.start();
    const { certificatePem, privateKeyPem } = await fake.authority.issue({ commonName: 'proxy' });
    writeIdentity(directory.path, {
      privateKeyPem,
      certificateChainPem: certificatePem,
      caPem: fake.authority.caPem,
      recordingPublicKey: new Uint8Array(32),
    });
    client = await ControlPlaneClient.connect({
      address: `127.0.0.1:${String(fake.port)}`,
      componentId: 'proxy-0',
      stateDirectory: directory.path,
      callTimeoutMs: 500,
      maxStalenessMs: 1_000,
      logger: createLogger({ name: 'test', level: 'silent' }),
    });
  });

  afterEach(async () => {
    await client.close();
    await fake.stop();
    directory.remove();
  });

  it.each([
    ['answers with an error that says nothing', () => Promise.reject(new Error('boom'))],
    ['does not answer in time', () => new Promise<never>(() => undefined)],
    ['gives an answer without a decision', () => Promise.resolve({})],
  ])('fails closed when the control plane %s', async (_what, decide) => {
    fake.behaviour.decide = decide;
    await expect(client.decide('ses_1', statement)).rejects.toMatchObject({
      code: 'control_plane_unavailable',
    });
  });

  it('hands on what the control plane refuses with, as it was said', async () => {
    fake.behaviour.decide = () =>
      Promise.reject(new AccessError('locked', 'Access is locked.', { holdId: 'h' }));
    await expect(client.decide('ses_1', statement)).rejects.toMatchObject({
      code: 'locked',
      publicMessage: 'Access is locked.',
      facts: { holdId: 'h' },
    });
  });

  it('is served again by a control plane that comes back on the same port, without being made anew', async () => {
    fake.behaviour.decide = () => Promise.resolve({ decision: { code: 'x' } });
    const session = await client.openSession(input);
    const { port } = fake;
    await fake.stop();
    await expect(client.decide('ses_1', statement)).rejects.toMatchObject({
      code: 'control_plane_unavailable',
    });
    await eventually('the view is stale', () => !session.isViewFresh(Date.now()));
    await fake.start(port);
    await eventually('a decision', () => client.decide('ses_1', statement));
    await eventually('the view is fresh', () => session.isViewFresh(Date.now()));
  });

  it('tells each new stream which sessions it has, and which process it is', async () => {
    await eventually('the stream', () => client.connected);
    await client.openSession(input);
    fake.behaviour.openSession = () => Promise.resolve(opened('ses_2'));
    await client.openSession(input);
    await client.closeSession('ses_2', 'client_closed');
    const { port } = fake;
    await fake.stop();
    await fake.start(port);
    await eventually('another stream', () => fake.watches.length > 1);
    const [first, last] = [fake.watches[0], fake.watches.at(-1)];
    expect([first?.openSessionIds, last?.openSessionIds]).toEqual([[], ['ses_1']]);
    expect(last?.proxyInstance).toBe(first?.proxyInstance);
    expect(last?.proxyInstance).not.toBe('');
  });

  it('gives up a stream with an order that it does not understand: nothing is current then', async () => {
    fake.orders = [tick(), create(WatchOrdersResponseSchema, {})];
    const { port } = fake;
    await fake.stop();
    await fake.start(port);
    await eventually('streams again and again', () => fake.watches.length > 3);
  });

  it('gives up a stream that falls silent, and asks again', async () => {
    fake.orders = [tick()];
    await eventually('the stream', () => client.connected);
    const before = fake.watches.length;
    await eventually('another stream', () => fake.watches.length > before, { timeoutMs: 15_000 });
  });

  it('ends its sessions when it closes', async () => {
    const session = await client.openSession(input);
    const end = new Promise<string>((resolve) => {
      session.onEnd(({ code }) => {
        resolve(code);
      });
    });
    await client.close();
    expect(await end).toBe('shutting_down');
  });

  it('goes on watching a hold across streams that break, and stops when told to', async () => {
    let watched = 0;
    fake.behaviour.watchHold = async function* () {
      watched += 1;
      yield { hold: { holdId: 'h', status: HoldStatus.WAITING } };
      if (watched < 3) throw new AccessError('control_plane_unavailable', 'restarting');
      yield { hold: { holdId: 'h', status: HoldStatus.APPROVED } };
    };
    const seen: HoldStatus[] = [];
    for await (const { status } of client.watchHold('h', AbortSignal.timeout(10_000))) seen.push(status);
    expect(seen).toEqual([HoldStatus.WAITING, HoldStatus.WAITING, HoldStatus.WAITING, HoldStatus.APPROVED]);
    const reason = new Error('the caller left');
    await expect(client.watchHold('h', AbortSignal.abort(reason)).next()).rejects.toBe(reason);
  });

  it('joins nobody without a certificate or a token, and takes no identity file that is none', async () => {
    const options = {
      address: '127.0.0.1:1',
      componentId: 'p',
      stateDirectory: directory.join('empty'),
      logger: createLogger({ name: 'test', level: 'silent' }),
    };
    await expect(ControlPlaneClient.connect(options)).rejects.toMatchObject({ code: 'token_missing' });
  });

  it('shows whatever the caller showed, and whom they want to be', async () => {
    await client.openSession(input);
    await client.openSession({
      ...input,
      credential: { kind: 'sshCertificate', certificate: Buffer.from('certificate') },
      login: 'deploy',
      upstreamPublicKey: new Uint8Array(32).fill(3),
    });
    expect(fake.opens).toMatchObject([
      { credential: { case: 'token', value: 'spt_x' }, login: '' },
      {
        credential: { case: 'sshCertificate', value: Buffer.from('certificate') },
        login: 'deploy',
        upstreamPublicKey: Buffer.alloc(32, 3),
      },
    ]);
  });

  it('has a host key certified, and takes an incomplete answer for none', async () => {
    const answer = {
      certificate: Buffer.from('c'),
      userCaPublicKeys: [Buffer.from('ca')],
      expiresAt: timestampFromMs(86_400_000),
    };
    fake.behaviour.certifyHostKey = () => Promise.resolve(answer);
    expect(await client.certifyHostKey({ publicKey: Buffer.from('k') })).toEqual({
      ...answer,
      expiresAt: new Date(86_400_000),
    });
    for (const missing of [{ certificate: new Uint8Array() }, { expiresAt: undefined }]) {
      fake.behaviour.certifyHostKey = () => Promise.resolve({ ...answer, ...missing } as typeof answer);
      await expect(client.certifyHostKey({ publicKey: Buffer.from('k') })).rejects.toMatchObject({
        code: 'control_plane_unavailable',
      });
    }
  });
});

describe('a login by a link', () => {
  const prompt = {
    step: {
      case: 'prompt' as const,
      value: {
        verificationUrl: 'https://idp.example/device',
        userCode: 'AB-CD',
        expiresAt: timestampFromMs(1),
      },
    },
  };
  const request = { clientAddress: '192.0.2.7:1', targetName: 'web' };
  let fake: FakeControlPlane;
  let directory: TemporaryDirectory;
  let client: ControlPlaneClient;

  beforeEach(async () => {
    directory = temporaryDirectory('client-login');
    fake = await FakeControlPlane.create();
    await fake.start();
    const { certificatePem, privateKeyPem } = await fake.authority.issue({ commonName: 'proxy' });
    writeIdentity(directory.path, {
      privateKeyPem,
      certificateChainPem: certificatePem,
      caPem: fake.authority.caPem,
      recordingPublicKey: new Uint8Array(32),
    });
    client = await ControlPlaneClient.connect({
      address: `127.0.0.1:${String(fake.port)}`,
      componentId: 'proxy-0',
      stateDirectory: directory.path,
      callTimeoutMs: 200,
      logger: createLogger({ name: 'test', level: 'silent' }),
    });
  });

  afterEach(async () => {
    await client.close();
    await fake.stop();
    directory.remove();
  });

  const begin = (signal = new AbortController().signal) => client.beginDeviceLogin(request, signal);

  it('gives the prompt at once and the token when it comes, however long a call may take', async () => {
    const loggedIn = Promise.withResolvers<undefined>();
    fake.behaviour.logIn = async function* () {
      yield prompt;
      await loggedIn.promise;
      yield { step: { case: 'token', value: 'spt_1' } };
    };
    const { prompt: shown, token } = await begin();
    expect(shown).toEqual({
      verificationUrl: 'https://idp.example/device',
      userCode: 'AB-CD',
      expiresAt: new Date(1),
    });
    setTimeout(() => loggedIn.resolve(undefined), 400);
    expect(await token).toBe('spt_1');
  });

  it('tells the control plane when the caller hangs up', async () => {
    const over = Promise.withResolvers<undefined>();
    fake.behaviour.logIn = async function* (signal) {
      signal.addEventListener('abort', () => over.resolve(undefined));
      yield prompt;
      await over.promise;
    };
    const hangUp = new AbortController();
    const { token } = await begin(hangUp.signal);
    hangUp.abort(new Error('gone'));
    await expect(token).rejects.toMatchObject({ code: 'control_plane_unavailable' });
    await over.promise;
  });

  it('hands on why it was refused', async () => {
    fake.behaviour.logIn = async function* () {
      yield prompt;
      await Promise.reject(new AccessError('token_missing', 'The login was not completed.'));
    };
    const { token } = await begin();
    await expect(token).rejects.toMatchObject({ code: 'token_missing' });
  });

  it.each([
    ['nothing', []],
    ['a token without a prompt', [{ step: { case: 'token' as const, value: 'spt_1' } }]],
    ['a prompt without a link', [{ step: { case: 'prompt' as const, value: { userCode: 'x' } } }]],
  ])('takes %s for no login', async (_what, steps) => {
    fake.behaviour.logIn = async function* () {
      await Promise.resolve();
      yield* steps;
    };
    await expect(begin()).rejects.toMatchObject({ code: 'control_plane_unavailable' });
  });

  it.each([
    ['no token', []],
    ['an empty token', [{ step: { case: 'token' as const, value: '' } }]],
    ['another prompt', [prompt]],
  ])('takes a prompt and %s for no login', async (_what, steps) => {
    fake.behaviour.logIn = async function* () {
      yield prompt;
      await Promise.resolve();
      yield* steps;
    };
    const { token } = await begin();
    await expect(token).rejects.toMatchObject({ code: 'control_plane_unavailable' });
  });
});
