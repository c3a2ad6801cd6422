import type { SessionService, WatchOrdersResponse } from '@sallyport/contracts/dataplane';
import type { CallContext, Logger, ServiceImplementation } from '@sallyport/service-kit';
import type { ControlPlaneMetrics } from '../metrics.ts';
import { closeSession } from '../sessions/close-session.ts';
import { openSession, type OpenSessionContext } from '../sessions/open-session.ts';
import { OrderStream } from '../sessions/order-stream.ts';
import type { SessionWatcher } from '../sessions/session-watcher.ts';
import { requireComponent } from './peer.ts';

export interface SessionServiceOptions extends OpenSessionContext {
  readonly watcher: SessionWatcher;
  readonly metrics: ControlPlaneMetrics;
  readonly nudge: () => void;
  readonly logger: Logger;
}

/** Sessions of the proxy that calls. */
export function createSessionService(
  options: SessionServiceOptions,
): ServiceImplementation<typeof SessionService> {
  return {
    openSession: (request, context) =>
      options.metrics.call('sallyport.dataplane.v1.SessionService/OpenSession', () =>
        openSession(options, requireComponent(context, 'proxy'), request),
      ),
    watchOrders: ({ openSessionIds, proxyInstance }, context) => {
      const stream = new OrderStream(requireComponent(context, 'proxy'), proxyInstance, openSessionIds);
      return streamOrders(options, stream, context);
    },
    closeSession: async ({ sessionId, reason }, context) => {
      await closeSession(
        options.database,
        requireComponent(context, 'proxy'),
        sessionId,
        reason,
        options.now(),
      );
      return {};
    },
  };
}

async function* streamOrders(
  { watcher, nudge, logger }: SessionServiceOptions,
  stream: OrderStream,
  { signal }: CallContext,
): AsyncGenerator<WatchOrdersResponse> {
  const { proxyId } = stream;
  const leave = () => {
    watcher.remove(stream);
  };
  signal.addEventListener('abort', leave, { once: true });
  // Two that are alive would take each other's sessions again and again.
  if (watcher.add(stream)) logger.warn('another process has taken over the id of a proxy', { proxyId });
  nudge();
  logger.info('proxy connected', { proxyId, openSessions: stream.claimed.length });
  try {
    yield* stream.orders;
  } finally {
    leave();
    logger.info('proxy disconnected', { proxyId });
  }
}
