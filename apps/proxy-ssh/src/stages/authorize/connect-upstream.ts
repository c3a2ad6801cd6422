import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Upstream } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { AuthorizedTarget } from '@sallyport/proxy-kit';
import { targetAlgorithms } from '../../transport/algorithms.ts';
import type { LoginKey } from '../../transport/node-crypto.ts';
import { SshTransport, type TransportSettings } from '../../transport/ssh-transport.ts';
import { SocketReads } from '../../transport/socket-reads.ts';
import { HostTrust } from './host-trust.ts';
import { logIn } from './upstream-login.ts';

export interface ConnectOptions {
  readonly settings: Omit<TransportSettings, 'algorithms'>;
  /** Made for this session; logs in where the target takes certificates. */
  readonly sessionKey: LoginKey;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Keeps a half-open connection from being waited for without end. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Connects to a target that the caller may reach, makes sure that it is the
 * host it should be, and only then logs in with the target's credential.
 * @throws AccessError target_unreachable, target_refused_credential; never with the address in what callers see
 */
export async function connectUpstream(
  target: AuthorizedTarget,
  options: ConnectOptions,
): Promise<SshTransport> {
  const { upstream } = target;
  const trust = HostTrust.of(upstream.sshHostTrust, upstream.host);
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([deadline, options.signal]);
  let transport: SshTransport | null = null;
  let believed = true;
  try {
    const reads = new SocketReads();
    const socket = await connectSocket(upstream, reads, signal);
    transport = new SshTransport(
      socket,
      {
        side: 'client',
        verifyHost: (hostKey) => {
          believed = trust.believes(hostKey, new Date());
          return believed;
        },
      },
      {
        ...options.settings,
        algorithms: targetAlgorithms({ keyTypes: trust.keyTypes, authorities: trust.hasAuthorities }),
      },
      reads,
    );
    transport.start();
    await Promise.race([transport.ready, aborted(signal)]);
    await logIn(transport, upstream, options.sessionKey, signal);
    return transport;
  } catch (thrown) {
    transport?.destroy();
    throw reasonOf(thrown, { believed, timedOut: deadline.aborted });
  }
}

function reasonOf(
  thrown: unknown,
  facts: { readonly believed: boolean; readonly timedOut: boolean },
): AccessError {
  if (!facts.believed) {
    return new AccessError(
      'target_unreachable',
      'The target is not the host it should be: its host key is another.',
      {
        next: 'Tell an administrator: somebody may be in between, or the host has a new key.',
      },
    );
  }
  if (facts.timedOut)
    return new AccessError('target_unreachable', 'The target did not answer in time.', {}, thrown);
  if (thrown instanceof AccessError && thrown.code !== 'protocol_violation') return thrown;
  return new AccessError('target_unreachable', 'The target cannot be reached.', {}, thrown);
}

async function connectSocket(
  { host, port }: Upstream,
  reads: SocketReads,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connectTcp({
    onread: reads.options,
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  // The transport listens for `close`, which follows every error.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
