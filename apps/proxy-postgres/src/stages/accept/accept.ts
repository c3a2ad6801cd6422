import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import {
  encodeNegotiateProtocolVersion,
  PROTOCOL_3_0,
  PROTOCOL_3_2,
  StartupReader,
  type CancelRequest,
  type ProtocolVersion,
  type StartupMessage,
} from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';
import { sortStartupSettings, type StartupSettings } from './startup-options.ts';
import { readSome, startTls } from './startup-socket.ts';
import { parseTargetName, type RequestedTarget } from './target-name.ts';

export interface AcceptOptions {
  /** Null: the door has no certificate, and TLS is answered with N. */
  readonly secureContext: SecureContext | null;
  /** Whether this connection may go on without TLS. */
  readonly allowPlaintext: boolean;
  /** Aborted when the time before authentication is over. */
  readonly signal: AbortSignal;
  /** Hands over the socket as it changes, so that whoever closes it closes the right one. */
  readonly onSocket: (socket: Socket) => void;
}

/** A client that said what it wants. */
export interface AcceptedClient {
  readonly kind: 'client';
  readonly socket: Socket;
  readonly version: ProtocolVersion;
  readonly requested: RequestedTarget;
  readonly user: string;
  readonly applicationName: string;
  readonly settings: StartupSettings;
}

export type Accepted = AcceptedClient | { readonly kind: 'cancel'; readonly request: CancelRequest };

const TLS_YES = Buffer.from('S');
const NO = Buffer.from('N');
/** SSLRequest and GSSENCRequest, once each, and the packet itself. */
const MAX_PACKETS = 3;

/**
 * The start of a connection (protocol document, 55.2.1, 55.2.10, 55.2.11): TLS,
 * versions, and what the client asks for. @throws AccessError
 */
export async function accept(client: Socket, options: AcceptOptions): Promise<Accepted> {
  const reader = new StartupReader();
  let socket = client;
  let secure = false;
  let unread: Buffer = Buffer.alloc(0);
  for (let packets = 0; packets < MAX_PACKETS;) {
    const read = reader.push(unread.length > 0 ? unread : await readSome(socket, options.signal));
    unread = Buffer.alloc(0);
    if (read.kind === 'incomplete') continue;
    packets++;
    if (read.kind === 'direct-tls') {
      if (secure) throw violation('TLS within TLS is not possible.');
      socket = await startTls(socket, read.bytes, requireContext(options), 'required', options.signal);
      options.onSocket(socket);
      secure = true;
      continue;
    }
    const { packet, rest } = read;
    switch (packet.type) {
      case 'SSLRequest': {
        const context = options.secureContext;
        // Bytes sent before the answer were not protected (CVE-2021-23214).
        if (rest.length > 0 || secure) throw violation('Bytes came before the answer to an SSLRequest.');
        socket.write(context === null ? NO : TLS_YES);
        if (context === null) continue;
        socket = await startTls(socket, Buffer.alloc(0), context, 'optional', options.signal);
        options.onSocket(socket);
        secure = true;
        continue;
      }
      case 'GSSENCRequest':
        if (rest.length > 0) throw violation('Bytes came before the answer to a GSSENCRequest.');
        socket.write(NO);
        continue;
      case 'CancelRequest':
        return { kind: 'cancel', request: packet };
      case 'StartupMessage':
        if (rest.length > 0) throw violation('Bytes came before the authentication.');
        if (!secure && !options.allowPlaintext) {
          throw new AccessError('feature_not_supported', 'This door takes TLS only (sslmode=require).');
        }
        return readStartup(socket, packet);
    }
  }
  throw violation('The connection did not get to its startup packet.');
}

function readStartup(socket: Socket, message: StartupMessage): AcceptedClient {
  const { parameters, version } = message;
  if (version.major !== 3) throw violation('Only protocol version 3 is spoken here.');
  const replication = parameters.get('replication');
  if (replication !== undefined && !/^(0|false|off|no)$/i.test(replication)) {
    throw new AccessError('feature_not_supported', 'Replication does not go through Sallyport.');
  }
  const user = parameters.get('user') ?? '';
  if (user === '') throw violation('The startup packet names no user.');
  const spoken = negotiate(socket, message);
  return {
    kind: 'client',
    socket,
    version: spoken,
    requested: parseTargetName(parameters.get('database') ?? user),
    user,
    applicationName: parameters.get('application_name') ?? parameters.get('fallback_application_name') ?? '',
    settings: sortStartupSettings(parameters),
  };
}

/** 3.2 for who asks for 3.2; whatever else is newer than 3.0, and any `_pq_.` option, is negotiated down. */
function negotiate(socket: Socket, { version, parameters }: StartupMessage): ProtocolVersion {
  const newest = version.minor >= PROTOCOL_3_2.minor ? PROTOCOL_3_2 : PROTOCOL_3_0;
  const options = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'));
  if (newest.minor !== version.minor || options.length > 0) {
    socket.write(encodeNegotiateProtocolVersion(newest, options));
  }
  return newest;
}

function requireContext(options: AcceptOptions): SecureContext {
  const context = options.secureContext;
  if (context === null) throw violation('This door has no TLS certificate.');
  return context;
}

function violation(message: string): AccessError {
  return new AccessError('protocol_violation', message);
}
