import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { WireWriter } from '@sallyport/codec-ssh';
import { DoorFixture, TARGET } from './support/door-fixture.ts';
import type { FakeTarget } from './support/fake-control-plane.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { startRawTarget } from './support/raw-target.ts';

let door: DoorFixture;
let known: FakeTarget;
beforeAll(async () => {
  door = await DoorFixture.start({
    policies: ALLOW_ALL,
    server: { hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'], certifiedNames: ['127.0.0.1'] },
  });
  const target = door.controlPlane.targets.get(TARGET);
  if (target === undefined) throw new Error('no target');
  known = target;
});
afterAll(() => door.stop());

const run = async (over: Partial<FakeTarget>) => {
  door.controlPlane.targets.set(TARGET, { ...known, ...over });
  const result = await door.ssh('echo through');
  return { code: result.code, out: result.out.toString(), err: result.err };
};
const THROUGH = { code: 0, out: 'through\n', err: '' };
const authority = () => [door.sshd.hostAuthority ?? ''];

describe('the host of a target', () => {
  it.each([
    ['Ed25519', 0],
    ['ECDSA', 1],
    ['RSA', 2],
  ])('is known by its %s key, whichever others it has', async (_name, index) => {
    expect(await run({ hostKeys: [door.sshd.hostKeys[index] ?? ''] })).toEqual(THROUGH);
  });

  it('is known by a certificate of its authority', async () => {
    expect(await run({ hostKeys: [], hostAuthorities: authority() })).toEqual(THROUGH);
  });

  it.each([
    ['another key is pinned', () => ({ hostKeys: [publicKeyOf('other')] })],
    ['nothing is pinned', () => ({ hostKeys: [] })],
    ['what is pinned cannot be read', () => ({ hostKeys: ['ssh-ed25519 nonsense'] })],
    ['another authority is trusted', () => ({ hostKeys: [], hostAuthorities: [publicKeyOf('other_ca')] })],
    [
      'its certificate is for another name',
      () => ({ host: 'localhost', hostKeys: [], hostAuthorities: authority() }),
    ],
  ])('is not logged in to when %s', async (_what, over) => {
    const before = door.sshd.output().split('Accepted').length;
    const result = await run(over());
    expect(result).toMatchObject({ code: 255, out: '' });
    expect(result.err).toContain('"code":"target_unreachable"');
    expect(door.sshd.output().split('Accepted').length).toBe(before);
  });

  it('gets no credential when it is not the one it should be', async () => {
    await using impostor = await startRawTarget();
    const result = await run({ ...impostor.target, hostKeys: known.hostKeys });
    expect(result.err).toContain('not the host it should be');
    expect(impostor.connections[0]?.logins).toEqual([]);
  });
});

describe('the login on the target', () => {
  it('is with a certificate made for the session', async () => {
    const sign = (publicKey: Uint8Array, user: string) => {
      const file = door.directory.join('session.pub');
      const blob = new WireWriter().text('ssh-ed25519').string(publicKey).finish();
      writeFileSync(file, `ssh-ed25519 ${blob.toString('base64')}\n`);
      execFileSync('ssh-keygen', [
        '-q',
        '-s',
        door.sshd.userAuthorityFile,
        '-I',
        's',
        '-n',
        user,
        '-V',
        '-5m:+5m',
        file,
      ]);
      const [, encoded = ''] = readFileSync(door.directory.join('session-cert.pub'), 'utf8').split(' ');
      return Buffer.from(encoded, 'base64');
    };
    expect(await run({ credential: { kind: 'certificate', sign } })).toEqual(THROUGH);
  });

  it.each(['ecdsa', 'rsa'])('is with a private key of type %s, in OpenSSH form or PEM', async (type) => {
    for (const form of ['RFC4716', 'PEM']) {
      const file = door.directory.join(`login_${type}_${form}`);
      const openssh = form === 'RFC4716' ? [] : ['-m', 'PEM'];
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file, ...openssh]);
      writeFileSync(`${door.sshd.directory}/authorized_keys`, readFileSync(`${file}.pub`), { flag: 'a' });
      const privateKey = readFileSync(file, 'utf8');
      expect(await run({ credential: { kind: 'key', privateKey } })).toEqual(THROUGH);
    }
  });

  it('is with a password, which nobody else sees', async () => {
    await using target = await startRawTarget();
    door.controlPlane.targets.set(TARGET, target.target);
    const pending = door.ssh('echo x');
    const connection = await target.connected();
    expect(connection.logins.map(({ user, method }) => [user, method.kind])).toEqual([
      ['deploy', 'password'],
    ]);
    connection.transport.destroy();
    await pending;
    expect(door.spool.text() + door.logs.join('')).not.toContain('target-secret');
  });

  it('that is refused is told, without what was tried', async () => {
    await using target = await startRawTarget(() => false);
    const result = await run(target.target);
    expect(result).toMatchObject({ code: 255 });
    expect(result.err).toContain('"code":"target_refused_credential"');
    expect(result.err).not.toContain('target-secret');
  });

  it.each([
    [
      'a key that is none',
      { credential: { kind: 'key', privateKey: 'nonsense' } as const },
      'target_refused_credential',
    ],
    ['nobody at the address', { port: 1 }, 'target_unreachable'],
  ])('fails with words: %s', async (_what, over, code) => {
    const result = await run(over);
    expect(result).toMatchObject({ code: 255, out: '' });
    expect(result.err).toContain(`"code":"${code}"`);
    expect(result.err).not.toContain(String(known.port));
  });
});

describe('a session', () => {
  it('whose target is restarted ends, and says why', async () => {
    await using target = await startRawTarget();
    door.controlPlane.targets.set(TARGET, target.target);
    const pending = door.ssh('echo x');
    const connection = await target.connected();
    await connection.channel();
    await connection.until('the command is there', () => connection.types().includes('exec'));
    connection.transport.socket.destroy();
    const result = await pending;
    expect(result.code).toBe(255);
    expect(result.err).toContain('target_closed');
    await eventually('it is closed', () => door.server.openSessions === 0);
  });
});

function publicKeyOf(name: string): string {
  const file = door.directory.join(name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}
