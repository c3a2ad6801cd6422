import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { SshService } from '@sallyport/contracts/dataplane';
import type { Logger, ServiceImplementation } from '@sallyport/service-kit';
import type { SshAuthorities } from '../ssh/authority-keys.ts';
import type { SshDoor } from '../ssh/door.ts';
import { issueHostCertificate } from '../ssh/issue-host-certificate.ts';
import { requireComponent } from './peer.ts';

export interface SshServiceOptions {
  readonly sshAuthorities: SshAuthorities;
  readonly sshDoor: SshDoor;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** What doors for SSH need beside sessions. */
export function createSshService({
  sshAuthorities,
  sshDoor,
  logger,
  now,
}: SshServiceOptions): ServiceImplementation<typeof SshService> {
  return {
    certifyHostKey: async ({ publicKey, hostNames }, context) => {
      const proxyId = requireComponent(context, 'proxy');
      const { certificate, names, expiresAt } = await issueHostCertificate(sshAuthorities, {
        publicKey,
        hostNames,
        allowedNames: sshDoor.hostNames,
        proxyId,
        now: now(),
      });
      // Doors ask every few minutes.
      logger.debug('host key certified', { proxyId, names, expiresAt });
      const { trusted } = await sshAuthorities.keysOf('user');
      return {
        certificate,
        userCaPublicKeys: trusted.map(({ blob }) => blob),
        expiresAt: timestampFromDate(expiresAt),
      };
    },
  };
}
