import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { decodeEncryptionAnswer, encodeSSLRequest, tlsServerEndPoint } from '@sallyport/codec-postgres';
import { UpstreamTlsMode, type Upstream } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { ReadSlab } from './read-slab.ts';

/** A connection to a target on which nothing was said yet, but TLS. */
export interface UpstreamSocket {
  readonly socket: Socket;
  readonly encryption: 'none' | 'unverified' | 'verified';
  /** For SCRAM's channel binding; null where there is none. */
  readonly serverEndPoint: Buffer | null;
  /** Who gets the bytes from now on. */
  setReader(reader: ChunkReader): void;
}

/**
 * Takes bytes of the target. They are the reader's for good, unless it says
 * true: it only passes them on, and once `isDrained` they may be written over.
 */
export interface ChunkReader {
  (chunk: Buffer): unknown;
  /** Whether all that was passed on of the chunks before the newest has left the process. */
  readonly isDrained?: () => boolean;
}

/** Keeps a half-open upstream from being waited for without end. */
const KEEP_ALIVE_MS = 30_000;
const NEVER_DRAINED = () => false;

/**
 * Connects, with TLS as the target's definition says.
 * @throws AccessError target_unreachable; never with the address in what callers see
 */
export async function connectUpstreamSocket(
  upstream: Upstream,
  signal: AbortSignal,
): Promise<UpstreamSocket> {
  const mode = upstream.tls?.mode ?? UpstreamTlsMode.UNSPECIFIED;
  try {
    return mode === UpstreamTlsMode.DISABLE
      ? await connectPlain(upstream, signal)
      : await connectEncrypted(upstream, mode, signal);
  } catch (error) {
    if (error instanceof AccessError) throw error;
    throw new AccessError('target_unreachable', 'The target cannot be reached.', {}, error);
  }
}

async function connectPlain(upstream: Upstream, signal: AbortSignal): Promise<UpstreamSocket> {
  const slab = new ReadSlab();
  let reader: ChunkReader = () => undefined;
  const socket = connectTcp({
    host: upstream.host,
    port: upstream.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    onread: {
      buffer: () => slab.next(reader.isDrained ?? NEVER_DRAINED),
      callback: (length, buffer) => {
        if (reader(slab.take(buffer, length)) !== true) slab.keep();
        return true;
      },
    },
  });
  await connected(socket, 'connect', signal);
  const setReader = (next: ChunkReader) => {
    reader = next;
  };
  return { socket, encryption: 'none', serverEndPoint: null, setReader };
}

async function connectEncrypted(
  upstream: Upstream,
  mode: UpstreamTlsMode,
  signal: AbortSignal,
): Promise<UpstreamSocket> {
  const plain = connectTcp({
    host: upstream.host,
    port: upstream.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  await connected(plain, 'connect', signal);
  plain.write(encodeSSLRequest());
  const answer = await firstBytes(plain, signal);
  if (decodeEncryptionAnswer(answer, 'S') === 'refused') {
    plain.destroy();
    throw new AccessError(
      'target_unreachable',
      'The target does not offer TLS, and its definition asks for it.',
    );
  }
  const socket = connectTls({ socket: plain, ...tlsOptions(upstream, mode) });
  await connected(socket, 'secureConnect', signal);
  const setReader = (next: ChunkReader) => {
    socket.removeAllListeners('data');
    socket.on('data', next);
  };
  const encryption = mode === UpstreamTlsMode.REQUIRE ? 'unverified' : 'verified';
  return { socket, encryption, serverEndPoint: endPointOf(socket), setReader };
}

/** Verified in full unless the definition says less: an unknown mode is the strictest one. */
function tlsOptions(upstream: Upstream, mode: UpstreamTlsMode): ConnectionOptions {
  const name = upstream.tls?.serverName || upstream.host;
  const ca = upstream.tls?.caPem ?? '';
  return {
    ALPNProtocols: ['postgresql'],
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === '' ? {} : { ca }),
    rejectUnauthorized: mode !== UpstreamTlsMode.REQUIRE,
    checkServerIdentity: (_host, certificate) =>
      mode === UpstreamTlsMode.VERIFY_CA || mode === UpstreamTlsMode.REQUIRE
        ? undefined
        : checkServerIdentity(name, certificate),
  };
}

function endPointOf(socket: TLSSocket): Buffer | null {
  const certificate = socket.getPeerCertificate();
  return Buffer.isBuffer(certificate.raw) ? tlsServerEndPoint(certificate.raw) : null;
}

async function connected(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<void> {
  // Whoever uses the socket later listens for `close`, which follows every error.
  socket.on('error', () => undefined);
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The answer to an SSLRequest: whatever the server sent, which must be one byte. */
async function firstBytes(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = socket.read();
    if (Buffer.isBuffer(chunk)) return chunk;
    if (socket.readableEnded || socket.destroyed) {
      throw new AccessError('target_unreachable', 'The target closed the connection.');
    }
    await Promise.race([once(socket, 'readable', { signal }), once(socket, 'end', { signal })]);
  }
}
