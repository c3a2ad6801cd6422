import type { Socket } from 'node:net';
import { AccessError } from '@sallyport/errors';
import type { AuthorizedTarget, SessionLifetime } from '@sallyport/proxy-kit';

/** What ends a session from outside: the control plane's order, its token's end, the client that leaves. */
export function bindLife(life: SessionLifetime, { session }: AuthorizedTarget, client: Socket): void {
  session.onEnd((reason) => {
    life.end(reason);
  });
  life.endAt(session.expiresAt, () => new AccessError('token_expired', 'The token of this session expired.'));
  for (const event of ['close', 'end']) {
    client.once(event, () => {
      life.end('client_closed');
    });
  }
}
