import type { RequestListener } from 'node:http';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ResourceService, TokenService } from '@sallyport/contracts/admin';
import { createGuard, type GuardOptions } from './guard.ts';
import { createResourceService, type ResourceServiceOptions } from './resource-service.ts';
import { createTokenService } from './token-service.ts';

const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const MAX_TIMEOUT_MS = 60_000;

export type AdminHandlerOptions = GuardOptions & ResourceServiceOptions;

/** The admin API: Connect, so that JSON over HTTP/1.1 works with curl. */
export function createAdminHandler(options: AdminHandlerOptions): RequestListener {
  const guard = createGuard(options);
  return connectNodeAdapter({
    interceptors: [guard],
    readMaxBytes: MAX_REQUEST_BYTES,
    maxTimeoutMs: MAX_TIMEOUT_MS,
    grpc: false,
    grpcWeb: false,
    routes: (router) => {
      router.service(ResourceService, createResourceService(options));
      router.service(TokenService, createTokenService(options));
    },
  });
}
