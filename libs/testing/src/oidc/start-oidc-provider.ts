import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from '../free-port.ts';
import { handleLogin } from './login-page.ts';
import { DEFAULT_PEOPLE, type OidcAgent, type OidcPerson } from './people.ts';
import { providerConfiguration } from './provider-configuration.ts';

export interface OidcOptions {
  /** Default: a free one. The issuer's URL has it in. */
  readonly port?: number;
  /** Default: ada (platform), dan (dba), eve (analysts). */
  readonly people?: readonly OidcPerson[];
  /** Default: `shop-agent` with a random secret, in the group `agents`. */
  readonly agents?: readonly OidcAgent[];
  /** What access tokens are for; default "sallyport". */
  readonly audience?: string;
  /** Lifetime of every token; default 600. */
  readonly tokenTtlSeconds?: number;
  /** Keeps the signing key from one start to the next. */
  readonly keyFile?: string;
}

/** A real OpenID provider on loopback. */
export interface OidcProvider extends AsyncDisposable {
  /** "http://127.0.0.1:PORT" */
  readonly issuer: string;
  readonly audience: string;
  /** Public client of the device flow. */
  readonly deviceClientId: string;
  readonly people: readonly OidcPerson[];
  readonly agents: readonly OidcAgent[];
  stop(): Promise<void>;
}

export async function startOidcProvider(options: OidcOptions = {}): Promise<OidcProvider> {
  const port = options.port ?? (await freePort());
  const issuer = `http://127.0.0.1:${port}`;
  const people = options.people ?? DEFAULT_PEOPLE;
  const agents = options.agents ?? [
    { clientId: 'shop-agent', clientSecret: randomBytes(24).toString('base64url'), groups: ['agents'] },
  ];
  const audience = options.audience ?? 'sallyport';
  const deviceClientId = 'sallyport-cli';
  const provider = new Provider(
    issuer,
    providerConfiguration({
      people,
      agents,
      audience,
      deviceClientId,
      tokenTtlSeconds: options.tokenTtlSeconds ?? 600,
      ...(options.keyFile === undefined ? {} : { keyFile: options.keyFile }),
    }),
  );
  const answer = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void answer(request, response);
      return;
    }
    handleLogin(provider, people, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
      response.end('This login is not there any more. Start again.\n');
    });
  });
  await listen(server, port);
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { issuer, audience, deviceClientId, people, agents, stop, [Symbol.asyncDispose]: stop };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
