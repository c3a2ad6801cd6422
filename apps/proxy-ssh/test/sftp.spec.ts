import { HoldStatus } from '@sallyport/contracts/dataplane';
import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DoorFixture } from './support/door-fixture.ts';
import { filesPolicies } from './support/files-policies.ts';

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

/** Commands of sftp's batch mode; `-` before one: go on after an error. */
const sftp = (...commands: string[]) =>
  door.ssh(['-q', '-b', '-', 'web@127.0.0.1'], {
    program: 'sftp',
    args: ['-oBatchMode=no'],
    input: commands.join('\n') + '\n',
  });
/** The same without the door. */
function directly(commands: readonly string[]): { readonly out: string; readonly err: string } {
  const { sshd } = door;
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    `Port=${sshd.port}`,
    'LogLevel=ERROR',
  ];
  const result = spawnSync(
    'sftp',
    [
      '-F',
      'none',
      '-q',
      ...options.flatMap((each) => ['-o', each]),
      '-i',
      sshd.privateKeyFile,
      '-b',
      '-',
      `${sshd.user}@127.0.0.1`,
    ],
    { input: commands.join('\n') + '\n', encoding: 'utf8' },
  );
  return { out: result.stdout, err: result.stderr };
}

const decided = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementDecided' ? [body.value] : []));
const finished = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value] : []));

describe('sftp', () => {
  it('puts, lists and gets a file as it is, and records each step with its path', async () => {
    const content = randomBytes(3_000_000);
    writeFileSync(at('here/local'), content);
    const result = await sftp(
      `put ${at('here/local')} ${at('open/up')}`,
      `ls ${at('open/up')}`,
      `get ${at('open/up')} ${at('here/back')}`,
    );
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(at('open/up')).equals(content)).toBe(true);
    expect(readFileSync(at('here/back')).equals(content)).toBe(true);
    await eventually('the channel is over', () => finished().length === decided().length);
    const sum = sha256(content);
    expect(finished().map(({ status }) => status)).toEqual(
      expect.arrayContaining([`sha256:${sum} written 3000000`, `sha256:${sum} read 3000000`]),
    );
    const effects = decided().flatMap(({ statement }) => statement?.effects ?? []);
    expect(effects.map(({ action, objects }) => [action, ...objects.map(({ name }) => name)])).toEqual(
      expect.arrayContaining([
        ['ssh.sftp.session'],
        ['ssh.sftp.write', at('open/up')],
        ['ssh.sftp.read', at('open/up')],
      ]),
    );
  });

  it('records the beginning of a file, and no more of it than is set', async () => {
    const content = randomBytes(3_000_000);
    writeFileSync(at('open/up'), content);
    await sftp(`get ${at('open/up')} ${at('here/back')}`);
    const recorded = door.events.flatMap(({ body }) =>
      body.case === 'output' ? [Buffer.from(body.value.data)] : [],
    );
    expect(Buffer.concat(recorded).equals(content.subarray(0, 1024 * 1024))).toBe(true);
  });

  it('does what it does without the door', async () => {
    writeFileSync(at('here/local'), 'content');
    const script = (folder: string) => [
      `mkdir ${folder}/d`,
      `put -p ${at('here/local')} ${folder}/d/a`,
      `rename ${folder}/d/a ${folder}/d/b`,
      `symlink b ${folder}/d/soft`,
      `ln ${folder}/d/b ${folder}/d/hard`,
      `chmod 640 ${folder}/d/b`,
      `cd ${folder}/d`,
      'ls -1',
      'pwd',
      'get b ' + at('here/got'),
      `-get ${folder}/d/missing ${at('here/none')}`,
      'rm hard',
      'df',
      'copy b c',
      '-rmdir .',
    ];
    const through = await sftp(...script(at('open')));
    mkdirSync(at('direct'));
    const direct = directly(script(at('direct')));
    const clean = (text: string) => text.replaceAll(/^\s*\d+ .*%$/gm, 'numbers');
    expect(clean(through.out.toString()).replaceAll(at('open'), '')).toBe(
      clean(direct.out).replaceAll(at('direct'), ''),
    );
    expect(through.err.replaceAll(at('open'), '')).toBe(direct.err.replaceAll(at('direct'), ''));
    expect(readdirSync(at('open/d'))).toEqual(readdirSync(at('direct/d')));
    for (const name of ['b', 'soft', 'c']) {
      const [a, b] = [statSync(at(`open/d/${name}`)), statSync(at(`direct/d/${name}`))];
      expect([name, a.mode, a.size]).toEqual([name, b.mode, b.size]);
    }
  });

  it('resumes what was broken off', async () => {
    const content = randomBytes(500_000);
    writeFileSync(at('open/remote'), content);
    writeFileSync(at('here/part'), content.subarray(0, 200_000));
    writeFileSync(at('open/begun'), content.subarray(0, 100_000));
    writeFileSync(at('here/whole'), content);
    const result = await sftp(
      `reget ${at('open/remote')} ${at('here/part')}`,
      `reput ${at('here/whole')} ${at('open/begun')}`,
    );
    expect(result.code).toBe(0);
    expect([sha256(readFileSync(at('here/part'))), sha256(readFileSync(at('open/begun')))]).toEqual([
      sha256(content),
      sha256(content),
    ]);
    await eventually('it is told from where', () =>
      finished().some(({ status }) => status.includes('from 200000')),
    );
  });

  it('copies folders of many small files, both ways', async () => {
    mkdirSync(at('here/many'));
    for (let count = 0; count < 200; count++) writeFileSync(at(`here/many/${count}`), `file ${count}`);
    expect(
      (await sftp(`put -r ${at('here/many')} ${at('open')}`, `get -r ${at('open/many')} ${at('here/again')}`))
        .code,
    ).toBe(0);
    expect(readdirSync(at('here/again')).toSorted()).toEqual(readdirSync(at('here/many')).toSorted());
  }, 30_000);
});

describe('a refusal', () => {
  it('is of the one operation: the reason is told, and the rest goes on', async () => {
    writeFileSync(at('open/fine'), 'fine');
    const result = await sftp(
      `-get ${at('open/secret/key')} ${at('here/key')}`,
      `get ${at('open/fine')} ${at('here/fine')}`,
    );
    expect(result.code).toBe(0);
    expect(result.err).toContain('sallyport: denied by rule "secrets"');
    expect(result.err).toContain('not for agents');
    expect([existsSync(at('here/key')), readFileSync(at('here/fine'), 'utf8')]).toEqual([false, 'fine']);
    expect(finished().filter(({ outcome }) => outcome === StatementOutcome.REFUSED)).not.toEqual([]);
  });

  it('is of the whole subsystem where no rule opens it', async () => {
    door.controlPlane.apply(filesPolicies(root).replace('ssh.sftp.session', 'ssh.sftp.nothing'));
    const result = await sftp('pwd');
    expect(result.code).not.toBe(0);
    expect(result.err).toContain('ssh.sftp.session');
  });

  it('is final for content that policy masks', async () => {
    writeFileSync(at('open/masked'), 'card 4111 1111 1111 1111');
    writeFileSync(at('open/plain'), 'plain');
    const mask = `    - name: cards\n      mask: { columns: ["${at('open/masked')}"], with: redact }\n`;
    door.controlPlane.apply(filesPolicies(root, mask));
    const result = await sftp(
      `-get ${at('open/masked')} ${at('here/masked')}`,
      `-rename ${at('open/masked')} ${at('open/other')}`,
      `get ${at('open/plain')} ${at('here/plain')}`,
    );
    expect(result.err).toContain('cards');
    expect([
      existsSync(at('here/masked')),
      existsSync(at('open/other')),
      existsSync(at('here/plain')),
    ]).toEqual([false, false, true]);
  });

  it('is of contents, not of names, where policy masks whatever is found', async () => {
    writeFileSync(at('open/masked'), 'ana@example.com');
    writeFileSync(at('here/mine'), 'mine');
    const mask = `    - name: addresses\n      mask: { detect: [email], with: redact }\n`;
    door.controlPlane.apply(filesPolicies(root, mask));
    const result = await sftp(
      `-get ${at('open/masked')} ${at('here/masked')}`,
      `ls -1 ${at('open')}`,
      `put ${at('here/mine')} ${at('open/mine')}`,
    );
    expect([result.code, existsSync(at('here/masked'))]).toEqual([0, false]);
    expect(result.err).toContain('addresses');
    expect(result.out.toString()).toContain(at('open/masked'));
    expect(readFileSync(at('open/mine'), 'utf8')).toBe('mine');
    expect(door.spool.text()).not.toContain('ana@example.com');
  });

  it('comes in the middle of a file when its limit is reached', async () => {
    writeFileSync(at('open/large'), randomBytes(2_000_000));
    const limit = '    - name: little\n      limit: { bytes: 1000000, per: statement }\n';
    door.controlPlane.apply(filesPolicies(root, limit));
    const result = await sftp(`get ${at('open/large')} ${at('here/large')}`);
    expect(result.code).not.toBe(0);
    expect(result.err).toContain('little');
    await eventually('it is recorded', () =>
      finished().some(({ status }) => status.includes('limit_reached')),
    );
    expect(statSync(at('here/large')).size).toBeLessThanOrEqual(1_000_000);
  });
});

describe('an operation that is held', () => {
  it('waits while others go on, and runs when it is approved', async () => {
    writeFileSync(at('here/mine'), 'mine');
    const waiting = sftp(`put ${at('here/mine')} ${at('open/held')}`);
    await eventually(
      'it waits',
      () => door.controlPlane.holds.some(({ state }) => state.status === HoldStatus.WAITING),
      { timeoutMs: 10_000 },
    );
    expect((await sftp(`put ${at('here/mine')} ${at('open/other')}`)).code).toBe(0);
    expect(existsSync(at('open/held'))).toBe(false);
    for (const { id, state } of door.controlPlane.holds) {
      if (state.status === HoldStatus.WAITING) door.controlPlane.settle(id, HoldStatus.APPROVED);
    }
    expect(await waiting).toMatchObject({ code: 0, err: expect.stringContaining('held for approval') });
    expect(readFileSync(at('open/held'), 'utf8')).toBe('mine');
  });

  it('is withdrawn when its caller leaves', async () => {
    writeFileSync(at('here/mine'), 'mine');
    const child = door.start(['-q', '-b', '-', 'web@127.0.0.1'], {
      program: 'sftp',
      args: ['-oBatchMode=no'],
    });
    child.stdin?.write(`put ${at('here/mine')} ${at('open/held2')}\n`);
    await eventually(
      'it waits',
      () => door.controlPlane.holds.some(({ state }) => state.status === HoldStatus.WAITING),
      { timeoutMs: 10_000 },
    );
    child.kill('SIGKILL');
    await eventually(
      'it is withdrawn',
      () => door.controlPlane.holds.at(-1)?.state.status === HoldStatus.WITHDRAWN,
      { timeoutMs: 10_000 },
    );
    expect(existsSync(at('open/held2'))).toBe(false);
  });
});

describe('a path that leads elsewhere', () => {
  it.each([
    ['by its text', 'open/../closed/file'],
    ['by more of it', 'open/./x/..//../closed/./file'],
    ['by a link to a file', 'open/way-out'],
    ['by a link to a folder', 'open/folder/file'],
    ['by a link and back', 'open/folder/../closed/file'],
  ])('is decided on as where it leads: %s', async (_how, path) => {
    symlinkSync(at('closed/file'), at('open/way-out'));
    symlinkSync(at('closed'), at('open/folder'));
    mkdirSync(at('open/x'));
    writeFileSync(at('here/x'), 'evil');
    const result = await sftp(
      `-get ${root}/${path} ${at('here/stolen')}`,
      `-put ${at('here/x')} ${root}/${path}`,
    );
    expect(result.err).toContain('No rule allows ssh.sftp.read');
    expect(result.err).toContain('No rule allows ssh.sftp.write');
    expect(existsSync(at('here/stolen'))).toBe(false);
    expect(readFileSync(at('closed/file'), 'utf8')).toBe('closed content');
  });

  it.each([
    ['a move out of a closed folder', 'rename closed/file open/got'],
    ['a move onto a denied path', 'rename open/mine open/secret/key'],
    ['a move away of what is denied', 'rename open/secret/key open/key'],
    ['a hard link to a denied file', 'ln open/secret/key open/key'],
    ['a link to a denied file', 'symlink /ROOT/open/secret/key open/key'],
    ['a relative link to a closed folder', 'symlink ../closed open/key'],
  ])('is not made: %s', async (_what, command) => {
    writeFileSync(at('open/mine'), 'mine');
    const full = command
      .replaceAll(/(?<= )(open|closed)\//g, (folder) => `${root}/${folder}`)
      .replace('/ROOT', root);
    const result = await sftp(`-${full}`);
    expect(result.err).toContain('sallyport: ');
    expect([existsSync(at('open/key')), existsSync(at('open/got'))]).toEqual([false, false]);
    expect([readFileSync(at('closed/file'), 'utf8'), readFileSync(at('open/secret/key'), 'utf8')]).toEqual([
      'closed content',
      'the key',
    ]);
  });
});

describe('bulk', () => {
  it('goes both ways exact, in bounded memory', async () => {
    const block = randomBytes(1 << 20);
    for (let count = 0; count < 256; count++) appendFileSync(at('here/bulk'), block);
    const sum = async (file: string) => {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
      return hash.digest('hex');
    };
    door.spool.keep = false;
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 50);
    const result = await sftp(
      `put ${at('here/bulk')} ${at('open/bulk')}`,
      `get ${at('open/bulk')} ${at('here/back')}`,
    );
    clearInterval(watch);
    door.spool.keep = true;
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(await sum(at('here/back'))).toBe(await sum(at('here/bulk')));
    expect((most - before) / (1 << 20)).toBeLessThan(200);
  }, 60_000);
});
