/** Programs that move files over SSH, as they are: each does through the door what it is for. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DoorFixture } from './support/door-fixture.ts';
import { tokenFor } from './support/fake-control-plane.ts';
import { filesPolicies } from './support/files-policies.ts';

const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
/** Which Python has paramiko, where it is not the machine's. */
const PYTHON = process.env['SALLYPORT_SPEC_PYTHON'] ?? 'python3';
const withRsync = has('rsync', '--version') ? describe : describe.skip;
const withParamiko = has(PYTHON, '-c', 'import paramiko') ? describe : describe.skip;
const withSshfs = has('sshfs', '--version') && existsSync('/dev/fuse') ? describe : describe.skip;

const RSYNC = (folder: string) => `    - name: rsync
      allow: { actions: [ssh.exec], objects: ["rsync --server * ${folder}/open/*"] }
`;

let door: DoorFixture;
let root: string;
const at = (name: string) => join(root, name);

beforeAll(async () => {
  door = await DoorFixture.start({ policies: filesPolicies('/nowhere') });
  root = door.directory.join('files');
});
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(at('open/secret'), { recursive: true });
  mkdirSync(at('here'));
  writeFileSync(at('open/secret/key'), 'the key');
  door.controlPlane.apply(filesPolicies(root, RSYNC(root)));
});
afterAll(() => door.stop());

/** A program to its end; ssh, where it starts one, asks for the token as its password. */
async function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(program, args, { env: door.env(), stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode ?? -1, out, err };
}

/** A program that runs ssh as the fixture would. */
function sshScript(): string {
  const file = door.directory.join('ssh-here');
  writeFileSync(
    file,
    `#!/bin/sh\nexec ssh ${door
      .sshArgs()
      .map((word) => `'${word}'`)
      .join(' ')} "$@"\n`,
  );
  chmodSync(file, 0o700);
  return file;
}

withRsync('rsync', () => {
  it('copies a folder there and back, where its command is allowed', async () => {
    mkdirSync(at('here/tree/sub'), { recursive: true });
    const content = randomBytes(2_000_000);
    writeFileSync(at('here/tree/sub/large'), content);
    writeFileSync(at('here/tree/small'), 'small');
    const there = await run('rsync', [
      '-a',
      '-e',
      sshScript(),
      `${at('here/tree')}/`,
      `web@127.0.0.1:${at('open/tree')}`,
    ]);
    expect(there).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(at('open/tree/sub/large')).equals(content)).toBe(true);
    const back = await run('rsync', [
      '-a',
      '-e',
      sshScript(),
      `web@127.0.0.1:${at('open/tree')}/`,
      at('here/back'),
    ]);
    expect([back.code, readdirSync(at('here/back')).toSorted()]).toEqual([0, ['small', 'sub']]);
  });

  it('is refused elsewhere', async () => {
    const result = await run('rsync', ['-a', '-e', sshScript(), 'web@127.0.0.1:/etc/hostname', at('here/x')]);
    expect([result.code === 0, existsSync(at('here/x'))]).toEqual([false, false]);
    expect(result.err).toContain('No rule allows ssh.exec');
  });
});

withSshfs('sshfs', () => {
  it('mounts a folder, and gives what may be had of it', async () => {
    mkdirSync(at('mounted'));
    writeFileSync(at('open/fine'), 'fine');
    const mounted = await run('sshfs', [
      '-o',
      `ssh_command=${sshScript()}`,
      `web@127.0.0.1:${at('open')}`,
      at('mounted'),
    ]);
    // Not every machine lets its users mount.
    if (mounted.code !== 0 && /not permitted|Permission denied|\/dev\/fuse/.test(mounted.err)) return;
    try {
      expect(mounted.err).toBe('');
      const script = `cd ${at('mounted')}; cat fine; cat secret/key; echo new > new; mv new newer; ls`;
      const result = await run('sh', ['-c', script]);
      expect(result.out).toBe('finefine\nnewer\nsecret\n');
      expect(readFileSync(at('open/newer'), 'utf8')).toBe('new\n');
    } finally {
      await run('fusermount', ['-u', at('mounted')]);
    }
  });
});

const PARAMIKO = `
import os, paramiko, sys
root, port = sys.argv[1], int(sys.argv[2])
transport = paramiko.Transport(("127.0.0.1", port))
transport.connect(username="web", password=os.environ["SPEC_TOKEN"])
sftp = paramiko.SFTPClient.from_transport(transport)
sftp.put(root + "/here/local", root + "/open/there")
sftp.get(root + "/open/there", root + "/here/back")
with sftp.open(root + "/open/lines", "w") as file:
    for line in range(100): file.write("line %d\\n" % line)
with sftp.open(root + "/open/lines") as file:
    file.seek(7); print(file.readline().strip())
print(sorted(sftp.listdir(root + "/open")))
sftp.rename(root + "/open/lines", root + "/open/renamed")
try:
    sftp.open(root + "/open/secret/key").read(); print("read")
except PermissionError as error:
    print("refused", "denied by rule" in str(error))
sftp.chdir(root + "/open"); print(sftp.stat("renamed").st_size)
transport.close()
`;

withParamiko('paramiko', () => {
  it('writes, reads, seeks, lists and renames, and gets reasons for refusals', async () => {
    const content = randomBytes(5_000_000);
    writeFileSync(at('here/local'), content);
    writeFileSync(at('here/script.py'), PARAMIKO);
    const result = await run(PYTHON, [at('here/script.py'), root, String(door.server.port)]);
    expect(result).toEqual({
      code: 0,
      err: '',
      out: "line 1\n['lines', 'secret', 'there']\nrefused True\n790\n",
    });
    expect(readFileSync(at('here/back')).equals(content)).toBe(true);
  });
});

interface Ssh2Sftp {
  fastPut(from: string, to: string, done: (error?: Error) => void): void;
  fastGet(from: string, to: string, done: (error?: Error) => void): void;
  readFile(path: string, done: (error: Error | undefined, data: Buffer) => void): void;
}
interface Ssh2Client {
  connect(options: object): void;
  once(event: 'ready', then: () => void): void;
  once(event: 'error', then: (error: Error) => void): void;
  sftp(done: (error: Error | undefined, sftp: Ssh2Sftp) => void): void;
  end(): void;
}

describe('ssh2 for Node', () => {
  it('moves files in parallel pieces, and gets reasons for refusals', async () => {
    const { Client } = createRequire(import.meta.url)('ssh2') as { Client: new () => Ssh2Client };
    const client = new Client();
    const ready = new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
    });
    client.connect({
      host: '127.0.0.1',
      port: door.server.port,
      username: 'web',
      password: tokenFor('ana', 'agents'),
    });
    await ready;
    const sftp = await new Promise<Ssh2Sftp>((resolve, reject) => {
      client.sftp((error, made) => {
        if (error === undefined) resolve(made);
        else reject(error);
      });
    });
    const content = randomBytes(5_000_000);
    writeFileSync(at('here/local'), content);
    const done = (start: (end: (error?: Error) => void) => void) =>
      new Promise<string>((resolve) => {
        start((error) => {
          resolve(error?.message ?? 'done');
        });
      });
    expect(
      await done((end) => {
        sftp.fastPut(at('here/local'), at('open/there'), end);
      }),
    ).toBe('done');
    expect(
      await done((end) => {
        sftp.fastGet(at('open/there'), at('here/back'), end);
      }),
    ).toBe('done');
    expect(readFileSync(at('here/back')).equals(content)).toBe(true);
    expect(
      await done((end) => {
        sftp.readFile(at('open/secret/key'), end);
      }),
    ).toContain('denied by rule "secrets"');
    client.end();
  });
});
