import {
  encodeChannelOpen,
  encodeGlobalRequest,
  encodeRequestSuccess,
  type GlobalRequestKind,
} from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DoorFixture } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { RawClient } from './support/raw-client.ts';
import { startRawTarget } from './support/raw-target.ts';

const FORWARDS = `${ALLOW_ALL}    - name: forwards
      allow: { actions: [ssh.forward.remote], objects: ["127.0.0.1:*", "localhost:*", "/tmp/**"] }
`;

let door: DoorFixture;
let echo: Server;
let client: RawClient | null = null;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: FORWARDS });
  // Answers in capitals, once all of the question came: both ends of data matter.
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    let asked = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => (asked += chunk.toString()));
    socket.on('end', () => socket.end(asked.toUpperCase()));
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
beforeEach(() => {
  door.spool.clear();
  door.controlPlane.apply(FORWARDS);
});
afterEach(() => {
  client?.destroy();
  client = null;
});
afterAll(async () => {
  echo.close();
  await door.stop();
});

const statements = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementDecided' ? [body.value.statement] : []));
const finished = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value] : []));
const echoPort = () => (echo.address() as AddressInfo).port;

/** Asks at a port of the target; what was answered. */
function askAt(to: number | string, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      typeof to === 'number'
        ? connect({ port: to, host: '127.0.0.1', allowHalfOpen: true })
        : connect({ path: to, allowHalfOpen: true });
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(answer);
    });
    socket.end(question);
  });
}

async function ask(raw: RawClient, request: GlobalRequestKind): Promise<Buffer | null> {
  const answers = () => raw.messages.filter(({ type }) => /^REQUEST_/.test(type));
  const before = answers().length;
  raw.send(encodeGlobalRequest({ wantReply: true, request }));
  await raw.until('it is answered', () => answers().length > before);
  const answer = answers()[before];
  return answer?.type === 'REQUEST_SUCCESS' ? answer.data : null;
}

describe('ssh -R where a rule allows it', () => {
  it('brings connections to the caller, large ones too, recorded and counted', async () => {
    const ssh = door.start([], { args: ['-N', '-v', '-R', `127.0.0.1:0:127.0.0.1:${echoPort()}`] });
    let said = '';
    ssh.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    ssh.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const allocated = () => /Allocated port (\d+) for remote forward/.exec(said)?.[1];
    await eventually('it listens', () => allocated() !== undefined, { timeoutMs: 10_000 });
    const port = Number(allocated());
    const long = 'forwarded '.repeat(400_000);
    expect(await Promise.all([askAt(port, 'a question'), askAt(port, long)])).toEqual([
      'A QUESTION',
      long.toUpperCase(),
    ]);
    expect(statements()).toMatchObject([
      {
        kind: 'ssh.forward',
        effects: [{ action: 'ssh.forward.remote', objects: [{ kind: 'host', name: '127.0.0.1:0' }] }],
      },
    ]);
    expect(finished()).toEqual([]);
    ssh.kill();
    await eventually('it ends', () => finished().length === 1);
    expect(finished()).toMatchObject([
      { outcome: StatementOutcome.COMPLETED, bytes: BigInt(long.length + 10) },
    ]);
    expect(door.spool.text()).toContain('A QUESTION');
    await expect(askAt(port, 'again')).rejects.toThrow('ECONNREFUSED');
  });

  it('takes sockets of the target', async () => {
    const path = door.directory.join('remote.sock');
    const ssh = door.start([], { args: ['-N', '-R', `${path}:127.0.0.1:${echoPort()}`] });
    await eventually('it listens', () => existsSync(path), { timeoutMs: 10_000 });
    expect(await askAt(path, 'by path')).toBe('BY PATH');
    expect(statements()[0]?.effects).toMatchObject([{ objects: [{ kind: 'path', name: path }] }]);
    ssh.kill();
    await once(ssh, 'close');
  });

  it('is taken back, after which nobody listens', async () => {
    client = await RawClient.login(door.server.port);
    const data = await ask(client, { kind: 'tcpip-forward', address: '127.0.0.1', port: 0 });
    const port = data?.readUInt32BE(0) ?? 0;
    expect(port).toBeGreaterThan(0);
    const cancel = { kind: 'cancel-tcpip-forward', address: '127.0.0.1', port } as const;
    expect(await ask(client, { ...cancel, port: port === 65_535 ? 1 : port + 1 })).toBeNull();
    expect(await ask(client, cancel)).toHaveLength(0);
    await expect(askAt(port, 'x')).rejects.toThrow('ECONNREFUSED');
    expect(finished()).toMatchObject([{ outcome: StatementOutcome.COMPLETED }]);
    expect(await ask(client, cancel)).toBeNull();
  });

  it('brings no more when policy no longer allows it', async () => {
    client = await RawClient.login(door.server.port);
    const data = await ask(client, { kind: 'tcpip-forward', address: '127.0.0.1', port: 0 });
    door.controlPlane.apply(ALLOW_ALL);
    expect(await askAt(data?.readUInt32BE(0) ?? 0, 'x').catch(() => '')).toBe('');
    expect(client.messages.some(({ type }) => type === 'CHANNEL_OPEN')).toBe(false);
  });
});

describe('ssh -R where no rule allows it', () => {
  it('fails, and the target hears nothing of it', async () => {
    await using raw = await startRawTarget();
    door.controlPlane.targets.set('raw', raw.target);
    door.controlPlane.apply(FORWARDS.replace('["web"]', '["web", "raw"]'));
    client = await RawClient.login(door.server.port, { user: 'raw' });
    const target = await raw.connected();
    expect(await ask(client, { kind: 'tcpip-forward', address: '0.0.0.0', port: 0 })).toBeNull();
    const socketPath = Buffer.from('/run/x.sock');
    expect(await ask(client, { kind: 'streamlocal-forward@openssh.com', socketPath })).toBeNull();
    expect(target.types()).toEqual([]);
    const refused = finished().filter(({ outcome }) => outcome === StatementOutcome.REFUSED);
    expect(refused.map(({ status }) => status)).toEqual(['no_rule_covers', 'no_rule_covers']);
  });

  it('is told by a real ssh', async () => {
    door.controlPlane.apply(ALLOW_ALL);
    const args = ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', `127.0.0.1:0:127.0.0.1:${echoPort()}`];
    const { code, err } = await door.ssh([], { args });
    expect([code, err]).toEqual([255, expect.stringContaining('remote port forwarding failed')]);
  });
});

describe('a target that opens channels', () => {
  it('gets none that nobody asked for, also beside one that was', async () => {
    await using raw = await startRawTarget();
    door.controlPlane.targets.set('raw', raw.target);
    door.controlPlane.apply(FORWARDS.replace('["web"]', '["web", "raw"]'));
    client = await RawClient.login(door.server.port, { user: 'raw' });
    const target = await raw.connected();
    const answered = ask(client, { kind: 'tcpip-forward', address: '127.0.0.1', port: 4000 });
    await target.until('it is asked', () => target.messages.length > 0);
    target.send(encodeRequestSuccess());
    expect(await answered).toHaveLength(0);
    const from = { originatorAddress: '10.0.0.1', originatorPort: 1 };
    const opens = [
      { kind: 'forwarded-tcpip', host: '127.0.0.1', port: 4001, ...from },
      { kind: 'forwarded-tcpip', host: '0.0.0.0', port: 4000, ...from },
      { kind: 'direct-tcpip', host: '127.0.0.1', port: 4000, ...from },
      { kind: 'auth-agent@openssh.com' },
      { kind: 'x11', ...from },
      { kind: 'session' },
      { kind: 'forwarded-tcpip', host: '127.0.0.1', port: 4000, ...from },
    ] as const;
    opens.forEach((open, senderChannel) => {
      target.send(
        encodeChannelOpen({ senderChannel, initialWindowSize: 1024, maximumPacketSize: 1024, open }),
      );
    });
    const reached = () => client?.messages.filter(({ type }) => type === 'CHANNEL_OPEN') ?? [];
    await client.until('the last comes', () => reached().length > 0);
    await target.until('the others are refused', () => target.messages.length === opens.length);
    expect(reached()).toMatchObject([{ open: { kind: 'forwarded-tcpip', host: '127.0.0.1', port: 4000 } }]);
    expect(target.types().slice(1)).toEqual(opens.slice(1).map(() => 'open_failure'));
  });
});
