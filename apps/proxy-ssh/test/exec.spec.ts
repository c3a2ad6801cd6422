import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { DoorFixture } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { RawClient } from './support/raw-client.ts';

let door: DoorFixture;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: ALLOW_ALL });
});
beforeEach(() => {
  door.spool.clear();
});
afterAll(() => door.stop());

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const MEGABYTE = 1024 * 1024;

describe('a command', () => {
  it('runs, and its output, its errors and its exit status come as they are', async () => {
    const result = await door.ssh('echo out; echo err >&2; exit 3');
    expect(result).toMatchObject({ code: 3, out: Buffer.from('out\n'), err: 'err\n' });
  });

  it('is recorded: what was decided before, what came out by stream, and how it ended', async () => {
    await door.ssh('echo out; echo err >&2; exit 3');
    await eventually('the session is closed', () =>
      door.events.some(({ body }) => body.case === 'sessionClosed'),
    );
    const kinds = door.events.map(({ body }) => body.case);
    expect(kinds.slice(0, 2)).toEqual(['sessionOpened', 'statementDecided']);
    const decided = door.events.flatMap(({ body }) => (body.case === 'statementDecided' ? [body.value] : []));
    expect(decided[0]?.statement).toMatchObject({ kind: 'ssh.exec', effectiveRole: door.sshd.user });
    const outputs = door.events.flatMap(({ body }) => (body.case === 'output' ? [body.value] : []));
    expect(
      outputs.map(({ channel, format, data }) => [channel, format, Buffer.from(data).toString()]).toSorted(),
    ).toEqual([
      ['stderr', 'bytes', 'err\n'],
      ['stdout', 'bytes', 'out\n'],
    ]);
    const finished = door.events.flatMap(({ body }) =>
      body.case === 'statementFinished' ? [body.value] : [],
    );
    expect(finished).toMatchObject([{ status: 'exit 3', outcome: StatementOutcome.FAILED, bytes: 8n }]);
  });

  it('gives the exit status of its program, whichever it is', async () => {
    const client = await RawClient.login(door.server.port);
    const all = [0, 1, 2, 126, 127, 128, 130, 254, 255];
    const ids = await Promise.all(all.map((status) => client.run(`exit ${status}`)));
    expect(ids.map((id) => client.exitStatus(id))).toEqual(all);
    client.destroy();
  });

  it('tells the signal that ended it', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.run('kill -KILL $$');
    expect(client.of(id)).toContainEqual(
      expect.objectContaining({ request: expect.objectContaining({ kind: 'exit-signal', signal: 'KILL' }) }),
    );
    await eventually('it is recorded', () =>
      door.events.some(
        ({ body }) => body.case === 'statementFinished' && body.value.status === 'signal KILL',
      ),
    );
    client.destroy();
  });

  it('reads its input to the end, and nothing more', async () => {
    const result = await door.ssh('wc -c', { input: Buffer.alloc(300_000, 'x') });
    expect(result).toMatchObject({ code: 0, out: Buffer.from('300000\n') });
  });

  it('ends without its caller having to close its input', async () => {
    const result = await door.ssh('echo done', { input: null });
    expect(result).toMatchObject({ code: 0, out: Buffer.from('done\n') });
  });

  it('goes on when its caller closes its input first', async () => {
    const result = await door.ssh('cat; echo after; sleep 0.1; echo late', { input: 'in\n' });
    expect(result).toMatchObject({ code: 0, out: Buffer.from('in\nafter\nlate\n') });
  });

  it('gets variables that are harmless, and those that policy allows, and no others', async () => {
    const args = ['-o', 'SetEnv=LC_SPEC=a SPEC_B=b'];
    const allowed = await door.ssh('echo "$LC_SPEC,$SPEC_B"', { args });
    expect(allowed.out.toString()).toBe('a,b\n');
    door.controlPlane.apply(ALLOW_ALL.replace('ssh.env, ', ''));
    const refused = await door.ssh('echo "$LC_ALL,$SPEC_B"', {
      args: ['-o', 'SetEnv=LC_ALL=C SPEC_B=secret-value'],
    });
    door.controlPlane.apply(ALLOW_ALL);
    expect(refused.out.toString()).toBe('C,\n');
    expect(door.spool.text()).not.toContain('secret-value');
  });
});

describe('bulk', () => {
  it('comes out exact, 100 MB of it', async () => {
    door.spool.keep = false;
    const sums = await door.ssh('head -c 104857600 /dev/zero | sha256sum; head -c 104857600 /dev/zero');
    door.spool.keep = true;
    const [line = ''] = sums.out.toString('latin1', 0, 200).split('\n');
    expect(sums.out.length).toBe(line.length + 1 + 100 * MEGABYTE);
    expect(sha256(sums.out.subarray(line.length + 1))).toBe(line.split(' ')[0]);
  }, 60_000);

  it('goes in exact, 100 MB of it', async () => {
    door.spool.keep = false;
    const input = randomBytes(100 * MEGABYTE);
    const result = await door.ssh('sha256sum', { input });
    door.spool.keep = true;
    expect(result).toMatchObject({ code: 0, out: Buffer.from(`${sha256(input)}  -\n`) });
  }, 60_000);

  it('goes both ways at once', async () => {
    door.spool.keep = false;
    const input = randomBytes(20 * MEGABYTE);
    const result = await door.ssh('cat', { input });
    door.spool.keep = true;
    expect(result.out.equals(input)).toBe(true);
  }, 60_000);

  it('is the same with every cipher, and while keys are exchanged again', async () => {
    door.spool.keep = false;
    for (const cipher of ['aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes128-ctr']) {
      const result = await door.ssh('head -c 20000000 /dev/zero', {
        args: ['-c', cipher, '-o', 'RekeyLimit=2M'],
      });
      expect([cipher, result.code, result.out.length, result.err]).toEqual([cipher, 0, 20_000_000, '']);
    }
    door.spool.keep = true;
  }, 60_000);
});
