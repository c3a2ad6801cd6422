import type { SessionRecorder } from '@sallyport/proxy-kit';
import type { Classifier } from '../stages/classify/classify.ts';
import type { SessionEnvironment } from '../stages/classify/session-environment.ts';
import type { StatementDecider } from '../stages/decide/statement-decider.ts';
import type { DecisionStage } from '@sallyport/proxy-kit';
import type { Outbox } from '../stages/forward/outbox.ts';
import type { EnvironmentUpkeep } from './environment-upkeep.ts';
import type { ReplyQueue } from './reply-slot.ts';
import type { Settling } from './settling.ts';
import type { StatementGate } from './statement-gate.ts';

/** What the parts of one running session share. */
export interface SessionCore {
  readonly recorder: SessionRecorder;
  readonly environment: SessionEnvironment;
  readonly upkeep: EnvironmentUpkeep;
  readonly classifier: Classifier;
  readonly decisions: DecisionStage;
  readonly decider: StatementDecider;
  readonly gate: StatementGate;
  readonly outbox: Outbox;
  readonly queue: ReplyQueue;
  readonly settling: Settling;
  /** The database, which is part of what names mean. */
  readonly database: string;
}
