import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConnectRouter, ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import {
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  TokenService,
} from '@sallyport/contracts/admin';

/** Scripted answers of the admin API. What is left out is not served. */
export interface Script {
  readonly access?: Partial<ServiceImpl<typeof AccessService>>;
  readonly resources?: Partial<ServiceImpl<typeof ResourceService>>;
  readonly reviews?: Partial<ServiceImpl<typeof ReviewService>>;
  readonly sessions?: Partial<ServiceImpl<typeof SessionHistoryService>>;
  readonly tokens?: Partial<ServiceImpl<typeof TokenService>>;
  /** The token endpoint: a form in, status and JSON out. */
  readonly exchange?: (form: URLSearchParams) => { readonly status: number; readonly body: unknown };
}

export interface FakeControlPlane extends AsyncDisposable {
  readonly url: string;
  /** Authorization header, HTTP version and path of each request, in order. */
  readonly requests: {
    readonly authorization: string;
    readonly httpVersion: string;
    readonly path: string;
  }[];
}

/** A Connect server with scripted answers on a free port of loopback. */
export async function startFakeControlPlane(script: Script): Promise<FakeControlPlane> {
  const requests: FakeControlPlane['requests'] = [];
  const routes = (router: ConnectRouter): void => {
    if (script.access) router.service(AccessService, script.access);
    if (script.resources) router.service(ResourceService, script.resources);
    if (script.reviews) router.service(ReviewService, script.reviews);
    if (script.sessions) router.service(SessionHistoryService, script.sessions);
    if (script.tokens) router.service(TokenService, script.tokens);
  };
  const rpc = connectNodeAdapter({ routes, grpc: false, grpcWeb: false });
  const server = createServer((request, response) => {
    requests.push({
      authorization: request.headers.authorization ?? '',
      httpVersion: request.httpVersion,
      path: request.url ?? '',
    });
    if (request.url === '/oauth/token') void serveExchange(script, request, response);
    else rpc(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serveExchange(
  script: Script,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const { status, body } = script.exchange?.(new URLSearchParams(text)) ?? { status: 404, body: {} };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
