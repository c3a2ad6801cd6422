import { HoldStatus } from '@sallyport/contracts/dataplane';
import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DoorFixture } from './support/door-fixture.ts';
import { filesPolicies } from './support/files-policies.ts';
import { RawClient } from './support/raw-client.ts';

let door: DoorFixture;
let root: string;
const at = (name: string) => join(root, name);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  door = await DoorFixture.start({ policies: filesPolicies('/nowhere') });
  root = door.directory.join('files');
});
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(at('open/secret'), { recursive: true });
  mkdirSync(at('closed'));
  mkdirSync(at('here'));
  writeFileSync(at('open/secret/key'), 'the key');
  writeFileSync(at('closed/file'), 'closed content');
  door.controlPlane.apply(filesPolicies(root));
  door.spool.clear();
});
afterAll(() => door.stop());

const scp = (...words: string[]) => door.ssh(words, { program: 'scp' });
const remote = (path: string) => `web@127.0.0.1:${path}`;
const decided = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementDecided' ? [body.value] : []));
const finished = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value] : []));

describe.each([
  ['the legacy protocol', '-O'],
  ['SFTP', '-s'],
])('scp over %s', (_protocol, flag) => {
  it('copies a file there and back as it is, and records what it was', async () => {
    const content = randomBytes(3_000_001);
    writeFileSync(at('here/a b'), content);
    expect(await scp(flag, at('here/a b'), remote(at('open/there')))).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(at('open/there')).equals(content)).toBe(true);
    expect(await scp(flag, remote(at('open/there')), at('here/back'))).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(at('here/back')).equals(content)).toBe(true);
    await eventually(
      'both are finished',
      () => finished().filter(({ status }) => status.includes(sha256(content))).length === 2,
    );
    const copies = finished().filter(({ status }) => status.startsWith('sha256:'));
    expect(copies.every(({ outcome }) => outcome === StatementOutcome.COMPLETED)).toBe(true);
  });

  it('copies folders with their modes and times, as without the door', async () => {
    mkdirSync(at('here/tree/sub'), { recursive: true });
    writeFileSync(at('here/tree/sub/run'), 'x', { mode: 0o750 });
    writeFileSync(at('here/tree/empty'), '');
    expect(await scp(flag, '-rp', at('here/tree'), remote(at('open/tree')))).toMatchObject({
      code: 0,
      err: '',
    });
    const [here, there] = ['here', 'open'].map((side) => statSync(at(`${side}/tree/sub/run`)));
    expect([there?.mode, there && Math.trunc(there.mtimeMs / 1000)]).toEqual([
      here?.mode,
      here && Math.trunc(here.mtimeMs / 1000),
    ]);
    expect(await scp(flag, '-rp', remote(at('open/tree')), at('here/again'))).toMatchObject({
      code: 0,
      err: '',
    });
    expect([readFileSync(at('here/again/sub/run'), 'utf8'), statSync(at('here/again/empty')).size]).toEqual([
      'x',
      0,
    ]);
  });

  it('leaves out what is denied, says why, and goes on with the rest', async () => {
    for (const name of ['one', 'two']) writeFileSync(at(`here/${name}`), name);
    mkdirSync(at('here/secret'));
    writeFileSync(at('here/secret/evil'), 'x');
    const result = await scp(
      flag,
      '-r',
      at('here/one'),
      at('here/secret'),
      at('here/two'),
      remote(at('open')),
    );
    expect(result.code).not.toBe(0);
    expect(result.err).toContain('not for agents');
    expect(existsSync(at('open/secret/evil'))).toBe(false);
    expect(['one', 'two'].map((name) => readFileSync(at(`open/${name}`), 'utf8'))).toEqual(['one', 'two']);
  });

  it('gives nothing away that is denied in a folder, and the rest of it', async () => {
    writeFileSync(at('open/fine'), 'fine');
    symlinkSync(at('closed/file'), at('open/way-out'));
    const result = await scp(flag, '-r', remote(at('open')), at('here/copy'));
    expect(result.code).not.toBe(0);
    expect(readFileSync(at('here/copy/fine'), 'utf8')).toBe('fine');
    expect([existsSync(at('here/copy/secret/key')), existsSync(at('here/copy/way-out'))]).toEqual([
      false,
      false,
    ]);
  });

  it.each(['open/secret/key', 'open/../open/./secret/key', 'closed/file', 'open/way-out'])(
    'gives %s to nobody',
    async (name) => {
      symlinkSync(at('closed/file'), at('open/way-out'));
      const result = await scp(flag, remote(`${root}/${name}`), at('here/stolen'));
      expect(result.code).not.toBe(0);
      expect(result.err).toContain('sallyport: ');
      expect(existsSync(at('here/stolen'))).toBe(false);
    },
  );

  it('writes nothing through a link that leads out', async () => {
    symlinkSync(at('closed/file'), at('open/way-out'));
    writeFileSync(at('here/mine'), 'mine');
    const result = await scp(flag, at('here/mine'), remote(at('open/way-out')));
    expect(result.code).not.toBe(0);
    expect(readFileSync(at('closed/file'), 'utf8')).toBe('closed content');
  });

  it('waits for approval of a file that is held', async () => {
    writeFileSync(at('here/mine'), 'mine');
    const before = door.controlPlane.holds.length;
    const copying = scp(flag, at('here/mine'), remote(at('open/held')));
    await eventually('it waits', () => door.controlPlane.holds.length > before, { timeoutMs: 10_000 });
    expect(existsSync(at('open/held'))).toBe(false);
    const approve = () => {
      for (const { id, state } of door.controlPlane.holds) {
        if (state.status === HoldStatus.WAITING) door.controlPlane.settle(id, HoldStatus.APPROVED);
      }
    };
    const approving = setInterval(approve, 20);
    const result = await copying;
    clearInterval(approving);
    expect(result).toMatchObject({ code: 0 });
    expect(result.err).toContain('held for approval');
    expect(readFileSync(at('open/held'), 'utf8')).toBe('mine');
  });
});

describe('the legacy protocol of scp', () => {
  it('is no way in for a command that is more than a copy, or for a path that is not constant', async () => {
    for (const command of [
      `scp -t ${root}/open; id`,
      `scp -f ${root}/open/*`,
      'scp -f ~/x',
      `/tmp/scp -f ${root}/open`,
      `scp -f -S /tmp/x ${root}/open`,
      `X=1 scp -t ${root}/open`,
    ]) {
      const result = await door.ssh(command);
      expect([command, result.code, result.out.toString()]).toEqual([command, 126, '']);
    }
    expect(decided().every(({ statement }) => statement?.kind === 'ssh.exec')).toBe(true);
  });

  it('refuses what hides in the place of content that was refused', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.exec(id, `scp -t ${root}/open`);
    client.data(id, 'C0644 30 secret\n');
    await client.until('it is refused', () => client.out(id).includes('\x01'));
    expect(client.out(id)).toMatch(/^\0\x01.*denied by rule "secrets".*\n$/);
    client.data(id, 'C0644 4 fine\n');
    await client.until('the next one is taken', () => client.out(id).endsWith('\n\0'));
    client.data(id, 'good\0');
    await client.until('it is there', () => existsSync(at('open/fine')));
    client.eof(id);
    await client.closed(id);
    expect(readFileSync(at('open/fine'), 'utf8')).toBe('good');
    client.destroy();
  });

  it('does not let a name lead out of its folder', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.exec(id, `scp -t ${root}/open`);
    client.data(id, 'C0644 4 ../closed/file\n');
    await client.closed(id);
    expect(readFileSync(at('closed/file'), 'utf8')).toBe('closed content');
    expect(client.err(id)).toContain('protocol_violation');
    client.destroy();
  });
});
