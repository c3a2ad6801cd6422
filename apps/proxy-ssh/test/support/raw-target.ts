/** A target over the door's own transport: does what a spec tells it, in any order. */
import {
  decodeConnectionMessage,
  decodeUserauthRequest,
  encodeChannelOpenConfirmation,
  encodeUserauthFailure,
  encodeUserauthSuccess,
  type ConnectionMessage,
  type UserauthRequest,
} from '@sallyport/codec-ssh';
import { eventually } from '@sallyport/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { doorAlgorithms } from '../../src/transport/algorithms.ts';
import { Ed25519Key } from '../../src/transport/host-key.ts';
import { SshTransport } from '../../src/transport/ssh-transport.ts';
import { decodeService, encodeService } from '../../src/transport/transport-message.ts';
import type { FakeTarget } from './fake-control-plane.ts';

const NEVER = new AbortController().signal;

/** One connection of the door's to the target. */
export class RawTargetConnection {
  readonly transport: SshTransport;
  readonly messages: ConnectionMessage[] = [];
  readonly logins: UserauthRequest[] = [];

  constructor(transport: SshTransport) {
    this.transport = transport;
  }

  send(...payloads: Uint8Array[]): void {
    for (const payload of payloads) this.transport.send(payload);
  }

  types(): string[] {
    return this.messages.map((message) =>
      message.type === 'CHANNEL_REQUEST'
        ? message.request.kind
        : message.type.replace('CHANNEL_', '').toLowerCase(),
    );
  }

  /** The door's number of its first channel, which is asked for; confirmed as ours 7. */
  async channel(window = 1 << 20): Promise<number> {
    await this.until('a channel is asked for', () =>
      this.messages.some(({ type }) => type === 'CHANNEL_OPEN'),
    );
    const open = this.messages.find((message) => message.type === 'CHANNEL_OPEN');
    if (open?.type !== 'CHANNEL_OPEN') throw new Error('no channel');
    this.confirm(open.senderChannel, window);
    return open.senderChannel;
  }

  confirm(recipientChannel: number, window = 1 << 20): void {
    this.send(
      encodeChannelOpenConfirmation({
        recipientChannel,
        senderChannel: 7,
        initialWindowSize: window,
        maximumPacketSize: 32768,
      }),
    );
  }

  input(): string {
    return Buffer.concat(
      this.messages.flatMap((message) => (message.type === 'CHANNEL_DATA' ? [message.data] : [])),
    ).toString();
  }

  until(what: string, look: () => boolean): Promise<unknown> {
    return eventually(what, look, { timeoutMs: 10_000, intervalMs: 5 });
  }
}

export interface RawTarget extends AsyncDisposable {
  readonly connections: RawTargetConnection[];
  readonly target: FakeTarget;
  readonly key: Ed25519Key;
  /** The newest connection, once it is logged in. */
  connected(): Promise<RawTargetConnection>;
}

/** @param takes whether a login is taken; default: every one */
export async function startRawTarget(
  takes: (request: UserauthRequest) => boolean | readonly string[] = () => true,
): Promise<RawTarget> {
  const key = Ed25519Key.generate();
  const connections: RawTargetConnection[] = [];
  const ready = new Set<RawTargetConnection>();
  const server = createServer((socket) => {
    const transport = new SshTransport(
      socket,
      { side: 'server', key, certificate: null, userSignatureAlgorithms: ['ssh-ed25519'] },
      {
        software: 'RawTarget_1',
        algorithms: doorAlgorithms(false),
        rekeyBytes: 1e12,
        rekeyIntervalMs: 1e9,
        highWaterBytes: 1 << 20,
      },
    );
    const connection = new RawTargetConnection(transport);
    connections.push(connection);
    transport.start();
    serve(connection).then(
      () => ready.add(connection),
      () => undefined,
    );
  });
  const serve = async (connection: RawTargetConnection) => {
    const { transport } = connection;
    const asked = await transport.read(NEVER);
    transport.send(encodeService(6, decodeService(5, asked)));
    for (;;) {
      const request = decodeUserauthRequest(await transport.read(NEVER));
      connection.logins.push(request);
      const taken = takes(request);
      if (taken === true) break;
      transport.send(encodeUserauthFailure(taken === false ? ['publickey'] : taken));
    }
    transport.send(encodeUserauthSuccess());
    transport.listen({
      onMessage: (payload) => connection.messages.push(decodeConnectionMessage(Buffer.from(payload))),
      onTurn: () => undefined,
      onDrain: () => undefined,
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target: FakeTarget = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    username: 'deploy',
    credential: { kind: 'password', password: 'target-secret' },
    hostKeys: [`ssh-ed25519 ${key.getPublicSSH().toString('base64')}`],
  };
  return {
    connections,
    target,
    key,
    connected: async () => {
      await eventually('the door is logged in', () => {
        const last = connections.at(-1);
        return last !== undefined && ready.has(last);
      });
      const last = connections.at(-1);
      if (last === undefined) throw new Error('nobody is there');
      return last;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { transport } of connections) transport.destroy();
      server.close();
    },
  };
}
