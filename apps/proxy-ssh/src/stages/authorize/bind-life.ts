import { AccessError } from '@sallyport/errors';
import type { AuthorizedTarget, SessionLifetime } from '@sallyport/proxy-kit';
import type { SshTransport } from '../../transport/ssh-transport.ts';

/** What ends a session from outside: the control plane's order, its token's end, the client that leaves. */
export function bindLife(life: SessionLifetime, { session }: AuthorizedTarget, client: SshTransport): void {
  session.onEnd((reason) => {
    life.end(reason);
  });
  life.endAt(session.expiresAt, () => new AccessError('token_expired', 'The token of this session expired.'));
  void client.ended.then((end) => {
    life.end(end.kind === 'error' ? end.error : 'client_closed');
  });
}
