import type { AccessError } from '@sallyport/errors';
import {
  authorize as startRecord,
  type AuthenticatedIdentity,
  type AuthorizedTarget,
  type SpoolPort,
} from '@sallyport/proxy-kit';

export interface AuthorizeStageOptions {
  readonly spool: SpoolPort;
  readonly proxyId: string;
  readonly clientAddress: string;
  readonly clientName: string;
  /** As whom the caller asked to be on the target; empty: as the target has it. */
  readonly login: string;
  readonly method: string;
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
    attributes: { login: options.login, authentication: options.method },
    exceptions: () => [],
    onRecordingFailure: options.onRecordingFailure,
  });
}
