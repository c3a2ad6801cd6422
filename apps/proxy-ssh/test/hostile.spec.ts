import {
  encodeChannelClose,
  encodeChannelData,
  encodeChannelEof,
  encodeChannelExtendedData,
  encodeChannelFailure,
  encodeChannelOpenFailure,
  encodeChannelSuccess,
  encodeChannelWindowAdjust,
} from '@sallyport/codec-ssh';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DoorFixture, TARGET } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';
import { RawClient } from './support/raw-client.ts';
import { startRawTarget, type RawTarget } from './support/raw-target.ts';

let door: DoorFixture;
let raw: RawTarget;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: ALLOW_ALL });
  raw = await startRawTarget();
  door.controlPlane.targets.set(TARGET, raw.target);
});
afterAll(async () => {
  await door.stop();
  await raw[Symbol.asyncDispose]();
});

const channel = fc.integer({ min: 0, max: 2 });
/** Messages that are right by themselves, in orders that are not. */
const misplaced = fc.oneof(
  channel.map(encodeChannelEof),
  channel.map(encodeChannelClose),
  channel.map(encodeChannelSuccess),
  channel.map(encodeChannelFailure),
  fc.tuple(channel, fc.nat(0xffff_ffff)).map(([id, bytes]) => encodeChannelWindowAdjust(id, bytes)),
  fc.tuple(channel, fc.uint8Array({ maxLength: 40 })).map(([id, data]) => encodeChannelData(id, data)),
  fc
    .tuple(channel, fc.nat(3), fc.uint8Array({ maxLength: 40 }))
    .map(([id, type, data]) => encodeChannelExtendedData(id, type, data)),
  channel.map((recipientChannel) =>
    encodeChannelOpenFailure({ recipientChannel, reasonCode: 1, description: 'no' }),
  ),
);
/** Bytes that only begin like a message. */
const garbage = fc
  .tuple(fc.integer({ min: 50, max: 101 }), fc.uint8Array({ maxLength: 60 }))
  .map(([number, rest]) => Buffer.concat([Buffer.from([number]), rest]));
const messages = fc.array(fc.oneof(misplaced, garbage), { minLength: 1, maxLength: 12 });

const serves = async () => {
  const client = await RawClient.login(door.server.port);
  await client.session();
  client.destroy();
};
const noDefects = () => {
  expect(door.logs.filter((line) => line.includes('defect'))).toEqual([]);
};

describe('messages that make no sense', () => {
  it('from a caller end that connection at most', async () => {
    for (const each of fc.sample(messages, { numRuns: 60, seed: 4254 })) {
      const client = await RawClient.login(door.server.port);
      const id = await client.session();
      if (each.length % 2 === 0) client.exec(id, 'x');
      client.send(...each);
      await new Promise((resolve) => setImmediate(resolve));
      client.destroy();
    }
    await serves();
    noDefects();
  }, 60_000);

  it('from a target end that session at most', async () => {
    for (const each of fc.sample(messages, { numRuns: 60, seed: 4253 })) {
      const client = await RawClient.login(door.server.port);
      const target = await raw.connected();
      const id = await client.session();
      client.exec(id, 'x');
      if (each.length % 2 === 0) await target.channel();
      target.send(...each);
      await new Promise((resolve) => setImmediate(resolve));
      client.destroy();
    }
    await serves();
    noDefects();
  }, 60_000);

  it('leave nothing open behind them', async () => {
    await eventually('all sessions are over', () => door.server.openSessions === 0);
    expect(door.controlPlane.sessions.size).toBe(0);
  });

  it('do not make the door keep what nobody takes: a flood of questions to one who does not read', async () => {
    const client = await RawClient.login(door.server.port);
    client.transport.pause();
    const question = Buffer.concat([
      Buffer.from([80, 0, 0, 0, 8]),
      Buffer.from('anything'),
      Buffer.from([1]),
    ]);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 60 && client.ended === null; round++) {
      for (let index = 0; index < 5000; index++) client.send(question);
      await new Promise((resolve) => setImmediate(resolve));
      if (client.transport.waitingBytes > 4 << 20) break;
    }
    await eventually('the door stops to read, or the flood is over', () => client.transport.waitingBytes > 0);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 << 20);
    client.destroy();
    await serves();
  }, 60_000);
});
