import { AccessError } from '@sallyport/errors';
import { describe, expect, it } from '@jest/globals';
import { ConnectionGate } from './connection-gate.ts';
import { TurnWriter } from './turn-writer.ts';

describe('ConnectionGate', () => {
  it('bounds connections in all and of one address, and counts each place back once', () => {
    const gate = new ConnectionGate({ maxConnections: 3, maxConnectionsPerAddress: 2 });
    const first = gate.enter('a');
    gate.enter('a');
    expect(gate.enter('a')).toBeInstanceOf(AccessError);
    gate.enter('b');
    expect(gate.enter('c')).toBeInstanceOf(AccessError);
    if (first instanceof AccessError) throw first;
    first.release();
    first.release();
    expect(gate.open).toBe(2);
    expect(gate.enter('a')).not.toBeInstanceOf(AccessError);
    expect(gate.enter('a')).toBeInstanceOf(AccessError);
  });
});

class FakeSocket {
  writableLength = 0;
  destroyed = false;
  readonly written: string[] = [];
  write(bytes: Uint8Array): boolean {
    this.written.push(Buffer.from(bytes).toString());
    return true;
  }
  cork(): void {
    this.written.push('cork');
  }
  uncork(): void {
    this.written.push('uncork');
  }
  pause(): void {}
  resume(): void {}
}

describe('TurnWriter', () => {
  it('writes once what one turn has, in order', async () => {
    const socket = new FakeSocket();
    const writer = new TurnWriter(socket, 100);
    writer.write(Buffer.from('a'));
    writer.write(Buffer.alloc(0));
    writer.write(Buffer.from('b'));
    expect(socket.written).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.written).toEqual(['ab']);
  });

  it('says when more waits than may, counting what it has not handed over', () => {
    const socket = new FakeSocket();
    const writer = new TurnWriter(socket, 10);
    expect(writer.congested).toBe(false);
    writer.write(Buffer.alloc(11));
    expect(writer.congested).toBe(true);
    writer.flush();
    expect(writer.congested).toBe(false);
    socket.writableLength = 11;
    expect(writer.congested).toBe(true);
  });

  it('writes nothing to a socket that is gone', () => {
    const socket = new FakeSocket();
    const writer = new TurnWriter(socket, 10);
    socket.destroyed = true;
    writer.write(Buffer.from('a'));
    writer.flush();
    expect(socket.written).toEqual([]);
  });
});
