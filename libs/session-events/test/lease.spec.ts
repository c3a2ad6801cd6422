import { describe, expect, it } from '@jest/globals';
import { startNats, type NatsServer } from '@sallyport/testing';
import { Lease } from '../src/nats/lease.ts';
import { connectNats } from '../src/nats/nats-options.ts';

const connect = (server: NatsServer) =>
  connectNats({
    servers: [server.url],
    name: 'spec',
    ...(server.token === null ? {} : { token: server.token }),
  });

describe('Lease', () => {
  it('is held by one at a time, and taken over only after the holder was silent for its time', async () => {
    await using server = await startNats();
    const connection = await connect(server);
    let nowMs = 0;
    const options = { name: 'recorder', ttlMs: 9000, monotonicClock: () => nowMs };
    const one = await Lease.open(connection, { ...options, holder: 'one' });
    const two = await Lease.open(connection, { ...options, holder: 'two' });
    expect(one.isHeld()).toBe(false);
    expect(await one.tryHold()).toBe(true);
    expect(await two.tryHold()).toBe(false);
    nowMs = 5000;
    expect(await one.tryHold()).toBe(true);
    nowMs = 8999;
    expect(await two.tryHold()).toBe(false); // sees the renewal of 5000 for the first time
    nowMs = 11_000;
    expect(one.isHeld()).toBe(false); // it stops by itself before anyone may take over
    expect(await two.tryHold()).toBe(false);
    nowMs = 17_999;
    expect(await two.tryHold()).toBe(true);
    expect(await one.tryHold()).toBe(false);
    expect([one.isHeld(), two.isHeld()]).toEqual([false, true]);
    await connection.close();
  });

  it('is free at once when it was given up, and for the same holder after a crash', async () => {
    await using server = await startNats();
    const connection = await connect(server);
    const lease = (holder: string) => Lease.open(connection, { name: 'recorder', holder });
    const one = await lease('one');
    await one.tryHold();
    expect(await (await lease('two')).tryHold()).toBe(false);
    const restarted = await lease('one');
    expect(await restarted.tryHold()).toBe(true);
    expect(await one.tryHold()).toBe(false);
    expect(await one.tryHold()).toBe(false); // two that share a name do not take it from each other for ever
    await restarted.release();
    expect(restarted.isHeld()).toBe(false);
    expect(await (await lease('two')).tryHold()).toBe(true);
    await connection.close();
  });

  it('goes to exactly one of many that ask at once', async () => {
    await using server = await startNats();
    const connection = await connect(server);
    const leases = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        Lease.open(connection, { name: 'recorder', holder: `r${index}` }),
      ),
    );
    const held = await Promise.all(leases.map((lease) => lease.tryHold()));
    expect(held.filter(Boolean)).toHaveLength(1);
    await connection.close();
  });
});
