export type {
  CallerCredential,
  ControlPlanePort,
  DeviceLogin,
  DeviceLoginPort,
  DeviceLoginPrompt,
  DeviceLoginRequest,
  OpenedSession,
  SessionRequest,
} from './control-plane-port.ts';
// Proofs are types only: what makes them is in this list, and nothing else is.
export type { AuthenticatedIdentity } from './proof/authenticated-identity.ts';
export type { AuthorizedTarget } from './proof/authorized-target.ts';
export type { ForwardPermit, ForwardedStatement, RecordedInput } from './proof/forward-permit.ts';
export {
  joinFrames,
  maskFrames,
  proxyMadeFrames,
  type FrameMasker,
  type MaskedFrames,
} from './proof/masked-frames.ts';
export { authenticate, authorize, type AuthorizeOptions } from './session/open-session.ts';
export {
  SessionLifetime,
  systemClock,
  type LifetimeClock,
  type SessionEnd,
} from './session/session-lifetime.ts';
export { DecisionStage, type DecisionStageOptions } from './decide/decision-stage.ts';
export type {
  DecidedStatement,
  StatementParameter,
  StatementRequest,
  StatementShape,
} from './decide/decided-statement.ts';
export { refusalOf } from './decide/refusal-of.ts';
export { statementDigest, type DigestParts } from './decide/statement-digest.ts';
export { runHold, type HoldResult, type HoldRunnerOptions } from './hold/hold-runner.ts';
export { SessionLimits, type StatementMeter } from './limit/session-limits.ts';
export {
  type HeldStatement,
  type RecordedDecision,
  type SessionRecorder,
  type SessionRecorderOptions,
} from './record/session-recorder.ts';
export { encodeFinished, type FinishedNumbers } from './record/output-encoding.ts';
export type { SpoolDurability, SpoolPort } from './record/spool-port.ts';
export { ClientChannel } from './connection/client-channel.ts';
export { UpstreamChannel, type OwnFrames } from './connection/upstream-channel.ts';
export type { SocketPort } from './connection/socket-port.ts';
export {
  ConnectionGate,
  type ConnectionGateOptions,
  type ConnectionPlace,
} from './connection/connection-gate.ts';
