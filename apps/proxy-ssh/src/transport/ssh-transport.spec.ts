import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  CHACHA20,
  doorAlgorithms,
  targetAlgorithms,
  USER_SIGNATURE_ALGORITHMS,
  type AlgorithmLists,
} from './algorithms.ts';
import { Ed25519Key } from './host-key.ts';
import { SshTransport, type TransportSettings } from './ssh-transport.ts';
import { transportReady } from './ssh2-protocol.ts';
import { encodeService } from './transport-message.ts';

const NEVER = new AbortController().signal;
const TRUSTED = { keyTypes: new Set(['ssh-ed25519']), authorities: false };
const CIPHERS = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', CHACHA20, 'aes128-ctr', 'aes256-ctr'];

const settings = (algorithms: AlgorithmLists, over: Partial<TransportSettings> = {}): TransportSettings => ({
  software: 'Spec_1',
  algorithms,
  rekeyBytes: 1e9,
  rekeyIntervalMs: 3_600_000,
  highWaterBytes: 1 << 20,
  ...over,
});

interface Pair {
  readonly server: SshTransport;
  readonly client: SshTransport;
  readonly hostKeys: Buffer[];
  readonly close: () => void;
}

async function sockets(): Promise<{ server: Socket; client: Socket; close: () => void }> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [server] = (await once(listener, 'connection')) as [Socket];
  return { server, client, close: () => listener.close() };
}

async function pair(
  over: {
    cipher?: string;
    server?: Partial<TransportSettings>;
    client?: Partial<TransportSettings>;
    accept?: boolean;
  } = {},
): Promise<Pair> {
  await transportReady;
  const both = await sockets();
  const hostKeys: Buffer[] = [];
  const narrow = (lists: AlgorithmLists) =>
    over.cipher === undefined ? lists : { ...lists, cipher: [over.cipher] };
  const server = new SshTransport(
    both.server,
    {
      side: 'server',
      key: Ed25519Key.generate(),
      certificate: null,
      userSignatureAlgorithms: USER_SIGNATURE_ALGORITHMS,
    },
    settings(doorAlgorithms(false), over.server),
  );
  const client = new SshTransport(
    both.client,
    {
      side: 'client',
      verifyHost: (key) => {
        hostKeys.push(key);
        return over.accept ?? true;
      },
    },
    settings(narrow(targetAlgorithms(TRUSTED)), over.client),
  );
  server.start();
  client.start();
  return {
    server,
    client,
    hostKeys,
    close: () => {
      client.destroy();
      server.destroy();
      both.close();
    },
  };
}

const message = (size: number, fill: number) => {
  const payload = Buffer.alloc(size, fill);
  payload[0] = 94;
  return payload;
};

describe('SshTransport', () => {
  it.each(CIPHERS)('carries messages of any size both ways with %s', async (cipher) => {
    const { server, client, close } = await pair({ cipher });
    expect((await client.ready).ciphers).toEqual([cipher, cipher]);
    await server.ready;
    expect(client.sessionId).toEqual(server.sessionId);
    for (const size of [1, 2, 15, 16, 17, 1000, 32 * 1024 + 9]) {
      client.send(message(size, size & 0xff));
      expect(await server.read(NEVER)).toEqual(message(size, size & 0xff));
      server.sendParts(message(size, 7), Buffer.from('tail'));
      expect(await client.read(NEVER)).toEqual(Buffer.concat([message(size, 7), Buffer.from('tail')]));
    }
    close();
  });

  it('exchanges keys again after so many bytes, in the middle of a stream, and loses nothing', async () => {
    const { server, client, hostKeys, close } = await pair({ client: { rekeyBytes: 200_000 } });
    await Promise.all([client.ready, server.ready]);
    const got: number[] = [];
    let back = 0;
    const all = new Promise<void>((resolve) => {
      server.listen({
        onMessage: (payload) => {
          got.push(payload.readUInt32BE(1));
          server.send(payload);
        },
        onTurn: () => undefined,
        onDrain: () => undefined,
      });
      client.listen({
        onMessage: (payload) => {
          if (payload.readUInt32BE(1) === back) back++;
          if (back === 500) resolve();
        },
        onTurn: () => undefined,
        onDrain: () => undefined,
      });
    });
    for (let index = 0; index < 500; index++) {
      const payload = message(5000, 1);
      payload.writeUInt32BE(index, 1);
      client.send(payload);
      if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await all;
    expect(got).toEqual(Array.from({ length: 500 }, (_, index) => index));
    expect(hostKeys.length).toBeGreaterThan(2);
    close();
  });

  it('refuses a host whose key is not the right one before anything was said', async () => {
    const { client, server, close } = await pair({ accept: false });
    await expect(client.ready).rejects.toMatchObject({ code: 'protocol_violation' });
    await expect(server.ready).rejects.toBeDefined();
    close();
  });

  it('takes an identification string byte by byte', async () => {
    const both = await sockets();
    const server = new SshTransport(
      both.server,
      { side: 'server', key: Ed25519Key.generate(), certificate: null, userSignatureAlgorithms: [] },
      settings(doorAlgorithms(false)),
    );
    server.start();
    for (const byte of Buffer.from('SSH-2.0-Slow_1 a comment\r\n')) {
      both.client.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    let seen = Buffer.alloc(0);
    both.client.on('data', (chunk: Buffer) => (seen = Buffer.concat([seen, chunk])));
    while (!seen.includes('kex-strict-s-v00@openssh.com')) await once(both.client, 'data');
    expect(seen.toString('latin1')).toContain('SSH-2.0-Spec_1\r\n');
    expect(server.peerIdent).toBe('SSH-2.0-Slow_1 a comment');
    both.client.destroy();
    both.close();
  });

  it.each([
    ['another protocol', 'GET / HTTP/1.1\r\n\r\n'],
    ['SSH 1', 'SSH-1.5-old\r\n'],
    ['an endless line', `SSH-2.0-${'a'.repeat(4000)}`],
    ['garbage after the identification', `SSH-2.0-x\r\n${'\xff'.repeat(64)}`],
    ['a packet of no length', 'SSH-2.0-x\r\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'],
    ['padding longer than its packet', 'SSH-2.0-x\r\n\0\0\0\x0c\xff\x14aaaaaaaaaa'],
    ['a message before the key exchange', 'SSH-2.0-x\r\n\0\0\0\x0c\x04\x32aaaaaaaaaa'],
  ])('ends when it is sent %s', async (_what, bytes) => {
    const both = await sockets();
    const server = new SshTransport(
      both.server,
      { side: 'server', key: Ed25519Key.generate(), certificate: null, userSignatureAlgorithms: [] },
      settings(doorAlgorithms(false)),
    );
    server.start();
    both.client.on('error', () => undefined).resume();
    both.client.write(Buffer.from(bytes, 'latin1'));
    await expect(server.ready).rejects.toMatchObject({ code: 'protocol_violation' });
    expect((await server.ended).kind).toBe('error');
    both.client.destroy();
    both.close();
  });

  it('ends when a byte of an encrypted packet is changed on its way', async () => {
    const { server, client, close } = await pair();
    await Promise.all([client.ready, server.ready]);
    client.send(encodeService(5, 'ssh-userauth'));
    await server.read(NEVER);
    client.socket.write(Buffer.from('0000002099999999999999999999999999999999', 'hex'));
    client.socket.write(Buffer.alloc(64, 1));
    expect((await server.ended).kind).toBe('error');
    close();
  });

  it('answers a message that does not exist, and goes on', async () => {
    const { server, client, close } = await pair();
    await Promise.all([client.ready, server.ready]);
    client.send(Buffer.from([13]));
    client.send(message(4, 1));
    expect(await server.read(NEVER)).toEqual(message(4, 1));
    close();
  });

  it('does not keep what a peer sends ahead without end', async () => {
    const { server, client, close } = await pair();
    await Promise.all([client.ready, server.ready]);
    for (let index = 0; index < 100; index++) client.send(message(10, 1));
    expect(await server.ended).toMatchObject({ kind: 'error', error: { code: 'protocol_violation' } });
    close();
  });
});
