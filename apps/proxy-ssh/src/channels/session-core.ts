import type { AuthorizedTarget, SessionLifetime } from '@sallyport/proxy-kit';
import type { Config } from '../config.ts';
import type { UpstreamConnection } from '../connection/upstream-connection.ts';
import type { StatementGate } from '../stages/decide/statement-gate.ts';

/** What the channels of one session share. */
export interface SessionCore {
  readonly config: Config;
  readonly target: AuthorizedTarget;
  readonly gate: StatementGate;
  readonly life: SessionLifetime;
  /** Makes hashes and tokens that nobody else can. */
  readonly maskingKey: Uint8Array;
  /** The connection to the target, once there is one. Rejects with an AccessError. */
  readonly upstream: Promise<UpstreamConnection>;
  /** More waits for the caller than may wait. */
  readonly isCallerCongested: () => boolean;
  /** More waits for the target than may wait. */
  readonly isUpstreamCongested: () => boolean;
}
