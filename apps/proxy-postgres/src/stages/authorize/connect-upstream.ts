import { encodeCancelRequest } from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';
import type { AuthorizedTarget } from '@sallyport/proxy-kit';
import { logIn, type UpstreamGreeting } from './upstream-login.ts';
import { connectUpstreamSocket, type UpstreamSocket } from './upstream-socket.ts';

/** A connection to a target, logged in. */
export interface UpstreamConnection {
  readonly link: UpstreamSocket;
  readonly greeting: UpstreamGreeting;
}

export interface ConnectOptions {
  readonly database: string | null;
  readonly settings: ReadonlyMap<string, string>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connects to a target that the caller may reach, as the user of its stored credential. @throws AccessError */
export async function connectUpstream(
  target: AuthorizedTarget,
  options: ConnectOptions,
): Promise<UpstreamConnection> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([deadline, options.signal]);
  let link: UpstreamSocket | null = null;
  try {
    link = await connectUpstreamSocket(target.upstream, signal);
    const { database, settings } = options;
    return { link, greeting: await logIn(link, { upstream: target.upstream, database, settings }, signal) };
  } catch (error) {
    link?.socket.destroy();
    if (deadline.aborted)
      throw new AccessError('target_unreachable', 'The target did not answer in time.', {}, error);
    throw error;
  }
}

/** Asks the server to cancel what a session runs, with the server's own key, over a connection of its own. */
export async function cancelUpstream(
  target: AuthorizedTarget,
  greeting: UpstreamGreeting,
  timeoutMs: number,
): Promise<void> {
  const { socket } = await connectUpstreamSocket(target.upstream, AbortSignal.timeout(timeoutMs));
  socket.end(encodeCancelRequest(greeting.processId, greeting.secretKey));
  socket.setTimeout(timeoutMs, () => socket.destroy());
}
