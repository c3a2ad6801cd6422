import { encodePublicKey, flagOption } from '@sallyport/codec-ssh';
import type { Principal } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import type { SshAuthorities } from './authority-keys.ts';
import { issueCertificate } from './issue-certificate.ts';

export interface UpstreamCertificateOrder {
  /** Raw Ed25519, made by the proxy for this session. */
  readonly publicKey: Uint8Array;
  /** The account on the target. */
  readonly login: string;
  readonly sessionId: string;
  readonly principal: Principal;
  readonly now: Date;
}

/** Time to log in; sshd does not end a connection whose certificate ends. */
const LIFETIME_MS = 5 * 60_000;
const PUBLIC_KEY_BYTES = 32;

/**
 * A certificate for one session on a target that trusts the CA for targets: for one
 * account, for minutes, with a terminal and whatever forwarding the door lets through.
 * The host's own log has the session and who it is by the key id.
 */
export async function issueUpstreamCertificate(
  authorities: SshAuthorities,
  { publicKey, login, sessionId, principal, now }: UpstreamCertificateOrder,
): Promise<Uint8Array> {
  if (publicKey.length !== PUBLIC_KEY_BYTES)
    throw new AccessError(
      'protocol_violation',
      'The target takes certificates, and the door brought no key for one.',
    );
  const { current } = await authorities.keysOf('upstream');
  const { certificate } = issueCertificate(current, {
    publicKey: encodePublicKey({ type: 'ssh-ed25519', publicKey: Buffer.from(publicKey) }),
    kind: 'user',
    keyId: `sallyport ${sessionId} ${principal.id} ${principal.name}`,
    principals: [login],
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
    criticalOptions: [],
    extensions: EXTENSIONS.map(flagOption),
    now,
  });
  return certificate;
}

/** Agent forwarding, X11 and forwarding of ports are the door's to decide, where each is its own right. */
const EXTENSIONS = [
  'permit-pty',
  'permit-port-forwarding',
  'permit-agent-forwarding',
  'permit-X11-forwarding',
];
