import {
  Code,
  ConnectError,
  createClient,
  type Client,
  type Interceptor,
  type Transport,
} from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import {
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  SshCertificateService,
  TokenService,
} from '@sallyport/contracts/admin';
import { CliError, reasonOf, systemCode } from './cli-error.ts';
import type { ExitName } from './exit-code.ts';

/** The admin API, one client a service. */
export interface AdminApi {
  readonly url: string;
  readonly access: Client<typeof AccessService>;
  readonly resources: Client<typeof ResourceService>;
  readonly reviews: Client<typeof ReviewService>;
  readonly sessions: Client<typeof SessionHistoryService>;
  readonly ssh: Client<typeof SshCertificateService>;
  readonly tokens: Client<typeof TokenService>;
  /** Waits for a call and turns its failure into a CliError. */
  readonly call: <Response>(response: Promise<Response>) => Promise<Response>;
}

const TIMEOUT_MS = 30_000;
/** Recordings come in pieces; manifests and lists are smaller. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Where the control plane puts the stable code of a refusal. */
const ERROR_CODE_HEADER = 'sallyport-code';

/** Connect over HTTP/1.1, which every proxy between lets through. */
export function createTransport(url: string, token: string | undefined): Transport {
  const authorize: Interceptor = (next) => (request) => {
    if (token !== undefined) request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
  return createConnectTransport({
    baseUrl: url,
    httpVersion: '1.1',
    useBinaryFormat: true,
    interceptors: [authorize],
    readMaxBytes: MOST_BYTES,
    defaultTimeoutMs: TIMEOUT_MS,
  });
}

export function createAdminApi(url: string, token: string): AdminApi {
  const transport = createTransport(url, token);
  return {
    url,
    access: createClient(AccessService, transport),
    resources: createClient(ResourceService, transport),
    reviews: createClient(ReviewService, transport),
    sessions: createClient(SessionHistoryService, transport),
    ssh: createClient(SshCertificateService, transport),
    tokens: createClient(TokenService, transport),
    call: (response) => calling(url, response),
  };
}

/** Waits for a call and turns its failure into a CliError. */
export async function calling<Response>(url: string, response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    throw toCliError(url, error);
  }
}

/** What a failed call means to whoever ran the command. */
export function toCliError(url: string, thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const error = ConnectError.from(thrown);
  const isSystem = systemCode(error.cause) !== undefined && !error.metadata.has(ERROR_CODE_HEADER);
  if (isSystem) return unreachable(url, error);
  const message =
    error.rawMessage === '' ? `The control plane answered "${Code[error.code]}".` : error.rawMessage;
  switch (error.code) {
    case Code.Unauthenticated:
      return new CliError('notAuthenticated', message, { next: loginHint(error) });
    case Code.PermissionDenied:
      return new CliError('denied', message);
    case Code.NotFound:
      return new CliError('notFound', message);
    case Code.Unimplemented:
      return new CliError('failed', `The control plane at ${url} does not offer this.`, {
        reason: message,
        next: 'Check --url, and that it is as new as this program.',
      });
    case Code.Unavailable:
    case Code.DeadlineExceeded:
      return unreachable(url, error);
    default:
      return new CliError(exitOfCode(error.code), message);
  }
}

function exitOfCode(code: Code): ExitName {
  return code === Code.Canceled ? 'interrupted' : 'failed';
}

/** The message of a refusal says what to do already. */
function loginHint(error: ConnectError): string {
  return error.metadata.has(ERROR_CODE_HEADER)
    ? ''
    : 'Run "sallyport login", or set SALLYPORT_TOKEN to a valid token.';
}

function unreachable(url: string, error: ConnectError): CliError {
  if (error.metadata.has(ERROR_CODE_HEADER)) return new CliError('unreachable', error.rawMessage);
  const reason = error.cause === undefined ? error.rawMessage : reasonOf(error.cause);
  if (/CERT|TLS|SSL/.test(systemCode(error.cause) ?? '')) {
    const next = 'If its CA is your own, name the CA file in NODE_EXTRA_CA_CERTS.';
    return new CliError('unreachable', `The certificate of the control plane at ${url} is not trusted.`, {
      reason,
      next,
    });
  }
  const next = 'Check that it runs, and --url or SALLYPORT_URL.';
  return new CliError('unreachable', `The control plane at ${url} does not answer.`, { reason, next });
}
