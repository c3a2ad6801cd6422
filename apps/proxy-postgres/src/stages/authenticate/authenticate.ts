import type { Socket } from 'node:net';
import {
  AUTHENTICATION_RULES,
  decodePasswordMessage,
  encodeAuthenticationCleartextPassword,
  FrameScanner,
} from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';
import {
  authenticate as openSession,
  type AuthenticatedIdentity,
  type ControlPlanePort,
} from '@sallyport/proxy-kit';

export interface AuthenticateOptions {
  readonly controlPlane: Pick<ControlPlanePort, 'openSession'>;
  readonly targetName: string;
  readonly clientAddress: string;
  readonly clientName: string;
  readonly read: () => Promise<Buffer>;
}

/**
 * Asks for the token as a cleartext password (protocol document, 55.2.1), which
 * is only done within TLS or on the loopback, and shows it to the control plane.
 * @throws AccessError token_*, target_not_available, control_plane_unavailable
 */
export async function authenticate(
  socket: Socket,
  options: AuthenticateOptions,
): Promise<AuthenticatedIdentity> {
  socket.write(encodeAuthenticationCleartextPassword());
  const token = await readPassword(options.read);
  if (token === '') throw new AccessError('token_missing', 'No token was given as the password.');
  return openSession(options.controlPlane, {
    protocol: 'postgres',
    targetName: options.targetName,
    credential: { kind: 'token', token },
    clientAddress: options.clientAddress,
    clientName: options.clientName,
  });
}

async function readPassword(read: () => Promise<Buffer>): Promise<string> {
  const scanner = new FrameScanner(AUTHENTICATION_RULES);
  for (;;) {
    scanner.push(await read());
    const part = scanner.next();
    if (part === null) continue;
    if (part.kind !== 'messages')
      throw new AccessError('token_invalid', 'The password is too long to be a token.');
    const { password } = decodePasswordMessage(part);
    if (scanner.next() !== null || !scanner.atBoundary) {
      throw new AccessError('protocol_violation', 'Bytes came after the password, before its answer.');
    }
    return password;
  }
}
