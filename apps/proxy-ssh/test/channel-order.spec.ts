import {
  encodeChannelClose,
  encodeChannelData,
  encodeChannelEof,
  encodeChannelExtendedData,
  encodeChannelOpenFailure,
  encodeChannelRequest,
  encodeChannelSuccess,
  encodeChannelWindowAdjust,
  encodeGlobalRequest,
} from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DoorFixture, TARGET } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { RawClient } from './support/raw-client.ts';
import { startRawTarget, type RawTarget, type RawTargetConnection } from './support/raw-target.ts';

let door: DoorFixture;
let raw: RawTarget;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: ALLOW_ALL });
  raw = await startRawTarget();
  door.controlPlane.targets.set(TARGET, raw.target);
});
beforeEach(() => {
  door.spool.clear();
});
afterAll(async () => {
  await door.stop();
  await raw[Symbol.asyncDispose]();
});

/** A command on its way: the caller's number, and the door's number towards the target. */
async function running(
  command = 'x',
): Promise<{ client: RawClient; target: RawTargetConnection; id: number; theirs: number }> {
  const client = await RawClient.login(door.server.port);
  const id = await client.session();
  client.exec(id, command);
  const target = await raw.connected();
  const theirs = await target.channel();
  await target.until('the command is there', () => target.types().includes('exec'));
  target.send(encodeChannelSuccess(theirs));
  return { client, target, id, theirs };
}

const exit = (channel: number, status: number) =>
  encodeChannelRequest({
    recipientChannel: channel,
    wantReply: false,
    request: { kind: 'exit-status', status },
  });

const outcomes = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value.outcome] : []));

describe('what ends a channel', () => {
  it.each([
    ['data, exit status, end of data, close', ['data', 'exit', 'eof', 'close']],
    ['end of data before the exit status', ['data', 'eof', 'exit', 'close']],
    ['no end of data', ['data', 'exit', 'close']],
    ['nothing but a close', ['close']],
    ['an exit status alone', ['exit', 'close']],
    ['errors between data', ['data', 'err', 'data', 'exit', 'eof', 'close']],
  ])('reaches the caller in the order in which it was sent: %s', async (_what, order) => {
    const { client, target, id, theirs } = await running();
    const parts: Record<string, Buffer> = {
      data: encodeChannelData(theirs, Buffer.from('d')),
      err: encodeChannelExtendedData(theirs, 1, Buffer.from('e')),
      eof: encodeChannelEof(theirs),
      exit: exit(theirs, 5),
      close: encodeChannelClose(theirs),
    };
    target.send(...order.map((name) => parts[name] ?? Buffer.alloc(0)));
    await client.closed(id);
    const names: Record<string, string> = { err: 'stderr', exit: 'exit-status' };
    expect(client.story(id)).toEqual([
      'open_confirmation',
      'success',
      ...order.map((name) => names[name] ?? name),
    ]);
    await target.until('the close is answered', () => target.types().includes('close'));
    client.destroy();
  });

  it('is any of the 256 exit statuses', async () => {
    const client = await RawClient.login(door.server.port);
    const target = await raw.connected();
    const told: (number | null)[] = [];
    for (let status = 0; status < 256; status++) {
      const id = await client.session();
      const before = target.messages.length;
      client.exec(id, 'x');
      await target.until('a channel is asked for', () => target.messages.length > before);
      const open = target.messages[before];
      if (open?.type !== 'CHANNEL_OPEN') throw new Error('no channel');
      const theirs = open.senderChannel;
      target.confirm(theirs);
      target.send(encodeChannelSuccess(theirs), exit(theirs, status), encodeChannelClose(theirs));
      await client.closed(id);
      client.close(id);
      told.push(client.exitStatus(id));
      await target.until('it is over', () => target.types().slice(before).includes('close'));
    }
    expect(told).toEqual(Array.from({ length: 256 }, (_, status) => status));
    client.destroy();
  }, 30_000);

  it('from the caller reaches the target in order, however early it came', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.exec(id, 'x');
    client.data(id, 'one');
    client.data(id, 'two');
    client.eof(id);
    const target = await raw.connected();
    const theirs = await target.channel();
    await target.until('all is there', () => target.types().includes('eof'));
    expect(target.input()).toBe('onetwo');
    expect(target.types().filter((type) => type !== 'window_adjust')).toEqual([
      'open',
      'exec',
      'data',
      'data',
      'eof',
    ]);
    target.send(encodeChannelSuccess(theirs), encodeChannelEof(theirs), encodeChannelClose(theirs));
    await client.closed(id);
    client.destroy();
  });

  it('is the close of a caller who does not wait: the target is told, and the run is recorded as given up', async () => {
    const { client, target, id, theirs } = await running();
    client.close(id);
    await target.until('the target is told', () => target.types().includes('close'));
    target.send(encodeChannelData(theirs, Buffer.from('late')), encodeChannelClose(theirs));
    await client.closed(id);
    expect(client.out(id)).toBe('');
    await eventually('it is recorded', () => outcomes().length === 1);
    expect(outcomes()).toEqual([StatementOutcome.CANCELED]);
    client.destroy();
  });

  it('is the close of a caller before the target has opened its side', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.exec(id, 'x');
    client.close(id);
    await client.closed(id);
    const target = await raw.connected();
    const theirs = await target.channel();
    await target.until('the target is told', () => target.types().includes('close'));
    target.send(encodeChannelClose(theirs));
    const second = await client.session();
    expect(client.remote(second)).toBe(client.remote(id));
    client.destroy();
  });

  it('may come from both sides at the same time', async () => {
    const { client, target, id, theirs } = await running();
    target.send(encodeChannelClose(theirs));
    client.close(id);
    await client.closed(id);
    await target.until('both are told', () => target.types().includes('close'));
    expect(client.of(id).filter(({ type }) => type === 'CHANNEL_CLOSE')).toHaveLength(1);
    expect(target.types().filter((type) => type === 'close')).toHaveLength(1);
    client.destroy();
  });

  it('is a target that dies: the last of its output arrives, and then why', async () => {
    const { client, target, id, theirs } = await running();
    target.send(encodeChannelData(theirs, Buffer.from('last words')));
    target.transport.flush();
    target.transport.socket.end();
    await client.closed(id);
    expect(client.out(id)).toBe('last words');
    expect(client.err(id)).toContain('"code":"target_closed"');
    await client.until('the connection ends', () => client.ended !== null);
    await eventually('it is recorded', () => outcomes().length === 1);
    expect(outcomes()).toEqual([StatementOutcome.CUT_OFF]);
    expect(door.events.at(-1)?.body.case).toBe('sessionClosed');
  });
});

describe('what has no place', () => {
  it('data after the end of data goes nowhere, and ends nothing', async () => {
    const { client, target, id, theirs } = await running();
    client.data(id, 'in');
    client.eof(id);
    client.data(id, 'after');
    await target.until('the end is there', () => target.types().includes('eof'));
    target.send(
      encodeChannelEof(theirs),
      encodeChannelData(theirs, Buffer.from('after')),
      encodeChannelClose(theirs),
    );
    await client.closed(id);
    expect([target.input(), client.out(id)]).toEqual(['in', '']);
    client.destroy();
  });

  it('more data than the window allows ends the connection', async () => {
    const { client, id } = await running();
    const open = client.of(id).find(({ type }) => type === 'CHANNEL_OPEN_CONFIRMATION');
    const window = open?.type === 'CHANNEL_OPEN_CONFIRMATION' ? open.initialWindowSize : 0;
    // The target takes 1 MiB and gives no window back, so neither does the door.
    for (let sent = 0; sent <= window + (1 << 20); sent += 32 * 1024)
      client.data(id, Buffer.alloc(32 * 1024));
    await client.until('the connection ends', () => client.ended !== null);
    expect(client.ended).toMatchObject({ kind: 'peer', text: expect.stringContaining('protocol_violation') });
  });

  it('a second command on the same channel is refused, and does not reach the target', async () => {
    const { client, target, id } = await running();
    client.exec(id, 'second');
    await client.until('it is answered', () => client.story(id).includes('failure'));
    expect(target.types().filter((type) => type === 'exec')).toHaveLength(1);
    client.destroy();
  });

  it('a message for a channel that is not open ends the connection', async () => {
    const client = await RawClient.login(door.server.port);
    client.send(encodeChannelData(99, Buffer.from('x')));
    await client.until('the connection ends', () => client.ended !== null);
  });

  it('a request that nobody knows is refused, and does not reach the target', async () => {
    const { client, target, id } = await running();
    client.request(id, { kind: 'unknown', name: 'evil@example.com', data: Buffer.from('x') });
    await client.until('it is answered', () => client.story(id).includes('failure'));
    expect(target.types()).not.toContain('unknown');
    client.destroy();
  });

  it('a channel that a target opens is refused', async () => {
    const { client, target } = await running();
    target.send(
      Buffer.concat([
        Buffer.from([90, 0, 0, 0, 22]),
        Buffer.from('auth-agent@openssh.com'),
        Buffer.from([0, 0, 0, 3, 0, 1, 0, 0, 0, 0, 128, 0]),
      ]),
    );
    await target.until('it is refused', () => target.types().includes('open_failure'));
    client.destroy();
  });
});

describe('the target', () => {
  it('gets no byte of a session in which nothing may run', async () => {
    const client = await RawClient.login(door.server.port);
    const target = await raw.connected();
    const id = await client.session();
    client.data(id, 'early');
    client.eof(id);
    client.close(id);
    await client.closed(id);
    expect(target.messages).toEqual([]);
    client.destroy();
  });

  it('that opens no channel is told of on standard error, and the connection goes on', async () => {
    const client = await RawClient.login(door.server.port);
    const id = await client.session();
    client.exec(id, 'x');
    const target = await raw.connected();
    await target.until('a channel is asked for', () => target.types().includes('open'));
    target.send(encodeChannelOpenFailure({ recipientChannel: 0, reasonCode: 4, description: 'no room' }));
    await client.closed(id);
    expect([client.exitStatus(id), client.err(id).includes('target_closed')]).toEqual([255, true]);
    await client.session();
    client.destroy();
  });

  it('asks whether somebody is there, and is answered', async () => {
    const { client, target } = await running();
    target.send(
      encodeGlobalRequest({
        wantReply: true,
        request: { kind: 'keepalive@openssh.com', data: Buffer.alloc(0) },
      }),
    );
    await target.until('it is answered', () =>
      target.messages.some(({ type }) => type === 'REQUEST_FAILURE'),
    );
    client.destroy();
  });

  it('gets window changes, signals and breaks in their places between data, each recorded', async () => {
    const { client, target, id } = await running();
    client.data(id, 'a');
    client.request(
      id,
      { kind: 'window-change', size: { columns: 100, rows: 40, widthPixels: 0, heightPixels: 0 } },
      false,
    );
    client.data(id, 'b');
    client.request(id, { kind: 'signal', signal: 'TERM' }, false);
    client.request(id, { kind: 'break', lengthMs: 500 });
    await target.until('all is there', () => target.types().includes('break'));
    expect(target.types().slice(2)).toEqual(['data', 'window-change', 'data', 'signal', 'break']);
    target.send(encodeChannelSuccess(0));
    await client.until(
      'the break is answered',
      () => client.story(id).filter((each) => each === 'success').length === 2,
    );
    const inputs = door.events.flatMap(({ body }) =>
      body.case === 'input' ? [[body.value.format, Buffer.from(body.value.data).toString()]] : [],
    );
    expect(inputs).toEqual([
      ['bytes', 'a'],
      ['terminal.resize', '100x40'],
      ['bytes', 'b'],
      ['ssh.signal', 'TERM'],
      ['ssh.break', '500'],
    ]);
    client.destroy();
  });
});

describe('a slow side', () => {
  it('that does not read makes the door keep no more than the window', async () => {
    const { client, target, id, theirs } = await running();
    client.adjusts = false;
    const open = target.messages.find(({ type }) => type === 'CHANNEL_OPEN');
    let window = open?.type === 'CHANNEL_OPEN' ? open.initialWindowSize : 0;
    const granted = () =>
      target.messages.reduce(
        (sum, each) => sum + (each.type === 'CHANNEL_WINDOW_ADJUST' ? each.bytesToAdd : 0),
        0,
      );
    // The caller takes 1 MiB and gives nothing back.
    const first = window;
    for (; window > 0; window -= 32 * 1024)
      target.send(encodeChannelData(theirs, Buffer.alloc(32 * 1024, 'x')));
    await client.until('the caller has its window full', () => client.bytes(id).length === 1 << 20);
    await target.until('as much is given back', () => granted() > 0);
    expect(granted()).toBeLessThanOrEqual(1 << 20);
    client.send(encodeChannelWindowAdjust(client.remote(id), 4 << 20));
    await client.until('the rest comes', () => client.bytes(id).length === first);
    client.destroy();
  });

  it('that takes byte by byte gets all of it, in order', async () => {
    const client = await RawClient.login(door.server.port);
    client.adjusts = false;
    const id = await client.session(1);
    client.exec(id, 'x');
    const target = await raw.connected();
    const theirs = await target.channel();
    await target.until('the command is there', () => target.types().includes('exec'));
    target.send(
      encodeChannelSuccess(theirs),
      encodeChannelData(theirs, Buffer.from('abc')),
      exit(theirs, 0),
      encodeChannelEof(theirs),
      encodeChannelClose(theirs),
    );
    for (const text of ['a', 'ab', 'abc']) {
      await client.until(`${text} is there`, () => client.out(id) === text);
      if (text === 'abc') break;
      expect(client.exitStatus(id)).toBeNull();
      client.send(encodeChannelWindowAdjust(client.remote(id), 1));
    }
    await client.closed(id);
    expect(client.exitStatus(id)).toBe(0);
    client.destroy();
  });
});
