import type { JoinService } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Logger, ServiceImplementation } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import type { CertificateAuthority } from '../pki/certificate-authority.ts';
import { componentKindOf, isComponentId, type Component } from '../pki/component.ts';
import { redeemJoinToken } from '../pki/join-token-store.ts';
import { componentOf } from './peer.ts';

export interface JoinServiceOptions {
  readonly database: Database;
  readonly authority: CertificateAuthority;
  readonly recordingPublicKey: Uint8Array;
  readonly certificateLifetimeMs: number;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** Lets components in, and renews the certificates of those that are. */
export function createJoinService(options: JoinServiceOptions): ServiceImplementation<typeof JoinService> {
  const { database, authority, logger } = options;
  return {
    join: async (request, context) => {
      const now = options.now();
      const kind = componentKindOf(request.kind);
      if (kind === undefined || !isComponentId(request.componentId)) {
        throw new AccessError(
          'protocol_violation',
          'A component needs a kind, and an id of lower-case letters, digits, "-" and ".".',
        );
      }
      const component: Component = { kind, id: request.componentId };
      const caller = componentOf(context);
      const renews = request.joinToken === '';
      if (renews && (caller?.kind !== kind || caller.id !== component.id)) {
        throw new AccessError(
          'token_missing',
          'Joining takes a join token; renewing takes the certificate that is renewed.',
        );
      }
      const issued = await authority.issueComponent(
        component,
        request.certificateRequest,
        options.certificateLifetimeMs,
        now,
      );
      if (issued === undefined)
        throw new AccessError(
          'protocol_violation',
          'The certificate request is not one for an ECDSA P-256 key, signed with it.',
        );
      if (!renews) await redeemJoinToken(database, request.joinToken, component, now);
      await recordComponent(database, component, issued, now);
      logger.info('component joined', { component, renews, expiresAt: issued.expiresAt });
      return {
        certificateChainPem: issued.chainPem,
        caPem: authority.pem,
        recordingPublicKey: options.recordingPublicKey,
      };
    },
  };
}

async function recordComponent(
  { prisma }: Database,
  { id, kind }: Component,
  issued: { serial: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  const { serial, expiresAt } = issued;
  const existing = await prisma.component.findUnique({ where: { id } });
  if (existing !== null && existing.kind !== kind)
    throw new AccessError('denied_by_rule', 'A component of another kind has this id.');
  await prisma.component.upsert({
    where: { id },
    create: { id, kind, joinedAt: now, serial, expiresAt },
    update: { joinedAt: now, serial, expiresAt },
  });
}
