import { durationMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { SshAuthority as WireAuthority, type SshCertificateService } from '@sallyport/contracts/admin';
import { formatPublicKeyLine } from '@sallyport/codec-ssh';
import type { Logger } from '@sallyport/service-kit';
import type { AuthorityKeyStore, SshAuthority } from '../ssh/authority-keys.ts';
import { authorityLine, HOST_KEY_ALIAS, knownHostsOf, type SshDoor } from '../ssh/door.ts';
import { issueUserCertificate } from '../ssh/issue-user-certificate.ts';
import { callerOf } from './caller.ts';
import { invalidArgument } from './connect-error.ts';

export interface SshCertificateServiceOptions {
  readonly sshAuthorities: AuthorityKeyStore;
  readonly sshDoor: SshDoor;
  readonly userCertificateLifetimeMs: number;
  readonly logger: Logger;
  readonly now: () => Date;
}

const DAY_MS = 86_400_000;
const MAX_SIGNS_AFTER_MS = 90 * DAY_MS;

type Implementation = ServiceImpl<typeof SshCertificateService>;

/** Certificates for callers' own ssh, and the CAs behind them. */
export function createSshCertificateService(options: SshCertificateServiceOptions): Implementation {
  return { ...certificateMethods(options), ...authorityMethods(options) };
}

function certificateMethods(
  options: SshCertificateServiceOptions,
): Pick<Implementation, 'issueUserCertificate' | 'getSshOptions'> {
  const { sshAuthorities, sshDoor, logger, now } = options;
  const blobsOf = async (authority: SshAuthority) =>
    (await sshAuthorities.keysOf(authority)).trusted.map(({ blob }) => blob);
  const linesOf = async (authority: SshAuthority) =>
    (await blobsOf(authority)).map((blob) => authorityLine(blob, authority));
  const knownHosts = async () => knownHostsOf(sshDoor, await blobsOf('host'));
  return {
    issueUserCertificate: async ({ publicKey, lifetime, sourceAddresses }, context) => {
      const { token, principal } = callerOf(context);
      const { certificate, keyId, serial, expiresAt } = await issueUserCertificate(sshAuthorities, {
        publicKey,
        token,
        sourceAddresses,
        lifetimeMs: lifetimeOf(options, lifetime && durationMs(lifetime)),
        now: now(),
      });
      const facts = { tokenId: token.id, principalId: principal.id, serial: String(serial), expiresAt };
      logger.info('SSH certificate issued', facts);
      return {
        certificate: formatPublicKeyLine(certificate, keyId),
        expiresAt: timestampFromDate(expiresAt),
        knownHosts: await knownHosts(),
      };
    },
    getSshOptions: async () => ({
      endpoint: sshDoor.endpoint,
      hostKeyAlias: HOST_KEY_ALIAS,
      knownHosts: await knownHosts(),
      userCertificateAuthorities: await linesOf('user'),
      hostCertificateAuthorities: await linesOf('host'),
      upstreamCertificateAuthorities: await linesOf('upstream'),
    }),
  };
}

function authorityMethods({
  sshAuthorities,
  logger,
  now,
}: SshCertificateServiceOptions): Pick<Implementation, 'rotateSshAuthority' | 'retireSshAuthority'> {
  return {
    rotateSshAuthority: async ({ authority, signsAfter }, context) => {
      const name = authorityName(authority);
      const afterMs = signsAfter === undefined ? DAY_MS : durationMs(signsAfter);
      if (afterMs < 0 || afterMs > MAX_SIGNS_AFTER_MS)
        throw invalidArgument('A new key can sign at once, or at most 90 days from now.');
      const signsFrom = new Date(now().getTime() + afterMs);
      const { blob } = await sshAuthorities.rotate(name, signsFrom);
      const actor = callerOf(context).principal.id;
      logger.warn('SSH CA has a new key', { authority: name, signsFrom, actor });
      return { publicKey: authorityLine(blob, name), signsFrom: timestampFromDate(signsFrom) };
    },
    retireSshAuthority: async ({ authority }, context) => {
      const name = authorityName(authority);
      const retired = await sshAuthorities.retire(name);
      const actor = callerOf(context).principal.id;
      logger.warn('SSH CA keys retired', { authority: name, retired, actor });
      return { retired };
    },
  };
}

function lifetimeOf({ userCertificateLifetimeMs }: SshCertificateServiceOptions, askedMs?: number): number {
  if (askedMs === undefined) return userCertificateLifetimeMs;
  if (askedMs <= 0) throw invalidArgument('The lifetime must be more than nothing.');
  return Math.min(askedMs, userCertificateLifetimeMs);
}

function authorityName(authority: WireAuthority): SshAuthority {
  switch (authority) {
    case WireAuthority.USER:
      return 'user';
    case WireAuthority.HOST:
      return 'host';
    case WireAuthority.UPSTREAM:
      return 'upstream';
    case WireAuthority.UNSPECIFIED:
    default:
      throw invalidArgument('Say which CA: user, host or upstream.');
  }
}
