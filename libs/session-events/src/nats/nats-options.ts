import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';

/** Where NATS is and how to reach it. Plain data, so that it can be handed to another thread. */
export interface NatsOptions {
  /** "nats://host:4222" or "tls://host:4222"; any of them. */
  readonly servers: readonly string[];
  /** What NATS shows as the client's name. */
  readonly name: string;
  /** Holds a token; read at each connect, so that it can be replaced while running. */
  readonly tokenFile?: string;
  /** A token, where there is no file. */
  readonly token?: string;
  /** A NATS credentials file (JWT and nkey); read at each connect. */
  readonly credentialsFile?: string;
  readonly tls?: {
    /** Default: the system's roots. */
    readonly caFile?: string;
    /** A client certificate, for servers that ask for one. */
    readonly certificateFile?: string;
    readonly keyFile?: string;
  };
}

const CONNECT_TIMEOUT_MS = 5000;
const PING_INTERVAL_MS = 10_000;

/**
 * One connection, that ends for good when it is lost: whoever uses it connects
 * anew, and knows that it did. A library that reconnects behind one's back
 * keeps what was sent meanwhile in memory, and nobody can say what arrived.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { tls, credentialsFile } = options;
  const token =
    options.tokenFile === undefined ? options.token : readFileSync(options.tokenFile, 'utf8').trim();
  const connection: NodeConnectionOptions = {
    servers: [...options.servers],
    name: options.name,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    ...(token === undefined ? {} : { token }),
    ...(credentialsFile === undefined
      ? {}
      : { authenticator: credsAuthenticator(readFileSync(credentialsFile)) }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
  };
  return connect(connection);
}

function tlsOptions(tls: NonNullable<NatsOptions['tls']>) {
  return {
    ...(tls.caFile === undefined ? {} : { caFile: tls.caFile }),
    ...(tls.certificateFile === undefined ? {} : { certFile: tls.certificateFile }),
    ...(tls.keyFile === undefined ? {} : { keyFile: tls.keyFile }),
  };
}
