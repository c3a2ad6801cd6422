/** A client of a few lines on top of this lib, for tests against a real server. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import {
  BACKEND_RULES,
  ClientAuthenticator,
  decodeBackendMessage,
  decodeEncryptionAnswer,
  encodeBind,
  encodeDescribe,
  encodeExecute,
  encodeParse,
  encodeSSLRequest,
  encodeStartupMessage,
  encodeSync,
  encodeTerminate,
  frameOf,
  FrameScanner,
  PROTOCOL_3_0,
  tlsServerEndPoint,
  type AuthenticationMethod,
  type BackendMessage,
  type FormatCode,
  type ProtocolVersion,
} from '../src/index.ts';

export interface WireClientOptions {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls?: boolean;
  readonly version?: ProtocolVersion;
  readonly methods?: readonly AuthenticationMethod[];
  readonly parameters?: Readonly<Record<string, string>>;
}

export class WireClient {
  readonly socket: Socket;
  readonly #scanner = new FrameScanner(
    new Map([...BACKEND_RULES].map(([type]) => [type, { treatment: 'each', maxBytes: 1e8 }])),
  );
  readonly #messages: BackendMessage[] = [];
  #wake: () => void = () => undefined;
  #ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#scanner.push(chunk);
      for (let part = this.#scanner.next(); part !== null; part = this.#scanner.next()) {
        this.#messages.push(
          decodeBackendMessage(frameOf(Buffer.from(part.source.subarray(part.start, part.end)))),
        );
      }
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** Startup and authentication; what the server said up to ReadyForQuery is in `greeting`. */
  static async connect(
    options: WireClientOptions,
  ): Promise<{ client: WireClient; greeting: BackendMessage[] }> {
    const socket = options.tls === true ? await openTls(options.port) : await openTcp(options.port);
    const client = new WireClient(socket);
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : null;
    const authenticator = new ClientAuthenticator({
      user: options.user,
      password: options.password,
      methods: new Set(options.methods ?? ['scram-sha-256-plus', 'scram-sha-256']),
      serverEndPoint: certificate === null ? null : tlsServerEndPoint(certificate),
    });
    const parameters = new Map(
      Object.entries({ user: options.user, database: 'postgres', ...options.parameters }),
    );
    socket.write(encodeStartupMessage(options.version ?? PROTOCOL_3_0, parameters));
    const greeting: BackendMessage[] = [];
    for (;;) {
      const message = await client.next();
      if (message.type === 'ErrorResponse')
        throw new Error(`${message.fields.code}: ${message.fields.message}`);
      if (message.type.startsWith('Authentication')) {
        const step = await authenticator.respond(message as Parameters<ClientAuthenticator['respond']>[0]);
        if (step.kind === 'send') socket.write(step.bytes);
      } else {
        greeting.push(message);
        if (message.type === 'ReadyForQuery') return { client, greeting };
      }
    }
  }

  async next(): Promise<BackendMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#ended) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Sends bytes and collects what comes up to ReadyForQuery. */
  async ask(...bytes: readonly Buffer[]): Promise<BackendMessage[]> {
    this.socket.write(Buffer.concat(bytes));
    const answer: BackendMessage[] = [];
    for (;;) {
      const message = await this.next();
      answer.push(message);
      if (message.type === 'ReadyForQuery') return answer;
    }
  }

  /** Runs one statement with text parameters; the values of its rows. */
  async rows(
    sql: string,
    parameters: readonly string[],
    formats: readonly FormatCode[],
  ): Promise<(Buffer | null)[][]> {
    const answer = await this.ask(
      encodeParse('', sql),
      encodeBind({
        portal: '',
        statement: '',
        parameterFormats: [],
        parameters: parameters.map((value) => Buffer.from(value)),
        resultFormats: formats,
      }),
      encodeDescribe('portal', ''),
      encodeExecute('', 0),
      encodeSync(),
    );
    for (const message of answer) {
      if (message.type === 'ErrorResponse') throw new Error(`${sql}: ${message.fields.message}`);
    }
    return answer.flatMap((message) => (message.type === 'DataRow' ? [[...message.values]] : []));
  }

  end(): void {
    this.socket.end(encodeTerminate());
  }
}

async function openTcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function openTls(port: number): Promise<TLSSocket> {
  const plain = await openTcp(port);
  plain.write(encodeSSLRequest());
  const [answer] = (await once(plain, 'data')) as [Buffer];
  if (decodeEncryptionAnswer(answer, 'S') !== 'accepted') throw new Error('the server has no TLS');
  const socket = connectTls({ socket: plain, rejectUnauthorized: false, ALPNProtocols: ['postgresql'] });
  await once(socket, 'secureConnect');
  return socket;
}
