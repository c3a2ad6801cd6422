import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface AdminServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certificateFile: string; readonly privateKeyFile: string } | undefined;
  /** The Connect services. */
  readonly rpc: RequestListener;
  readonly tokenEndpoint: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface AdminServer {
  readonly port: number;
  /** Takes no new requests, lets running ones end, and cuts them off when the signal aborts. */
  stop(deadline: AbortSignal): Promise<void>;
}

const LIMITS = {
  requestTimeout: 60_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 32 * 1024,
};
const MAX_CONNECTIONS = 2_000;

/** No page of another origin may use this API, and no answer is ever taken for anything but data. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** One HTTP port for the admin API and the token endpoint. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { tls, host } = options;
  const listener = route(options);
  const server: Server =
    tls === undefined
      ? createHttpServer(LIMITS, listener)
      : createHttpsServer(
          {
            ...LIMITS,
            minVersion: 'TLSv1.2',
            cert: readFileSync(tls.certificateFile),
            key: readFileSync(tls.privateKeyFile),
          },
          listener,
        );
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, host, options.port);
  const stop = (deadline: AbortSignal) =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeIdleConnections();
      const cutOff = () => {
        server.closeAllConnections();
      };
      if (deadline.aborted) cutOff();
      else deadline.addEventListener('abort', cutOff, { once: true });
    });
  return { port, stop };
}

function route({ rpc, tls, tokenEndpoint }: AdminServerOptions): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (tls !== undefined) response.setHeader('strict-transport-security', 'max-age=31536000');
    if (request.url?.split('?')[0] === '/oauth/token') {
      tokenEndpoint(request, response).catch(() => response.destroy());
      return;
    }
    rpc(request, response);
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve(address.port);
    });
  });
}
