import {
  BACKEND_RULES,
  BackendType,
  decodeErrorResponse,
  encodePasswordMessage,
  encodeStartupMessage,
  frameBytes,
  FrameScanner,
  PROTOCOL_3_0,
  type Diagnostic,
  type ProtocolVersion,
} from '@sallyport/codec-postgres';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tokenFor } from './fake-control-plane.ts';

/** One message as it came, with its type as a letter. */
export interface WireMessage {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A client that says exactly what a test wants, byte by byte. */
export class WireClient {
  readonly socket: Socket;
  readonly #scanner = new FrameScanner(BACKEND_RULES);
  readonly #messages: WireMessage[] = [];
  #wake: () => void = () => undefined;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    for (const type of [BackendType.DataRow, BackendType.CopyData]) {
      this.#scanner.setRule(type, { treatment: 'each', maxBytes: 2 ** 30 });
    }
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** Opens a session up to its first ReadyForQuery; the messages of the login are returned. */
  static async login(
    port: number,
    over: {
      readonly parameters?: Record<string, string>;
      readonly version?: ProtocolVersion;
      readonly token?: string;
    } = {},
  ): Promise<{ client: WireClient; greeting: WireMessage[] }> {
    const client = await WireClient.open(port);
    const parameters = { user: 'anybody', database: 'shop', ...over.parameters };
    client.send(encodeStartupMessage(over.version ?? PROTOCOL_3_0, new Map(Object.entries(parameters))));
    client.read();
    const asked = await client.until('R');
    client.send(encodePasswordMessage(over.token ?? tokenFor('ana', 'agents')));
    return { client, greeting: [...asked, ...(await client.untilReady())] };
  }

  send(...messages: Uint8Array[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** Begins to read messages; before, the bytes are the test's own. */
  read(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.#scanner.push(chunk);
      for (let part = this.#scanner.next(); part !== null; part = this.#scanner.next()) {
        this.#messages.push({ type: String.fromCharCode(part.type), bytes: Buffer.from(frameBytes(part)) });
      }
      this.#wake();
    });
  }

  async next(): Promise<WireMessage | null> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.closed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Messages up to the first of a type, or to the end of the connection. */
  async until(type: string): Promise<WireMessage[]> {
    const seen: WireMessage[] = [];
    for (let message = await this.next(); message !== null; message = await this.next()) {
      seen.push(message);
      if (message.type === type) break;
    }
    return seen;
  }

  untilReady(): Promise<WireMessage[]> {
    return this.until('Z');
  }

  /** As `untilReady`, as a word of type letters: "TDCZ". */
  async shape(): Promise<string> {
    return (await this.untilReady()).map(({ type }) => type).join('');
  }

  close(): void {
    this.socket.destroy();
  }
}

export function errorOf(messages: readonly WireMessage[]): Diagnostic {
  const found = messages.find(({ type }) => type === 'E');
  if (found === undefined) throw new Error(`no error among ${messages.map(({ type }) => type).join('')}`);
  return decodeErrorResponse({
    type: BackendType.ErrorResponse,
    source: found.bytes,
    start: 0,
    end: found.bytes.length,
  }).fields;
}
