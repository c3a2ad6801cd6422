import { HoldStatus } from '@sallyport/contracts/dataplane';
import { HoldOutcome, StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { DoorFixture } from './support/door-fixture.ts';
import { RawClient } from './support/raw-client.ts';

const POLICIES = `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents-on-web }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["web"] }
  rules:
    - name: harmless
      allow: { actions: [ssh.exec], objects: [echo, "echo *", cat, "cat *", "true", "sleep *", id] }
    - name: no-deleting
      deny: { actions: [ssh.exec], objects: [rm, "rm *"], message: "files stay where they are" }
    - name: restarts
      hold: { actions: [ssh.exec], objects: ["touch *"], approvers: [{ group: ops }], count: 1, timeout: 1m }
`;

let door: DoorFixture;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: POLICIES });
});
beforeEach(() => {
  door.spool.clear();
  door.controlPlane.apply(POLICIES);
  door.controlPlane.fresh = true;
});
afterAll(() => door.stop());

const finished = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value] : []));
const settled = () =>
  door.events.flatMap(({ body }) => (body.case === 'holdSettled' ? [body.value.outcome] : []));
const newestHold = () => {
  const hold = door.controlPlane.holds.at(-1);
  if (hold === undefined) throw new Error('no hold');
  return hold;
};

describe('a command that a rule denies', () => {
  it('does not run, says why for people and for agents, and ends with 126', async () => {
    const result = await door.ssh('rm -rf /tmp/nothing-here');
    expect(result.code).toBe(126);
    expect(result.out.toString()).toBe('');
    const [line = '', json = ''] = result.err.split('\n');
    expect(line).toContain('sallyport: denied by rule "no-deleting": ');
    expect(line).toContain('files stay where they are');
    expect(JSON.parse(json.replace('sallyport: ', ''))).toMatchObject({
      code: 'denied_by_rule',
      policy: 'agents-on-web',
      rule: 'no-deleting',
      action: 'ssh.exec',
      object: 'rm -rf /tmp/nothing-here',
    });
    expect(finished()).toMatchObject([{ outcome: StatementOutcome.REFUSED, status: 'denied_by_rule' }]);
  });

  it.each([
    ['in a row with others', 'echo a; rm x'],
    ['in a substitution', 'echo $(rm x)'],
    ['inside another shell', "sh -c 'rm x'"],
    ['by its path', '/bin/rm x'],
  ])('is denied %s', async (_what, command) => {
    const result = await door.ssh(command);
    expect([result.code, result.out.toString()]).toEqual([126, '']);
    expect(result.err).toContain('sallyport:');
  });

  it('leaves the connection as it was', async () => {
    const client = await RawClient.login(door.server.port);
    const denied = await client.run('rm x');
    expect(client.story(denied)).toEqual([
      'open_confirmation',
      'success',
      'stderr',
      'exit-status',
      'eof',
      'close',
    ]);
    expect(client.exitStatus(denied)).toBe(126);
    const allowed = await client.run('echo fine');
    expect(client.out(allowed)).toBe('fine\n');
    client.destroy();
  });
});

describe('a command that nothing covers, or that cannot be read', () => {
  it.each([
    ['another program', 'uname -a', 'no_rule_covers'],
    ['a redirection', 'echo x > /tmp/sallyport-spec', 'no_rule_covers'],
    ['code that cannot be read', '$(cat script)', 'statement_not_understood'],
    ['half a program', 'echo "', 'statement_not_understood'],
    ['bytes that are no text', 'echo \xff\xfe', 'statement_not_understood'],
  ])('does not run: %s', async (_what, command, code) => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.request(id, { kind: 'exec', command: Buffer.from(command, 'latin1') });
    await client.closed(id);
    expect([client.exitStatus(id), client.err(id).includes(`"code":"${code}"`)]).toEqual([126, true]);
    client.destroy();
  });

  it('runs when it is long', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.exec(id, `echo ${'x'.repeat(30_000)}`);
    await client.closed(id);
    expect(client.exitStatus(id)).toBe(0);
    client.destroy();
  });

  it('does not run when the policy is too old and the control plane is away', async () => {
    door.controlPlane.fresh = false;
    const result = await door.ssh('echo x');
    expect(result.code).toBe(255);
    expect(result.err).toContain('"code":"control_plane_unavailable"');
  });

  it('does not run when it cannot be recorded, and the connection ends', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    door.spool.failWith = new Error('disk full');
    client.exec(id, 'echo x');
    await client.until('the connection ends', () => client.ended !== null);
    door.spool.failWith = null;
    expect(client.out(id)).toBe('');
    expect(client.ended).toMatchObject({ text: expect.stringContaining('recording_unavailable') });
  });
});

describe('a command that is held', () => {
  const start = async (command: string) => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    const before = door.controlPlane.holds.length;
    client.exec(id, command);
    await client.until('the caller is told', () => client.err(id).includes('held for approval'));
    expect(door.controlPlane.holds.length).toBe(before + 1);
    return { client, id };
  };

  it('tells its caller at once, waits, and runs once it is approved', async () => {
    const file = door.directory.join('approved');
    const { client, id } = await start(`touch ${file}`);
    expect(client.err(id)).toContain(newestHold().id);
    expect(existsSync(file)).toBe(false);
    door.controlPlane.settle(newestHold().id, HoldStatus.APPROVED);
    await client.closed(id);
    expect([client.exitStatus(id), existsSync(file)]).toEqual([0, true]);
    client.destroy();
  });

  it('does not run when it is rejected', async () => {
    const file = door.directory.join('rejected');
    const { client, id } = await start(`touch ${file}`);
    door.controlPlane.settle(newestHold().id, HoldStatus.REJECTED, 'not today');
    await client.closed(id);
    expect([client.exitStatus(id), existsSync(file)]).toEqual([126, false]);
    expect(client.err(id)).toContain('not today');
    client.destroy();
  });

  it.each([
    [
      'closes the channel',
      (client: RawClient, id: number) => {
        client.close(id);
      },
    ],
    [
      'leaves',
      (client: RawClient) => {
        client.destroy();
      },
    ],
  ])('is withdrawn when its caller %s', async (_what, leave) => {
    const file = door.directory.join('withdrawn');
    const { client, id } = await start(`touch ${file}`);
    const hold = newestHold();
    leave(client, id);
    await eventually('it is withdrawn', () => hold.state.status === HoldStatus.WITHDRAWN);
    await eventually('it is recorded', () => settled().includes(HoldOutcome.WITHDRAWN));
    await eventually('so is its end', () => finished().length === 1);
    expect([finished()[0]?.outcome, existsSync(file)]).toEqual([StatementOutcome.CANCELED, false]);
    client.destroy();
  });

  it('does not keep other channels waiting', async () => {
    const { client } = await start('touch /tmp/never');
    const other = await client.run('echo meanwhile');
    expect(client.out(other)).toBe('meanwhile\n');
    client.destroy();
  });

  it('gets the input that came while it waited', async () => {
    const file = door.directory.join('late-input');
    door.controlPlane.apply(POLICIES.replace('"touch *"', '"touch *", "tee *"'));
    const { client, id } = await start(`tee ${file}`);
    client.data(id, 'waited');
    client.eof(id);
    door.controlPlane.settle(newestHold().id, HoldStatus.APPROVED);
    await client.closed(id);
    expect(client.out(id)).toBe('waited');
    client.destroy();
  });

  it('is not run on an approval of something else', async () => {
    const { client, id } = await start('touch /tmp/never');
    const hold = newestHold();
    hold.statement.digest = new Uint8Array(32);
    door.controlPlane.settle(hold.id, HoldStatus.APPROVED);
    await client.closed(id);
    expect(client.exitStatus(id)).toBe(126);
    client.destroy();
  });
});

describe('a limit', () => {
  it('ends the output of a command with words, and no byte more than it allows is sent', async () => {
    const rule = '    - name: budget\n      limit: { bytes: 100000, per: statement }\n';
    door.controlPlane.apply(`${POLICIES.replace('"cat *"', '"cat *", "seq *"')}${rule}`);
    const result = await door.ssh('seq 1000000');
    expect(result.code).toBe(126);
    expect(result.out.length).toBeLessThanOrEqual(100_000);
    expect(result.err).toContain('"code":"limit_reached"');
    expect(result.err).toContain('budget');
    expect(finished()).toMatchObject([{ outcome: StatementOutcome.FAILED, status: 'limit_reached' }]);
  });

  it('with masks by detectors refuses what it cannot mask', async () => {
    const rule = '    - name: secrets\n      mask: { detect: [email], with: redact }\n';
    const subsystem = '    - name: any-subsystem\n      allow: { actions: [ssh.subsystem] }\n';
    door.controlPlane.apply(`${POLICIES}${subsystem}${rule}`);
    const result = await door.ssh(['-s', 'netconf']);
    expect([result.code, result.out.toString()]).toEqual([126, '']);
    expect(result.err).toContain('"code":"masking_not_possible"');
  });
});

describe('a variable', () => {
  it('that was allowed and went nowhere has an end in the record', async () => {
    door.controlPlane.apply(
      POLICIES.replace('ssh.exec], objects: [echo', 'ssh.exec, ssh.env], objects: [SPEC_A, echo'),
    );
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.request(id, { kind: 'env', name: 'SPEC_A', value: Buffer.from('1') });
    await client.until('it is answered', () => client.story(id).includes('success'));
    client.close(id);
    await client.closed(id);
    await eventually('it is recorded', () => finished().length === 1);
    expect(finished()[0]?.outcome).toBe(StatementOutcome.CANCELED);
    client.destroy();
  });
});

describe('what is not a command', () => {
  it.each([
    ['a shell', { kind: 'shell' }, 'ssh.shell'],
    ['a subsystem', { kind: 'subsystem', name: 'netconf' }, 'ssh.subsystem'],
  ] as const)('is a right of its own: %s', async (_what, request, action) => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.request(id, request);
    await client.closed(id);
    expect(client.err(id)).toContain(`"action":"${action}"`);
    expect(client.exitStatus(id)).toBe(126);
    client.destroy();
  });

  it('is no way around: agent and X11 forwarding are refused and recorded', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.request(id, { kind: 'auth-agent-req@openssh.com' });
    client.request(id, {
      kind: 'x11-req',
      singleConnection: false,
      authenticationProtocol: 'MIT-MAGIC-COOKIE-1',
      authenticationCookie: '00',
      screen: 0,
    });
    await client.until(
      'both are answered',
      () => client.story(id).filter((each) => each === 'failure').length === 2,
    );
    const kinds = door.events.flatMap(({ body }) =>
      body.case === 'statementDecided' ? [body.value.statement?.kind] : [],
    );
    expect(kinds).toEqual(['ssh.agent', 'ssh.x11']);
    client.destroy();
  });

  it('is a jump through the door, which is a forward and is refused with words', async () => {
    const result = await door.ssh(['-W', 'localhost:22', 'web@127.0.0.1'], {
      program: 'ssh',
      args: [],
      user: 'web',
    });
    expect(result.code).not.toBe(0);
    const client = await RawClient.login(door.server.port);
    const id = client.openChannel({
      kind: 'direct-tcpip',
      host: 'localhost',
      port: 22,
      originatorAddress: '127.0.0.1',
      originatorPort: 1,
    });
    await client.until('it is answered', () => client.of(id).length > 0);
    expect(client.of(id)).toMatchObject([
      { type: 'CHANNEL_OPEN_FAILURE', reasonCode: 1, description: expect.stringContaining('no_rule_covers') },
    ]);
    client.destroy();
  });
});
