import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@sallyport/service-kit';
import type { ControlPlaneMetrics } from '../metrics.ts';
import { exchangeToken, outcomeOf, type TokenExchangeOptions } from './exchange-token.ts';
import type { OAuthError } from './token-request.ts';

export interface TokenEndpointOptions extends TokenExchangeOptions {
  readonly metrics: ControlPlaneMetrics;
}

const MAX_BODY_BYTES = 64 * 1024;

/** `POST /oauth/token` (RFC 6749, section 3.2): a form in, JSON out, never cached. */
export async function serveTokenEndpoint(
  options: TokenEndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end();
    return;
  }
  const form = await readForm(request);
  const answer =
    form === undefined ? tooLarge : form instanceof URLSearchParams ? await guarded(options, form) : form;
  options.metrics.exchanged(outcomeOf(answer));
  if (!('error' in answer)) {
    send(response, 200, answer);
    return;
  }
  if (answer.status === 413) response.setHeader('connection', 'close');
  send(response, answer.status, { error: answer.error, error_description: answer.description });
}

const tooLarge: OAuthError = {
  status: 413,
  error: 'invalid_request',
  description: 'the request is too large',
};

async function guarded(
  options: TokenExchangeOptions,
  form: URLSearchParams,
): Promise<Awaited<ReturnType<typeof exchangeToken>>> {
  try {
    return await exchangeToken(options, form);
  } catch (error) {
    logFailure(options.logger, error);
    return { status: 503, error: 'temporarily_unavailable', description: 'the request cannot be served now' };
  }
}

function logFailure(logger: Logger, error: unknown): void {
  logger.error('token exchange failed', { error });
}

/** The form, an error, or undefined where there is too much of it. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | OAuthError | undefined> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return {
      status: 400,
      error: 'invalid_request',
      description: 'the body must be application/x-www-form-urlencoded',
    };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    })
    .end(`${JSON.stringify(body)}\n`);
}
