import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { AccessError } from '@sallyport/errors';

/** Reads the next bytes of a socket that is still in its startup phase. @throws AccessError client gone */
export async function readSome(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = socket.read();
    if (Buffer.isBuffer(chunk)) return chunk;
    if (socket.readableEnded || socket.destroyed) throw gone();
    signal.throwIfAborted();
    const waiting = new AbortController();
    const either = { signal: AbortSignal.any([signal, waiting.signal]) };
    try {
      await Promise.race([
        once(socket, 'readable', either),
        once(socket, 'end', either),
        once(socket, 'close', either),
      ]);
    } finally {
      waiting.abort();
    }
  }
}

/** The protocol's name in ALPN; direct TLS requires it (protocol document, 55.2.11). */
const ALPN = 'postgresql';

/**
 * Turns a connection into TLS. `early` are the bytes of the handshake read so far.
 * @throws AccessError protocol_violation when the handshake fails, or lacks ALPN where it is required
 */
export async function startTls(
  socket: Socket,
  early: Buffer,
  secureContext: SecureContext,
  alpn: 'required' | 'optional',
  signal: AbortSignal,
): Promise<TLSSocket> {
  if (early.length > 0) socket.unshift(early);
  const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: [ALPN] });
  // Errors before `secure` surface through once(); later ones are the session's to handle.
  tls.on('error', () => undefined);
  try {
    await once(tls, 'secure', { signal });
  } catch (error) {
    tls.destroy();
    signal.throwIfAborted();
    throw new AccessError('protocol_violation', 'The TLS handshake failed.', {}, error);
  }
  if (alpn === 'required' && tls.alpnProtocol !== ALPN) {
    tls.destroy();
    throw new AccessError('protocol_violation', 'Direct TLS needs ALPN with "postgresql".');
  }
  return tls;
}

function gone(): AccessError {
  return new AccessError('protocol_violation', 'The client closed the connection while it was being set up.');
}
