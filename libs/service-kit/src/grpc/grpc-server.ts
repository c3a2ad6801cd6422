import { experimental, Server, ServerCredentials } from '@grpc/grpc-js';

/** PEM texts of a server that speaks mTLS. */
export interface GrpcServerTls {
  readonly certificateChainPem: string;
  readonly privateKeyPem: string;
  /** Who may sign client certificates. */
  readonly clientCaPem: string;
  /**
   * `required`: the handshake fails without one. `optional`: a call may come without, and then
   * has no `peerCertificate`; each method must check for itself (a join has none yet).
   */
  readonly clientCertificate: 'required' | 'optional';
}

export interface GrpcServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absent: plaintext, for tests and unix sockets. */
  readonly tls?: GrpcServerTls;
  /** Calls `addService` for each service, before the port opens. */
  readonly register: (server: Server) => void;
}

export interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  /** Takes no new calls and lets running ones end; when the signal aborts, cuts them off. */
  stop(deadline?: AbortSignal): Promise<void>;
}

/** Largest message either way; a statement of 16 MiB and what travels with it fits. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': 15_000,
    'grpc.keepalive_timeout_ms': 5_000,
  });
  options.register(server);
  const credentials =
    options.tls === undefined ? ServerCredentials.createInsecure() : tlsCredentials(options.tls);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:${String(options.port)}`, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const stop = (deadline: AbortSignal = AbortSignal.abort()) =>
    new Promise<void>((resolve) => {
      server.tryShutdown(() => {
        resolve();
      });
      const cutOff = () => {
        server.forceShutdown();
      };
      if (deadline.aborted) cutOff();
      else deadline.addEventListener('abort', cutOff, { once: true });
    });
  return { port, stop, [Symbol.asyncDispose]: () => stop() };
}

function tlsCredentials(tls: GrpcServerTls): ServerCredentials {
  const certificate = Buffer.from(tls.certificateChainPem);
  const privateKey = Buffer.from(tls.privateKeyPem);
  const caCertificate = Buffer.from(tls.clientCaPem);
  if (tls.clientCertificate === 'required') {
    return ServerCredentials.createSsl(
      caCertificate,
      [{ cert_chain: certificate, private_key: privateKey }],
      true,
    );
  }
  const nothing = () => undefined;
  // One provider for both: grpc-js 1.14.7 takes these two arguments in the other order than it declares.
  const provider: experimental.CertificateProvider = {
    addCaCertificateListener: (listener) => {
      process.nextTick(listener, { caCertificate });
    },
    addIdentityCertificateListener: (listener) => {
      process.nextTick(listener, { certificate, privateKey });
    },
    removeCaCertificateListener: nothing,
    removeIdentityCertificateListener: nothing,
  };
  return experimental.createCertificateProviderServerCredentials(provider, provider, false);
}
