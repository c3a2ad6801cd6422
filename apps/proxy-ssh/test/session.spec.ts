import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { DoorFixture } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { RawClient } from './support/raw-client.ts';

const FORWARDS = `${ALLOW_ALL}    - name: forwards
      allow: { actions: [ssh.forward.local] }
`;

let door: DoorFixture;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: ALLOW_ALL });
});
beforeEach(() => {
  door.spool.clear();
  door.controlPlane.apply(ALLOW_ALL);
});
afterAll(() => door.stop());

const pty = (client: RawClient, id: number, columns = 91, rows = 33) => {
  client.request(id, {
    kind: 'pty-req',
    terminal: 'xterm',
    size: { columns, rows, widthPixels: 0, heightPixels: 0 },
    modes: Buffer.from([0]),
  });
};

describe('a terminal', () => {
  it('has the size and the type that its caller has, also after a change', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    pty(client, id);
    client.exec(id, 'stty size; echo $TERM; read x; stty size');
    await client.until('the first size is there', () => client.out(id).includes('xterm'));
    expect(client.out(id)).toContain('33 91\r\nxterm');
    const size = { columns: 120, rows: 50, widthPixels: 0, heightPixels: 0 };
    client.request(id, { kind: 'window-change', size }, false);
    client.data(id, '\n');
    await client.closed(id);
    expect(client.out(id)).toContain('50 120');
    const formats = door.events.flatMap(({ body }) =>
      body.case === 'output' || body.case === 'input' ? [`${body.case} ${body.value.format}`] : [],
    );
    expect([...new Set(formats)].toSorted()).toEqual([
      'input terminal',
      'input terminal.resize',
      'output terminal',
    ]);
    client.destroy();
  });

  it('is a shell for those who may have one, and every byte of it is recorded', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    pty(client, id);
    client.request(id, { kind: 'shell' });
    client.data(id, "PS1='> '; echo shell-$((40 + 2))\nexit 4\n");
    await client.closed(id);
    expect([client.out(id).includes('shell-42'), client.exitStatus(id)]).toEqual([true, 4]);
    const outputs = door.events.flatMap(({ body }) =>
      body.case === 'output' ? [Buffer.from(body.value.data)] : [],
    );
    expect(Buffer.concat(outputs).equals(client.bytes(id))).toBe(true);
    client.destroy();
  });

  it('works in a real ssh', async () => {
    const result = await door.ssh('tty && stty size', { args: ['-tt'] });
    expect(result.out.toString()).toMatch(/^\/dev\/pts\/\d+\r\n\d+ \d+\r\n$/);
  });
});

describe('one connection', () => {
  it('carries many commands at once, each with its own output and status', async () => {
    const client = await RawClient.login(door.server.port);
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        client.run(`sleep 0.0${index % 5}; echo ${index}; exit ${index}`),
      ),
    );
    expect(ids.map((id) => [client.out(id), client.exitStatus(id)])).toEqual(
      ids.map((_, index) => [`${index}\n`, index]),
    );
    client.destroy();
  });

  it('is shared by real clients (ControlMaster), each of whose commands is decided', async () => {
    const socket = door.directory.join('control');
    const share = ['-o', `ControlPath=${socket}`];
    const master = door.start(['sleep 20'], { args: ['-M', ...share] });
    await eventually(
      'the master is there',
      async () => (await door.ssh('true', { args: [...share, '-O', 'check'] })).code === 0,
    );
    const before = door.controlPlane.openings.length;
    const results = await Promise.all(
      ['echo one', 'echo two; exit 2'].map((command) => door.ssh(command, { args: share })),
    );
    expect(results.map(({ code, out }) => [code, out.toString()])).toEqual([
      [0, 'one\n'],
      [2, 'two\n'],
    ]);
    expect(door.controlPlane.openings.length).toBe(before);
    const texts = door.events.flatMap(({ body }) =>
      body.case === 'statementDecided' ? [body.value.statement?.text] : [],
    );
    expect(texts).toEqual(expect.arrayContaining(['sleep 20', 'echo one', 'echo two; exit 2']));
    master.kill();
    await eventually('the session is closed', () => door.server.openSessions === 0);
  });

  it('has so many channels at most', async () => {
    const client = await RawClient.login(door.server.port);
    const ids = Array.from({ length: 65 }, () => client.openChannel());
    await client.until('all are answered', () => ids.every((id) => client.of(id).length > 0));
    const refused = ids.filter((id) => client.of(id)[0]?.type === 'CHANNEL_OPEN_FAILURE');
    expect(refused).toEqual([64]);
    client.destroy();
  });

  it('opens no more sessions once its caller said so', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.send(
      Buffer.concat([
        Buffer.from([80, 0, 0, 0, 28]),
        Buffer.from('no-more-sessions@openssh.com'),
        Buffer.from([0]),
      ]),
    );
    const late = client.openChannel();
    await client.until('it is answered', () => client.of(late).length > 0);
    expect(client.of(late)[0]?.type).toBe('CHANNEL_OPEN_FAILURE');
    client.exec(id, 'echo still');
    await client.closed(id);
    expect(client.out(id)).toBe('still\n');
    client.destroy();
  });
});

describe('a forward', () => {
  const open = (client: RawClient) =>
    client.openChannel({
      kind: 'direct-tcpip',
      host: '127.0.0.1',
      port: door.sshd.port,
      originatorAddress: '127.0.0.1',
      originatorPort: 1,
    });

  it('is refused where no rule allows it, and the target hears nothing of it', async () => {
    const client = await RawClient.login(door.server.port);
    const id = open(client);
    await client.until('it is answered', () => client.of(id).length > 0);
    expect(client.of(id)).toMatchObject([{ type: 'CHANNEL_OPEN_FAILURE', reasonCode: 1 }]);
    client.destroy();
  });

  it('carries bytes both ways where one does, recorded', async () => {
    door.controlPlane.apply(FORWARDS);
    const client = await RawClient.login(door.server.port);
    const id = open(client);
    await client.confirmed(id);
    await client.until('the other end greets', () => client.out(id).startsWith('SSH-2.0-OpenSSH'));
    client.data(id, 'SSH-2.0-spec\r\n');
    client.eof(id);
    await client.closed(id);
    const decided = door.events.flatMap(({ body }) =>
      body.case === 'statementDecided' ? [body.value.statement] : [],
    );
    expect(decided[0]).toMatchObject({
      kind: 'ssh.forward',
      effects: [
        { action: 'ssh.forward.local', objects: [{ kind: 'host', name: `127.0.0.1:${door.sshd.port}` }] },
      ],
    });
    expect(door.spool.text()).toContain('SSH-2.0-spec');
    client.destroy();
  });

  it('to somewhere that does not answer fails as it would without the door', async () => {
    door.controlPlane.apply(FORWARDS);
    const client = await RawClient.login(door.server.port);
    const id = client.openChannel({
      kind: 'direct-tcpip',
      host: '127.0.0.1',
      port: 1,
      originatorAddress: '127.0.0.1',
      originatorPort: 1,
    });
    await client.until('it is answered', () => client.of(id).length > 0);
    expect(client.of(id)).toMatchObject([{ type: 'CHANNEL_OPEN_FAILURE', reasonCode: 2 }]);
    client.destroy();
  });

  it('from the target is refused', async () => {
    const client = await RawClient.login(door.server.port);
    const address = '0.0.0.0';
    client.send(
      Buffer.concat([
        Buffer.from([80, 0, 0, 0, 13]),
        Buffer.from('tcpip-forward'),
        Buffer.from([1, 0, 0, 0, address.length]),
        Buffer.from(address),
        Buffer.from([0, 0, 0, 0]),
      ]),
    );
    await client.until('it is answered', () =>
      client.messages.some(({ type }) => type === 'REQUEST_FAILURE'),
    );
    client.destroy();
  });
});

describe('the end of a session', () => {
  it.each([
    ['a lock', 'locked'],
    ['an order of an administrator', 'session_ended_by_admin'],
  ] as const)('by %s is felt within two seconds, on both sides, with words', async (_what, code) => {
    const child = door.start(['echo up; sleep 60; echo never']);
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    await eventually('it runs', () => out === 'up\n');
    const startedMs = Date.now();
    door.controlPlane.endSessions(code, 'The security team ended this.');
    expect(await exited).toBe(255);
    await eventually('the session is closed', () => door.server.openSessions === 0);
    expect(Date.now() - startedMs).toBeLessThan(2000);
    expect(err).toContain('The security team ended this.');
    expect(err).toContain(`"code":"${code}"`);
    expect(door.events.at(-1)?.body).toMatchObject({ case: 'sessionClosed', value: { reason: code } });
  });

  it('comes with the end of its token', async () => {
    door.controlPlane.expiresInMs = 1500;
    const startedMs = Date.now();
    const result = await door.ssh('sleep 30', { input: null });
    door.controlPlane.expiresInMs = 3_600_000;
    expect([result.code, result.err.includes('token_expired')]).toEqual([255, true]);
    expect(Date.now() - startedMs).toBeLessThan(5000);
  });

  it('comes with a client that is killed: what it ran on the target ends too', async () => {
    const marker = `31${Math.floor(Math.random() * 1e6)}`;
    const running = () => spawnText('pgrep', ['-f', `sleep ${marker}`]);
    const child = door.start([`sleep ${marker}`], { args: ['-tt'] });
    await eventually('it runs', async () => (await running()) !== '');
    child.kill('SIGKILL');
    await eventually('it ends', async () => (await running()) === '' || door.server.openSessions === 0);
    await eventually('the session is closed', () => door.server.openSessions === 0);
  });
});

function spawnText(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('close', () => {
      resolve(out.trim());
    });
  });
}
