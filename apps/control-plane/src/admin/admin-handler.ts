import type { RequestListener } from 'node:http';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import {
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  SshCertificateService,
  TokenService,
} from '@sallyport/contracts/admin';
import { createAccessService, type AccessServiceOptions } from './access-service.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import { createResourceService, type ResourceServiceOptions } from './resource-service.ts';
import { createReviewService, type ReviewServiceOptions } from './review-service.ts';
import { createSessionHistoryService, type SessionHistoryServiceOptions } from './session-history-service.ts';
import { createSshCertificateService, type SshCertificateServiceOptions } from './ssh-certificate-service.ts';
import { createTokenService } from './token-service.ts';

const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const MAX_TIMEOUT_MS = 60_000;

export type AdminHandlerOptions = GuardOptions &
  ResourceServiceOptions &
  AccessServiceOptions &
  ReviewServiceOptions &
  SessionHistoryServiceOptions &
  SshCertificateServiceOptions;

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
      router.service(AccessService, createAccessService(options));
      router.service(ReviewService, createReviewService(options));
      router.service(SessionHistoryService, createSessionHistoryService(options));
      router.service(ResourceService, createResourceService(options));
      router.service(SshCertificateService, createSshCertificateService(options));
      router.service(TokenService, createTokenService(options));
    },
  });
}
