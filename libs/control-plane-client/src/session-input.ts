import type { MessageInitShape } from '@bufbuild/protobuf';
import type { OpenSessionRequestSchema } from '@sallyport/contracts/dataplane';

/** How a caller proves who they are; the control plane judges it. */
export type CallerCredential =
  /** A Sallyport token. */
  | { readonly kind: 'token'; readonly token: string }
  /** An OpenSSH user certificate blob. The door has seen a signature of its key over this connection. */
  | { readonly kind: 'sshCertificate'; readonly certificate: Uint8Array };

/** What a caller shows at the door. */
export interface OpenSessionInput {
  /** "postgres", "ssh"... */
  readonly protocol: string;
  /** As the caller named it; nothing is known of it yet. */
  readonly targetName: string;
  readonly credential: CallerCredential;
  readonly clientAddress: string;
  readonly clientName: string;
  /** Raw Ed25519 public key that will sign this session's events. */
  readonly sessionPublicKey: Uint8Array;
  /** As whom the caller wants to act on the target; absent: the target's own default. */
  readonly login?: string;
  /** Raw Ed25519 key made for this session's connection to the target, where that may take a certificate. */
  readonly upstreamPublicKey?: Uint8Array;
}

/** The request as it goes over the wire. */
export function toOpenSessionRequest(
  { credential, ...rest }: OpenSessionInput,
  proxyInstance: string,
): MessageInitShape<typeof OpenSessionRequestSchema> {
  return { ...rest, credential: toCredential(credential), proxyInstance };
}

function toCredential(credential: CallerCredential) {
  switch (credential.kind) {
    case 'token':
      return { case: 'token' as const, value: credential.token };
    case 'sshCertificate':
      return { case: 'sshCertificate' as const, value: credential.certificate };
  }
}
