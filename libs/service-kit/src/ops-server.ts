import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from './metrics.ts';

/** Whether one thing that the service needs is there; must not wait for long. */
export type ReadinessCheck = () => boolean | Promise<boolean>;

export interface OpsServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly registry: Registry;
  /** By name; `/readyz` shows each. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}

export interface OpsServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** From now on `/readyz` answers 503, so that no new connections are sent here. */
  drain(): void;
  stop(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 100;

/**
 * Serves `/healthz` (the process runs), `/readyz` (every check holds and the service does
 * not drain; 503 otherwise) and `/metrics`. Rejects if the port is taken.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  let draining = false;
  const routes: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/healthz': (response) => sendJson(response, 200, { status: 'ok' }),
    '/readyz': async (response) => {
      const checks = await runChecks(options.checks);
      const ready = !draining && Object.values(checks).every(Boolean);
      await sendJson(response, ready ? 200 : 503, { ready, draining, checks });
    },
    '/metrics': async (response) => {
      const text = await options.registry.metrics();
      response.writeHead(200, { 'content-type': options.registry.contentType }).end(text);
    },
  };
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      const route = routes[request.url?.split('?')[0] ?? ''];
      if (route === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
        response.writeHead(route === undefined ? 404 : 405).end();
        return;
      }
      route(response).catch(() => response.writeHead(500).end());
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  const address = await listen(server, options);
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return {
    host: options.host,
    port: address.port,
    drain: () => {
      draining = true;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function runChecks(checks: OpsServerOptions['checks']): Promise<Record<string, boolean>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return [name, await check()] as const;
      } catch {
        return [name, false] as const;
      }
    }),
  );
  return Object.fromEntries(results);
}

function listen(
  server: ReturnType<typeof createServer>,
  { host, port }: OpsServerOptions,
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve(address);
    });
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  return Promise.resolve();
}
