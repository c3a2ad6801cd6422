/** Packets that no client of good will sends. */
import { encodeSftpRequest, NO_ATTRIBUTES, SftpStatus } from '@sallyport/codec-ssh';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DoorFixture } from './support/door-fixture.ts';
import { filesPolicies } from './support/files-policies.ts';
import { SftpClient } from './support/sftp-client.ts';

let door: DoorFixture;
let root: string;
let client: SftpClient;
const at = (name: string) => join(root, name);
const bytesAt = (name: string) => Buffer.from(at(name));
const READ = 1;
const WRITE = 2;
const CREATE = 8;
const { OK, FAILURE, PERMISSION_DENIED, OP_UNSUPPORTED, BAD_MESSAGE } = SftpStatus;

beforeAll(async () => {
  door = await DoorFixture.start({ policies: filesPolicies('/nowhere') });
  root = door.directory.join('files');
});
beforeEach(async () => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(at('open/secret'), { recursive: true });
  mkdirSync(at('closed'));
  writeFileSync(at('open/secret/key'), 'the key');
  writeFileSync(at('open/mine'), 'mine');
  writeFileSync(at('closed/file'), 'closed content');
  door.controlPlane.apply(filesPolicies(root));
  door.spool.clear();
  client = await SftpClient.open(door.server.port);
});
afterEach(() => {
  client.destroy();
});
afterAll(() => door.stop());

const decidedPaths = () =>
  door.events.flatMap(({ body }) =>
    body.case === 'statementDecided'
      ? (body.value.statement?.effects ?? []).flatMap(({ objects }) => objects.map(({ name }) => name))
      : [],
  );

describe('a handle', () => {
  it('is good for nothing after it was closed, nor when it is made up', async () => {
    const handle = await client.handle(at('open/mine'));
    expect(await client.outcome({ type: 'READ', handle, offset: 0n, length: 10 })).toBe('DATA');
    expect(await client.outcome({ type: 'CLOSE', handle })).toBe(OK);
    for (const forged of [
      handle,
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('x'),
      Buffer.alloc(0),
    ]) {
      expect(await client.outcome({ type: 'READ', handle: forged, offset: 0n, length: 10 })).toBe(FAILURE);
      expect(
        await client.outcome({ type: 'WRITE', handle: forged, offset: 0n, data: Buffer.from('x') }),
      ).toBe(FAILURE);
      expect(await client.outcome({ type: 'READDIR', handle: forged })).toBe(FAILURE);
      expect(await client.outcome({ type: 'FSTAT', handle: forged })).toBe(FAILURE);
      expect(await client.outcome({ type: 'CLOSE', handle: forged })).toBe(FAILURE);
    }
  });

  it('is good for nothing in the packets that come right behind its CLOSE', async () => {
    const handle = await client.handle(at('open/mine'));
    const packets = [
      client.encode({ type: 'CLOSE', handle }),
      client.encode({ type: 'READ', handle, offset: 0n, length: 4 }),
    ];
    client.send(Buffer.concat(packets.map(({ packet }) => packet)));
    const answers = await Promise.all(packets.map(({ id }) => client.answer(id)));
    expect(answers).toMatchObject([{ code: OK }, { type: 'STATUS', code: FAILURE }]);
  });

  it('does what it was opened for, and nothing else', async () => {
    const reading = await client.handle(at('open/mine'), READ);
    expect(await client.outcome({ type: 'WRITE', handle: reading, offset: 0n, data: Buffer.from('x') })).toBe(
      FAILURE,
    );
    const writing = await client.handle(at('open/mine'), WRITE);
    expect(await client.outcome({ type: 'READ', handle: writing, offset: 0n, length: 4 })).toBe(FAILURE);
    expect(await client.outcome({ type: 'READDIR', handle: reading })).toBe(FAILURE);
    expect(readFileSync(at('open/mine'), 'utf8')).toBe('mine');
  });

  it('opened for reading does not change attributes where that is denied', async () => {
    const deny = `    - name: modes\n      deny: { actions: [ssh.sftp.attributes] }\n`;
    door.controlPlane.apply(filesPolicies(root, deny));
    const before = statSync(at('open/mine')).mode;
    for (const flags of [READ, WRITE]) {
      const handle = await client.handle(at('open/mine'), flags);
      const attributes = { ...NO_ATTRIBUTES, permissions: 0o4777 };
      expect(await client.outcome({ type: 'FSETSTAT', handle, attributes })).toBe(PERMISSION_DENIED);
    }
    const created = { type: 'OPEN', path: bytesAt('open/new'), flags: WRITE | CREATE } as const;
    expect(await client.outcome({ ...created, attributes: { ...NO_ATTRIBUTES, permissions: 0o4755 } })).toBe(
      PERMISSION_DENIED,
    );
    expect(await client.outcome({ ...created, attributes: { ...NO_ATTRIBUTES, permissions: 0o644 } })).toBe(
      'HANDLE',
    );
    expect(statSync(at('open/mine')).mode).toBe(before);
  });

  it('without any flag is a handle for reading, and decided on as one', async () => {
    const answer = await client.outcome({
      type: 'OPEN',
      path: bytesAt('closed/file'),
      flags: 0,
      attributes: NO_ATTRIBUTES,
    });
    expect(answer).toBe(PERMISSION_DENIED);
    const unknown = await client.outcome({
      type: 'OPEN',
      path: bytesAt('open/mine'),
      flags: 0x100,
      attributes: NO_ATTRIBUTES,
    });
    expect(unknown).toBe(OP_UNSUPPORTED);
  });

  it('copies to another inside the target as a statement of its own', async () => {
    writeFileSync(at('open/to'), '');
    const [from, to] = [await client.handle(at('open/mine')), await client.handle(at('open/to'), WRITE)];
    const copy = {
      kind: 'copy-data',
      readHandle: from,
      readOffset: 0n,
      readLength: 0n,
      writeHandle: to,
      writeOffset: 0n,
    } as const;
    expect(await client.outcome({ type: 'EXTENDED', request: copy })).toBe(OK);
    expect(readFileSync(at('open/to'), 'utf8')).toBe('mine');
    expect(
      await client.outcome({ type: 'EXTENDED', request: { ...copy, readHandle: to, writeHandle: from } }),
    ).toBe(FAILURE);
    expect(
      await client.outcome({ type: 'EXTENDED', request: { ...copy, readHandle: Buffer.from('zzzz') } }),
    ).toBe(FAILURE);
  });
});

describe('what is asked all at once', () => {
  it('is looked up after what comes before it: no link is made and used unseen', async () => {
    const everything = `    - name: links\n      allow: { actions: [ssh.sftp.link], objects: ["*"] }\n`;
    door.controlPlane.apply(filesPolicies(root, everything));
    const packets = [
      client.encode({ type: 'SYMLINK', targetPath: bytesAt('closed'), linkPath: bytesAt('open/link') }),
      client.encode({
        type: 'OPEN',
        path: bytesAt('open/link/file'),
        flags: READ,
        attributes: NO_ATTRIBUTES,
      }),
    ];
    client.send(Buffer.concat(packets.map(({ packet }) => packet)));
    const answers = await Promise.all(packets.map(({ id }) => client.answer(id)));
    expect(answers).toMatchObject([{ code: OK }, { type: 'STATUS', code: PERMISSION_DENIED }]);
    expect(decidedPaths()).toContain(at('closed/file'));
  });

  it('is done in its order, whatever each decision takes', async () => {
    const packets = [
      client.encode({ type: 'MKDIR', path: bytesAt('open/d'), attributes: NO_ATTRIBUTES }),
      client.encode({
        type: 'OPEN',
        path: bytesAt('open/d/f'),
        flags: WRITE | CREATE,
        attributes: NO_ATTRIBUTES,
      }),
      client.encode({ type: 'STAT', path: bytesAt('open/d/f') }),
      client.encode({ type: 'REMOVE', path: bytesAt('open/d/f') }),
      client.encode({ type: 'LSTAT', path: bytesAt('open/d/f') }),
      client.encode({ type: 'RMDIR', path: bytesAt('open/d') }),
    ];
    client.send(Buffer.concat(packets.map(({ packet }) => packet)));
    const answers = await Promise.all(packets.map(({ id }) => client.answer(id)));
    expect(answers).toMatchObject([
      { code: OK },
      { type: 'HANDLE' },
      { type: 'ATTRS' },
      { code: OK },
      { code: SftpStatus.NO_SUCH_FILE },
      { code: OK },
    ]);
  });

  it('is answered in order, refusals too', async () => {
    const packets = ['open/mine', 'open/secret/key', 'open/mine', 'open/secret'].map((name) =>
      client.encode({ type: 'STAT', path: bytesAt(name) }),
    );
    client.send(Buffer.concat(packets.map(({ packet }) => packet)));
    await Promise.all(packets.map(({ id }) => client.answer(id)));
    expect(client.answers.map(({ id, type }) => [id, type])).toEqual([
      [packets[0]?.id, 'ATTRS'],
      [packets[1]?.id, 'STATUS'],
      [packets[2]?.id, 'ATTRS'],
      [packets[3]?.id, 'STATUS'],
    ]);
  });

  it('has one request that is held wait by itself', async () => {
    const held = client.encode({
      type: 'OPEN',
      path: bytesAt('open/held'),
      flags: WRITE | CREATE,
      attributes: NO_ATTRIBUTES,
    });
    const other = client.encode({ type: 'STAT', path: bytesAt('open/mine') });
    client.send(Buffer.concat([held.packet, other.packet]));
    expect(await client.answer(other.id)).toMatchObject({ type: 'ATTRS' });
    expect(client.answers).toHaveLength(1);
    const hold = door.controlPlane.holds.at(-1);
    door.controlPlane.settle(hold?.id ?? '', HoldStatus.APPROVED);
    expect(await client.answer(held.id)).toMatchObject({ type: 'HANDLE' });
    client.client.close(client.channel);
    await eventually('its end is recorded', () =>
      door.events.some(
        ({ body }) => body.case === 'statementFinished' && body.value.outcome === StatementOutcome.CUT_OFF,
      ),
    );
  });

  it('may use one id twice: each answer has it', async () => {
    const one = encodeSftpRequest({ type: 'STAT', id: 7, path: bytesAt('open/mine') });
    client.send(Buffer.concat([one, one, one]));
    await client.client.until('all answers', () => {
      void client.answer(7).catch(() => undefined);
      return client.answers.filter(({ id }) => id === 7).length === 3;
    });
  });
});

describe('a packet', () => {
  it('is read however it is cut', async () => {
    const { id, packet } = client.encode({ type: 'STAT', path: bytesAt('open/secret/key') });
    for (const byte of packet) client.send(Buffer.from([byte]));
    expect(await client.answer(id)).toMatchObject({ code: PERMISSION_DENIED });
    const second = client.encode({ type: 'STAT', path: bytesAt('open/mine') });
    for (const byte of second.packet) client.send(Buffer.from([byte]));
    expect(await client.answer(second.id)).toMatchObject({ type: 'ATTRS' });
  });

  it('with a zero byte in its path is not understood, and the channel goes on', async () => {
    const { id, packet } = client.encode({ type: 'STAT', path: bytesAt('open/mine#') });
    packet[packet.length - 1] = 0;
    client.send(packet);
    expect(await client.answer(id)).toMatchObject({ code: BAD_MESSAGE });
    expect(await client.outcome({ type: 'STAT', path: bytesAt('open/mine') })).toBe('ATTRS');
  });

  it('that makes no sense is answered, and so are thousands of them in one piece', async () => {
    const { packet } = client.encode({ type: 'STAT', path: Buffer.alloc(0) });
    packet[4] = 99;
    for (let round = 0; round < 10; round++) {
      client.send(Buffer.concat(Array.from({ length: 2_500 }, () => packet)));
    }
    expect(await client.outcome({ type: 'STAT', path: bytesAt('open/mine') })).toBe('ATTRS');
  });

  it('of an unknown kind or extension is not handed on', async () => {
    const { id, packet } = client.encode({ type: 'STAT', path: bytesAt('open/mine') });
    packet[4] = 99;
    client.send(packet);
    expect(await client.answer(id)).toMatchObject({ code: OP_UNSUPPORTED });
    const unknown = { kind: 'unknown', name: 'run-anything@example.org', data: bytesAt('open') } as const;
    expect(await client.outcome({ type: 'EXTENDED', request: unknown })).toBe(OP_UNSUPPORTED);
    expect(client.extensions).toContain('posix-rename@openssh.com');
  });

  it.each([
    ['longer than there are any', Buffer.from([0x7f, 0xff, 0xff, 0xff, 3])],
    ['without a type', Buffer.from([0, 0, 0, 0])],
    ['that greets again', encodeSftpRequest({ type: 'INIT', version: 3, extensions: [] })],
    ['too short for an id', Buffer.from([0, 0, 0, 2, 17, 0])],
  ])('%s ends the channel, and the connection goes on', async (_what, packet) => {
    client.send(packet);
    await client.client.closed(client.channel);
    expect(client.client.err(client.channel)).toContain('protocol_violation');
    const again = await SftpClient.open(door.server.port, client.client);
    expect(await again.outcome({ type: 'STAT', path: bytesAt('open/mine') })).toBe('ATTRS');
  });

  it('is as large as OpenSSH takes them, both ways', async () => {
    const data = Buffer.alloc(255 * 1024, 7);
    const handle = await client.handle(at('open/big'), READ | WRITE | CREATE);
    expect(await client.outcome({ type: 'WRITE', handle, offset: 0n, data })).toBe(OK);
    expect(await client.ask({ type: 'READ', handle, offset: 0n, length: data.length })).toMatchObject({
      type: 'DATA',
      data,
    });
  });
});

describe('a link that leads nowhere', () => {
  it.each(['closed/new', 'closed/no-folder/new', 'open/dangling'])(
    'but to %s is not written through',
    async (to) => {
      symlinkSync(at(to), at('open/dangling'));
      const open = { type: 'OPEN', path: bytesAt('open/dangling'), attributes: NO_ATTRIBUTES } as const;
      expect(await client.outcome({ ...open, flags: WRITE | CREATE })).toBe(PERMISSION_DENIED);
      expect(existsSync(at('closed/new'))).toBe(false);
      expect(await client.outcome({ type: 'LSTAT', path: bytesAt('open/dangling') })).toBe('ATTRS');
      expect(await client.outcome({ type: 'REMOVE', path: bytesAt('open/dangling') })).toBe(OK);
    },
  );
});

describe('what a path is called', () => {
  it('is not told where it may not be looked at', async () => {
    symlinkSync(at('open/secret'), at('open/way'));
    for (const name of ['open/secret/key', 'open/way/key', 'open/x/../secret']) {
      expect(await client.outcome({ type: 'REALPATH', path: bytesAt(name) })).toBe(PERMISSION_DENIED);
    }
    expect(await client.outcome({ type: 'READLINK', path: bytesAt('open/way') })).toBe('NAME');
    expect(await client.outcome({ type: 'REALPATH', path: Buffer.from('.') })).toBe('NAME');
  });

  it('changes with its bytes where they are no text', async () => {
    const path = Buffer.concat([bytesAt('open/'), Buffer.from([0x2f, 0xff])]);
    expect(
      await client.outcome({ type: 'OPEN', path, flags: WRITE | CREATE, attributes: NO_ATTRIBUTES }),
    ).toBe('HANDLE');
    expect(decidedPaths()).toContain(`${at('open')}/\\xff`);
  });

  it('is not changed by a rename onto what is denied, posix or not', async () => {
    const [oldPath, newPath] = [bytesAt('open/mine'), bytesAt('open/secret/key')];
    expect(await client.outcome({ type: 'RENAME', oldPath, newPath })).toBe(PERMISSION_DENIED);
    for (const kind of ['posix-rename@openssh.com', 'hardlink@openssh.com'] as const) {
      expect(await client.outcome({ type: 'EXTENDED', request: { kind, oldPath, newPath } })).toBe(
        PERMISSION_DENIED,
      );
      expect(
        await client.outcome({
          type: 'EXTENDED',
          request: { kind, oldPath: newPath, newPath: bytesAt('open/x') },
        }),
      ).toBe(PERMISSION_DENIED);
    }
    expect([readFileSync(at('open/secret/key'), 'utf8'), existsSync(at('open/x'))]).toEqual([
      'the key',
      false,
    ]);
  });
});
