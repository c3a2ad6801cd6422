import { AccessError } from '@sallyport/errors';
import type { SshTransport } from '../../transport/ssh-transport.ts';
import { decodeService, encodeService, TransportNumber } from '../../transport/transport-message.ts';

/** A client that exchanged keys and wants to log in. */
export interface AcceptedClient {
  readonly transport: SshTransport;
  /** What the client calls itself. */
  readonly clientName: string;
}

const USER_AUTHENTICATION = 'ssh-userauth';
/** Its identification string without the protocol's version in front; as much of it as a record needs. */
const MAX_NAME = 128;

/** The start of a connection (RFC 4253): identification, key exchange, the one service there is. @throws AccessError */
export async function accept(transport: SshTransport, signal: AbortSignal): Promise<AcceptedClient> {
  transport.start();
  await ready(transport, signal);
  const payload = await transport.read(signal);
  if (payload[0] !== TransportNumber.SERVICE_REQUEST) throw violation('The client did not ask to log in.');
  const service = decodeService(5, payload);
  if (service !== USER_AUTHENTICATION) throw violation('The client asked for a service that does not exist.');
  transport.send(encodeService(6, service));
  return { transport, clientName: transport.peerIdent.replace(/^SSH-[^-]*-/, '').slice(0, MAX_NAME) };
}

function ready(transport: SshTransport, signal: AbortSignal): Promise<unknown> {
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => reject(new AccessError('handshake_timeout', 'The time to log in is over.')),
      {
        once: true,
      },
    );
  });
  return Promise.race([transport.ready, late]);
}

function violation(message: string): AccessError {
  return new AccessError('protocol_violation', message);
}
