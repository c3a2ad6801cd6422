import { UpstreamTlsMode } from '@sallyport/contracts/dataplane';
import type { AccessError } from '@sallyport/errors';
import {
  authorize as startRecord,
  type AuthenticatedIdentity,
  type AuthorizedTarget,
  type OpenedSession,
  type SpoolPort,
} from '@sallyport/proxy-kit';

export interface AuthorizeStageOptions {
  readonly spool: SpoolPort;
  readonly proxyId: string;
  readonly clientAddress: string;
  readonly clientName: string;
  readonly database: string | null;
  /** Exceptions of the door itself, such as plaintext beyond the loopback. */
  readonly exceptions: readonly string[];
  readonly onRecordingFailure: (reason: AccessError) => void;
}

/** Begins the session's record; nothing connects to the target before that is durable. @throws AccessError */
export function authorize(
  identity: AuthenticatedIdentity,
  options: AuthorizeStageOptions,
): Promise<AuthorizedTarget> {
  return startRecord(identity, {
    spool: options.spool,
    proxyId: options.proxyId,
    clientAddress: options.clientAddress,
    clientName: options.clientName,
    attributes: { database: options.database ?? '' },
    exceptions: (session) => [...options.exceptions, ...targetExceptions(session)],
    onRecordingFailure: options.onRecordingFailure,
  });
}

/** A target whose TLS is off or unchecked is a named exception, visible in every recording of it. */
function targetExceptions({ upstream }: OpenedSession): string[] {
  const mode = upstream.tls?.mode;
  if (mode === UpstreamTlsMode.DISABLE) return ['upstream.tls.disable'];
  if (mode === UpstreamTlsMode.REQUIRE) return ['upstream.tls.require'];
  return [];
}
