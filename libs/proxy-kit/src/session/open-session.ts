import type { MessageInitShape } from '@bufbuild/protobuf';
import type { SessionOpenedSchema } from '@sallyport/contracts/event';
import type { AccessError } from '@sallyport/errors';
import { EventChain, generateSigningKey } from '@sallyport/recording-format';
import type { ControlPlanePort, OpenedSession, SessionRequest } from '../control-plane-port.ts';
import { AuthenticatedIdentity } from '../proof/authenticated-identity.ts';
import { AuthorizedTarget } from '../proof/authorized-target.ts';
import { SessionRecorder } from '../record/session-recorder.ts';
import type { SpoolPort } from '../record/spool-port.ts';

/**
 * Asks the control plane who the caller is. Makes the key that signs the
 * session, so that the control plane can certify it at once.
 * @throws AccessError token_*, target_not_available, control_plane_unavailable
 */
export async function authenticate(
  controlPlane: Pick<ControlPlanePort, 'openSession'>,
  request: SessionRequest,
): Promise<AuthenticatedIdentity> {
  const key = generateSigningKey();
  const session = await controlPlane.openSession({ ...request, sessionPublicKey: key.publicKey });
  return new AuthenticatedIdentity(session, key);
}

export interface AuthorizeOptions {
  readonly spool: SpoolPort;
  readonly proxyId: string;
  readonly clientAddress: string;
  readonly clientName: string;
  /** Named exceptions to an invariant that are in force; see SessionOpened. */
  readonly exceptions: (session: OpenedSession) => readonly string[];
  /** Protocol settings that a replay needs. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly onRecordingFailure: (reason: AccessError) => void;
}

/**
 * Starts the session's record and, once its first event is durable, proves
 * that the target may be connected to.
 * @throws AccessError recording_unavailable
 */
export async function authorize(
  identity: AuthenticatedIdentity,
  options: AuthorizeOptions,
): Promise<AuthorizedTarget> {
  const { session, key } = AuthenticatedIdentity.contents(identity);
  const recorder = new SessionRecorder({
    chain: new EventChain({ sessionId: session.id, signer: key }),
    spool: options.spool,
    onFailure: options.onRecordingFailure,
  });
  const opened: MessageInitShape<typeof SessionOpenedSchema> = {
    principal: session.principal,
    target: session.target,
    proxyId: options.proxyId,
    clientAddress: options.clientAddress,
    clientName: options.clientName,
    policyRevision: session.view.revision,
    certificate: session.certificate,
    exceptions: [...options.exceptions(session)],
    attributes: { ...options.attributes },
  };
  await recorder.opened(opened);
  return new AuthorizedTarget(session, recorder);
}
