import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  decodeSftpLimits,
  decodeSftpRequest,
  decodeSftpResponse,
  encodeSftpRequest,
  encodeSftpResponse,
  NO_ATTRIBUTES,
  parseScpCommand,
  ScpReplyReader,
  ScpSourceReader,
  SftpPacketFramer,
  type SftpRequest,
  type SftpResponse,
} from '../src/index.ts';

const server = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/libexec/sftp-server',
].find((path) => existsSync(path));
const clients = ['sftp', 'scp'].every((name) => spawnSync(name, ['-?']).error === undefined);

let folder = '';
const path = (name: string) => join(folder, name);

/** Stands in for ssh: runs the command of the far end here and keeps both directions. */
function wrapper(command: string): string {
  const script = path('wrapper');
  const lines = [
    '#!/bin/sh',
    'for last; do :; done',
    `mkfifo ${path('pipe')}`,
    // What runs in the background has no standard input of its own.
    'exec 3<&0',
    `tee ${path('up')} <&3 >${path('pipe')} &`,
    `${command} <${path('pipe')} | tee ${path('down')}`,
    // A client waits for the far end to go before it closes its own.
    'kill $! 2>/dev/null',
    'exit 0',
    '',
  ];
  writeFileSync(script, lines.join('\n'), { mode: 0o755 });
  return script;
}

function run(program: string, args: readonly string[], input = ''): void {
  const { status, stderr } = spawnSync(program, args, {
    cwd: folder,
    input,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

/** Sends requests to a server and gives its responses once there is one for each. */
async function conversation(requests: readonly SftpRequest[]): Promise<SftpResponse[]> {
  const child = spawn(server ?? '', { stdio: ['pipe', 'pipe', 'inherit'] });
  const framer = new SftpPacketFramer();
  const responses: SftpResponse[] = [];
  child.stdin.write(Buffer.concat(requests.map(encodeSftpRequest)));
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    framer.push(chunk);
    for (let packet = framer.next(); packet !== null; packet = framer.next()) {
      responses.push(decodeSftpResponse(packet));
    }
    // The server leaves at the end of its input, with what it has not said yet.
    if (responses.length === requests.length) child.stdin.end();
  }
  return responses;
}

/** The packets of a direction, cut into chunks of a size that divides nothing. */
function packetsOf(bytes: Buffer, chunkBytes = 1021): Buffer[] {
  const framer = new SftpPacketFramer();
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    framer.push(bytes.subarray(at, at + chunkBytes));
    for (let packet = framer.next(); packet !== null; packet = framer.next()) packets.push(packet);
  }
  expect(framer.atBoundary).toBe(true);
  expect(Buffer.concat(packets).equals(bytes)).toBe(true);
  return packets;
}

(server !== undefined && clients ? describe : describe.skip)("with OpenSSH's own programs", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codec-ssh-'));
    mkdirSync(path('tree'));
    writeFileSync(path('tree/small file'), 'hello');
    writeFileSync(path('tree/empty'), '');
    mkdirSync(path('tree/inner'));
    writeFileSync(path('tree/inner/large'), Buffer.alloc(300_000, 'large '));
    symlinkSync('small file', path('tree/link'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a whole conversation of sftp and sftp-server, and would write the same bytes', () => {
    const batch = [
      'ls -la tree',
      'mkdir copies',
      'put -p tree/inner/large copies/large',
      'get -p copies/large again',
      'put -r tree copies',
      'rename copies/large copies/renamed',
      'ln copies/renamed copies/hard',
      'ln -s renamed copies/soft',
      'chmod 600 copies/renamed',
      'chmod -h 600 copies/renamed',
      'df copies',
      'rm copies/hard',
      'get copies/soft third',
      'rm copies/soft',
      '-rmdir copies',
      'pwd',
    ];
    run('sftp', ['-b', '-', '-S', wrapper(server ?? ''), 'host'], `${batch.join('\n')}\n`);
    expect(readFileSync(path('again'), 'utf8')).toBe(readFileSync(path('tree/inner/large'), 'utf8'));

    const kinds = new Set<string>();
    for (const packet of packetsOf(readFileSync(path('up')))) {
      const request = decodeSftpRequest(packet);
      kinds.add(request.type === 'EXTENDED' ? request.request.kind : request.type);
      expect(encodeSftpRequest(request).equals(packet)).toBe(true);
    }
    for (const packet of packetsOf(readFileSync(path('down')))) {
      const response = decodeSftpResponse(packet);
      kinds.add(response.type);
      expect(encodeSftpResponse(response).equals(packet)).toBe(true);
    }
    const wanted = [
      'INIT',
      'OPEN',
      'READ',
      'WRITE',
      'CLOSE',
      'MKDIR',
      'REMOVE',
      'RMDIR',
      'OPENDIR',
      'READDIR',
    ];
    wanted.push(
      'FSETSTAT',
      'SETSTAT',
      'SYMLINK',
      'REALPATH',
      'VERSION',
      'STATUS',
      'HANDLE',
      'DATA',
      'NAME',
      'ATTRS',
    );
    wanted.push('posix-rename@openssh.com', 'hardlink@openssh.com', 'statvfs@openssh.com', 'EXTENDED_REPLY');
    expect([...kinds]).toEqual(
      expect.arrayContaining([...wanted, 'limits@openssh.com', 'lsetstat@openssh.com']),
    );
  });

  it('has its requests understood by sftp-server', async () => {
    const at = (name: string) => Buffer.from(path(name));
    const handle = Buffer.from([0, 0, 0, 0]);
    const requests: SftpRequest[] = [
      { type: 'INIT', version: 3, extensions: [] },
      {
        type: 'OPEN',
        id: 1,
        path: at('made'),
        flags: 0x1a,
        attributes: { ...NO_ATTRIBUTES, permissions: 0o640 },
      },
      { type: 'WRITE', id: 2, handle, offset: 3n, data: Buffer.from('content') },
      {
        type: 'FSETSTAT',
        id: 3,
        handle,
        attributes: { ...NO_ATTRIBUTES, times: { accessed: 5, modified: 6 } },
      },
      { type: 'EXTENDED', id: 4, request: { kind: 'fsync@openssh.com', handle } },
      { type: 'FSTAT', id: 5, handle },
      { type: 'CLOSE', id: 6, handle },
      { type: 'SYMLINK', id: 7, targetPath: Buffer.from('made'), linkPath: at('points') },
      { type: 'READLINK', id: 8, path: at('points') },
      {
        type: 'EXTENDED',
        id: 9,
        request: { kind: 'posix-rename@openssh.com', oldPath: at('made'), newPath: at('moved') },
      },
      { type: 'EXTENDED', id: 10, request: { kind: 'limits@openssh.com' } },
      {
        type: 'EXTENDED',
        id: 11,
        request: { kind: 'unknown', name: 'nothing@example.com', data: Buffer.alloc(0) },
      },
      { type: 'STAT', id: 12, path: at('made') },
    ];
    const responses = await conversation(requests);
    const answered = new Map(responses.map((response) => ['id' in response ? response.id : 0, response]));
    expect(answered.get(0)).toMatchObject({ type: 'VERSION', version: 3 });
    expect(answered.get(1)).toMatchObject({ type: 'HANDLE', handle });
    for (const id of [2, 3, 4, 6, 7, 9]) expect(answered.get(id)).toMatchObject({ type: 'STATUS', code: 0 });
    expect(answered.get(5)).toMatchObject({ attributes: { size: 10n, times: { accessed: 5, modified: 6 } } });
    expect(answered.get(8)).toMatchObject({ type: 'NAME', names: [{ filename: Buffer.from('made') }] });
    expect(answered.get(11)).toMatchObject({ type: 'STATUS', code: 8 });
    expect(answered.get(12)).toMatchObject({ type: 'STATUS', code: 2 });
    expect(readFileSync(path('moved'), 'latin1')).toBe('\0\0\0content');
    const limits = answered.get(10);
    if (limits?.type !== 'EXTENDED_REPLY') throw new Error('no limits');
    expect(decodeSftpLimits(limits.data).packetBytes).toBe(262_144n);
  });

  it.each([
    ['an upload', ['tree', 'host:uploaded'], 'sink'],
    ['a download', ['host:tree', 'downloaded'], 'source'],
  ] as const)('reads %s with the legacy protocol of scp', (_, paths, role) => {
    // The words of the far end's command are what ssh would hand to a shell there.
    const program = wrapper(`( echo "$last" > ${path('command')}; exec sh -c "$last" )`);
    run('scp', ['-O', '-r', '-p', '-S', program, ...paths]);
    const command = parseScpCommand(readFileSync(path('command'), 'utf8').trim().split(' '));
    expect(command).toMatchObject({ role, recursive: true, preserve: true });

    const [source, sink] = role === 'sink' ? ['up', 'down'] : ['down', 'up'];
    const replies = new ScpReplyReader();
    replies.push(readFileSync(path(sink)));
    expect(replies.next()).toMatchObject({ kind: 'ok' });
    const reader = new ScpSourceReader();
    const files = new Map<string, number>();
    let name = '';
    const stream = readFileSync(path(source));
    for (let at = 0; at < stream.length; at += 1021) {
      reader.push(stream.subarray(at, at + 1021));
      for (let event = reader.next(); event !== null; event = reader.next()) {
        if (event.kind === 'file') name = Buffer.concat([...event.directories, event.name]).toString();
        if (event.kind === 'file') files.set(name, 0);
        if (event.kind === 'data') files.set(name, (files.get(name) ?? 0) + event.bytes.length);
        if (event.expectsReply) reader.answer(replies.next()?.kind === 'ok');
      }
    }
    expect(Object.fromEntries(files)).toEqual({
      'treesmall file': 5,
      treelink: 5,
      treeempty: 0,
      treeinnerlarge: 300_000,
    });
    expect([reader.atBoundary, replies.atBoundary, replies.next()]).toEqual([true, true, null]);
  });
});
