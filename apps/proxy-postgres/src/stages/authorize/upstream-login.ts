import {
  BACKEND_RULES,
  BackendType,
  ClientAuthenticator,
  decodeAuthentication,
  decodeBackendKeyData,
  decodeErrorResponse,
  decodeParameterStatus,
  encodeStartupMessage,
  FrameScanner,
  PROTOCOL_3_0,
  type AuthenticationMethod,
  type ScannedPart,
} from '@sallyport/codec-postgres';
import type { Upstream } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { UpstreamSocket } from './upstream-socket.ts';

/** What the server said while it let the proxy in. */
export interface UpstreamGreeting {
  /** ParameterStatus, newest value of each. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The server's own cancel key. A secret: clients get another one. */
  readonly processId: number;
  readonly secretKey: Buffer;
}

export interface UpstreamLoginRequest {
  readonly upstream: Upstream;
  /** Null: the target's default, or the user's name. */
  readonly database: string | null;
  /** Settings for the session, names in lower case. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Says hello with the target's credential. @throws AccessError target_refused_credential, target_unreachable, target_not_available */
export async function logIn(
  link: UpstreamSocket,
  request: UpstreamLoginRequest,
  signal: AbortSignal,
): Promise<UpstreamGreeting> {
  const { upstream } = request;
  if (upstream.credential.case !== 'password') {
    throw new AccessError(
      'target_refused_credential',
      'The target has no credential that this door can use.',
    );
  }
  const { username, password } = upstream.credential.value;
  const database = request.database ?? upstream.parameters['database'] ?? username;
  link.socket.write(
    encodeStartupMessage(
      PROTOCOL_3_0,
      new Map([['user', username], ['database', database], ...request.settings]),
    ),
  );
  const authenticator = new ClientAuthenticator({
    user: username,
    password,
    methods: allowedMethods(link),
    serverEndPoint: link.serverEndPoint,
  });
  const greeting = new GreetingReader(authenticator, (bytes) => link.socket.write(bytes));
  for await (const part of backendParts(link, signal)) {
    if (await greeting.take(part)) return greeting.result();
  }
  throw new AccessError('target_unreachable', 'The target closed the connection.');
}

/** A password in clear goes only to a server that proved who it is. */
function allowedMethods(link: UpstreamSocket): ReadonlySet<AuthenticationMethod> {
  const always: AuthenticationMethod[] = ['scram-sha-256-plus', 'scram-sha-256', 'md5', 'none'];
  return new Set(link.encryption === 'verified' ? [...always, 'cleartext'] : always);
}

class GreetingReader {
  readonly #authenticator: ClientAuthenticator;
  readonly #send: (bytes: Buffer) => void;
  readonly #parameters = new Map<string, string>();
  #authenticated = false;
  #key: { processId: number; secretKey: Buffer } = { processId: 0, secretKey: Buffer.alloc(4) };

  constructor(authenticator: ClientAuthenticator, send: (bytes: Buffer) => void) {
    this.#authenticator = authenticator;
    this.#send = send;
  }

  /** True once the server is ready. */
  async take(part: ScannedPart): Promise<boolean> {
    switch (part.type) {
      case BackendType.Authentication: {
        const step = await this.#authenticator.respond(decodeAuthentication(part));
        if (step.kind === 'send') this.#send(step.bytes);
        if (step.kind === 'authenticated') this.#authenticated = true;
        return false;
      }
      case BackendType.ErrorResponse:
        throw loginRefused(decodeErrorResponse(part).fields.code ?? '');
      case BackendType.ParameterStatus: {
        const { name, value } = decodeParameterStatus(part);
        this.#parameters.set(name, value);
        return false;
      }
      case BackendType.BackendKeyData: {
        const { processId, secretKey } = decodeBackendKeyData(part);
        this.#key = { processId, secretKey: Buffer.from(secretKey) };
        return false;
      }
      case BackendType.ReadyForQuery:
        if (!this.#authenticated) throw unexpected();
        return true;
      case BackendType.NoticeResponse:
      case BackendType.NegotiateProtocolVersion:
        return false;
      default:
        throw unexpected();
    }
  }

  result(): UpstreamGreeting {
    return { parameters: this.#parameters, ...this.#key };
  }
}

/** Messages of the server, one after the other, until the signal or the end of the connection. */
async function* backendParts(link: UpstreamSocket, signal: AbortSignal): AsyncGenerator<ScannedPart> {
  const chunks: Buffer[] = [];
  let wake: () => void = () => undefined;
  link.setReader((chunk) => {
    chunks.push(chunk);
    wake();
  });
  const onStop = () => {
    wake();
  };
  link.socket.once('close', onStop);
  signal.addEventListener('abort', onStop);
  const scanner = new FrameScanner(BACKEND_RULES);
  try {
    for (;;) {
      signal.throwIfAborted();
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        scanner.push(chunk);
        for (let part = scanner.next(); part !== null; part = scanner.next()) yield part;
      } else if (link.socket.destroyed || link.socket.readableEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    link.socket.off('close', onStop);
    signal.removeEventListener('abort', onStop);
  }
}

/** What the caller may know of a refused login: no address, no user, none of the server's own words. */
function loginRefused(sqlState: string): AccessError {
  if (sqlState.startsWith('28')) {
    return new AccessError(
      'target_refused_credential',
      'The target refused the credential that is stored for it.',
    );
  }
  if (sqlState === '3D000')
    return new AccessError('target_not_available', 'The target has no such database.');
  if (sqlState === '53300')
    return new AccessError('target_unreachable', 'The target takes no more connections.');
  return new AccessError('target_unreachable', `The target refused the connection (SQLSTATE ${sqlState}).`);
}

function unexpected(): AccessError {
  return new AccessError('target_unreachable', 'The target did not follow the protocol while connecting.');
}
