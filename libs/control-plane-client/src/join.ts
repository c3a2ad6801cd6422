import { JoinService } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { createGrpcClient, openGrpcChannel } from '@sallyport/service-kit';
import { createCertificateRequest } from './certificate-request.ts';
import {
  expiryOf,
  readIdentity,
  renewalOf,
  writeIdentity,
  type ComponentIdentity,
} from './component-identity.ts';
import {
  CONTROL_PLANE_SERVER_NAME,
  DEFAULT_CALL_TIMEOUT_MS,
  type ComponentOptions,
  type JoiningKind,
} from './component-options.ts';
import { asUnavailable } from './unavailable.ts';
import { fetchPinnedCa } from './pinned-ca.ts';

/** The component's identity: the one it has, renewed if that is due, or a new one for its join token. */
export async function joinControlPlane(
  kind: JoiningKind,
  options: ComponentOptions,
): Promise<ComponentIdentity> {
  const nowMs = options.nowMs?.() ?? Date.now();
  const existing = readIdentity(options.stateDirectory);
  if (existing !== undefined && expiryOf(existing).getTime() > nowMs) {
    if (renewalOf(existing).getTime() > nowMs) return existing;
    // Due, not overdue: the old one serves until the control plane can be reached.
    return renewIdentity(kind, options, existing).catch((error: unknown) => {
      options.logger.warn('certificate could not be renewed yet', { error });
      return existing;
    });
  }
  if (options.join === undefined) {
    throw new AccessError(
      'token_missing',
      'This component has no valid certificate, and no join token to get one with.',
    );
  }
  const caPem = await fetchPinnedCa(
    options.address,
    options.join.caFingerprint,
    options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
  );
  return requestIdentity(kind, options, { caPem, joinToken: options.join.token.reveal() });
}

/** A new key and certificate for a component that has one still valid. */
export function renewIdentity(
  kind: JoiningKind,
  options: ComponentOptions,
  current: ComponentIdentity,
): Promise<ComponentIdentity> {
  return requestIdentity(kind, options, { caPem: current.caPem, joinToken: '', current });
}

interface Proof {
  readonly caPem: string;
  readonly joinToken: string;
  readonly current?: ComponentIdentity;
}

async function requestIdentity(
  kind: JoiningKind,
  options: ComponentOptions,
  { caPem, joinToken, current }: Proof,
): Promise<ComponentIdentity> {
  const { privateKeyPem, request } = await createCertificateRequest();
  const channel = openGrpcChannel({
    address: options.address,
    tls: {
      caPem,
      serverName: CONTROL_PLANE_SERVER_NAME,
      ...(current === undefined ? {} : { identity: current }),
    },
  });
  try {
    const client = createGrpcClient(JoinService, {
      channel,
      timeoutMs: options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
    });
    const response = await client.join(
      { kind, componentId: options.componentId, joinToken, certificateRequest: request },
      { waitForReady: true },
    );
    // The CA stays the one that was pinned, whatever the answer says.
    const { certificateChainPem, recordingPublicKey } = response;
    const identity: ComponentIdentity = { privateKeyPem, certificateChainPem, caPem, recordingPublicKey };
    writeIdentity(options.stateDirectory, identity);
    return identity;
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    channel.close();
  }
}
