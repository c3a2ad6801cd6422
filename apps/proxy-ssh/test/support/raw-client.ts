/** A client over the door's own transport: says what it is told, in any order. */
import {
  decodeConnectionMessage,
  decodeUserauthFailure,
  encodeChannelClose,
  encodeChannelData,
  encodeChannelEof,
  encodeChannelOpen,
  encodeChannelRequest,
  encodeChannelWindowAdjust,
  encodeUserauthRequest,
  type ChannelOpenKind,
  type ChannelRequestKind,
  type ConnectionMessage,
  type UserauthMethod,
} from '@sallyport/codec-ssh';
import { eventually } from '@sallyport/testing';
import { once } from 'node:events';
import { connect } from 'node:net';
import { targetAlgorithms } from '../../src/transport/algorithms.ts';
import { SshTransport, type TransportEnd } from '../../src/transport/ssh-transport.ts';
import { encodeService } from '../../src/transport/transport-message.ts';
import { tokenFor } from './fake-control-plane.ts';

const NEVER = new AbortController().signal;

export interface RawClientOptions {
  readonly user?: string;
  readonly token?: string;
  readonly cipher?: string;
  readonly rekeyBytes?: number;
}

export class RawClient {
  readonly transport: SshTransport;
  readonly messages: ConnectionMessage[] = [];
  ended: TransportEnd | null = null;
  /** Off: windows are given back by hand. */
  adjusts = true;
  #nextId = 0;

  private constructor(transport: SshTransport) {
    this.transport = transport;
    void transport.ended.then((end) => {
      this.ended = end;
    });
  }

  /** Connected, keys exchanged. */
  static async open(port: number, options: RawClientOptions = {}): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const algorithms = targetAlgorithms({ keyTypes: new Set(['ssh-ed25519']), authorities: false });
    const transport = new SshTransport(
      socket,
      { side: 'client', verifyHost: () => true },
      {
        software: 'Raw_1',
        algorithms: options.cipher === undefined ? algorithms : { ...algorithms, cipher: [options.cipher] },
        rekeyBytes: options.rekeyBytes ?? 1e12,
        rekeyIntervalMs: 1e9,
        highWaterBytes: 1 << 20,
      },
    );
    transport.start();
    await transport.ready;
    return new RawClient(transport);
  }

  /** Logged in with a token as password. */
  static async login(port: number, options: RawClientOptions = {}): Promise<RawClient> {
    const client = await RawClient.open(port, options);
    client.transport.send(encodeService(5, 'ssh-userauth'));
    await client.transport.read(NEVER);
    const token = options.token ?? tokenFor('ana', 'agents');
    const answer = await client.authenticate(
      { kind: 'password', password: Buffer.from(token), newPassword: null },
      options.user,
    );
    if (answer !== 'success') throw new Error(`not logged in: ${answer}`);
    client.listen();
    return client;
  }

  /** Tries one way to log in; banners are skipped. */
  async authenticate(method: UserauthMethod, user = 'web'): Promise<string> {
    this.transport.send(encodeUserauthRequest({ user, service: 'ssh-connection', method }));
    for (;;) {
      const payload = await this.transport.read(NEVER);
      if (payload[0] === 52) return 'success';
      if (payload[0] === 51) return decodeUserauthFailure(payload).canContinue.join(',');
      if (payload[0] !== 53) return `message ${payload[0] ?? 0}`;
    }
  }

  listen(): void {
    this.transport.listen({
      onMessage: (payload) => {
        const message = decodeConnectionMessage(Buffer.from(payload));
        this.messages.push(message);
        if (this.adjusts && (message.type === 'CHANNEL_DATA' || message.type === 'CHANNEL_EXTENDED_DATA')) {
          const id = this.remote(message.recipientChannel);
          this.send(encodeChannelWindowAdjust(id, message.data.length));
        }
      },
      onTurn: () => undefined,
      onDrain: () => undefined,
    });
  }

  send(...payloads: Uint8Array[]): void {
    for (const payload of payloads) this.transport.send(payload);
  }

  /** Asks for a channel; its own number of it. */
  openChannel(open: ChannelOpenKind = { kind: 'session' }, window = 1 << 20): number {
    const senderChannel = this.#nextId++;
    this.send(
      encodeChannelOpen({ senderChannel, initialWindowSize: window, maximumPacketSize: 32768, open }),
    );
    return senderChannel;
  }

  /** The door's number of a channel. */
  remote(id: number): number {
    for (const message of this.messages) {
      if (message.type === 'CHANNEL_OPEN_CONFIRMATION' && message.recipientChannel === id)
        return message.senderChannel;
    }
    throw new Error(`channel ${id} is not open`);
  }

  async confirmed(id: number): Promise<number> {
    await this.until(`channel ${id} is open`, () =>
      this.of(id).some(({ type }) => type === 'CHANNEL_OPEN_CONFIRMATION' || type === 'CHANNEL_OPEN_FAILURE'),
    );
    return this.remote(id);
  }

  /** A session channel that is open. */
  async session(window?: number): Promise<number> {
    const id = this.openChannel({ kind: 'session' }, window);
    await this.confirmed(id);
    return id;
  }

  request(id: number, request: ChannelRequestKind, wantReply = true): void {
    this.send(encodeChannelRequest({ recipientChannel: this.remote(id), wantReply, request }));
  }

  exec(id: number, command: string): void {
    this.request(id, { kind: 'exec', command: Buffer.from(command) });
  }

  data(id: number, data: string | Buffer): void {
    this.send(encodeChannelData(this.remote(id), Buffer.from(data)));
  }

  eof(id: number): void {
    this.send(encodeChannelEof(this.remote(id)));
  }

  close(id: number): void {
    this.send(encodeChannelClose(this.remote(id)));
  }

  /** All that came for a channel. */
  of(id: number): ConnectionMessage[] {
    return this.messages.filter(
      (message) => 'recipientChannel' in message && message.recipientChannel === id,
    );
  }

  /** Kinds of what came for a channel, data pieces in a row as one, requests by name. */
  story(id: number): string[] {
    const told: string[] = [];
    for (const message of this.of(id)) {
      const name =
        message.type === 'CHANNEL_REQUEST'
          ? message.request.kind
          : message.type === 'CHANNEL_EXTENDED_DATA'
            ? 'stderr'
            : message.type.replace('CHANNEL_', '').toLowerCase();
      if (name === 'window_adjust' || (told.at(-1) === name && /data|stderr/.test(name))) continue;
      told.push(name);
    }
    return told;
  }

  out(id: number): string {
    return this.bytes(id).toString();
  }

  bytes(id: number): Buffer {
    return Buffer.concat(this.of(id).flatMap((each) => (each.type === 'CHANNEL_DATA' ? [each.data] : [])));
  }

  err(id: number): string {
    return Buffer.concat(
      this.of(id).flatMap((each) => (each.type === 'CHANNEL_EXTENDED_DATA' ? [each.data] : [])),
    ).toString();
  }

  exitStatus(id: number): number | null {
    for (const message of this.of(id)) {
      if (message.type === 'CHANNEL_REQUEST' && message.request.kind === 'exit-status')
        return message.request.status;
    }
    return null;
  }

  async closed(id: number): Promise<void> {
    await this.until(`channel ${id} is closed`, () =>
      this.of(id).some(({ type }) => type === 'CHANNEL_CLOSE'),
    );
  }

  async until(what: string, look: () => boolean): Promise<void> {
    await eventually(what, look, { timeoutMs: 10_000, intervalMs: 5 });
  }

  /** One command from open to closed. */
  async run(command: string, input: string | null = ''): Promise<number> {
    const id = await this.session();
    this.exec(id, command);
    if (input !== null) {
      if (input !== '') this.data(id, input);
      this.eof(id);
    }
    await this.closed(id);
    this.close(id);
    return id;
  }

  destroy(): void {
    this.transport.destroy();
  }
}
