/** A session whose caller is let in: puts its parts together, and takes them apart. */
import { AccessError, toAccessError } from '@sallyport/errors';
import {
  DecisionStage,
  SessionLimits,
  type AuthorizedTarget,
  type SessionLifetime,
} from '@sallyport/proxy-kit';
import type { SessionCore } from './channels/session-core.ts';
import { CallerConnection } from './connection/caller-connection.ts';
import { UpstreamConnection } from './connection/upstream-connection.ts';
import type { SessionServices } from './session-services.ts';
import { connectUpstream } from './stages/authorize/connect-upstream.ts';
import { upstreamUser } from './stages/authorize/upstream-login.ts';
import { StatementDecider } from './stages/decide/statement-decider.ts';
import { StatementGate } from './stages/decide/statement-gate.ts';
import { FlowControl } from './stages/forward/flow-control.ts';
import type { LoginKey } from './transport/node-crypto.ts';
import type { SshTransport } from './transport/ssh-transport.ts';
import { DisconnectReason } from './transport/transport-message.ts';
import { transportSettings } from './transport-settings.ts';

export interface OpenSessionOptions {
  readonly services: SessionServices;
  readonly transport: SshTransport;
  readonly target: AuthorizedTarget;
  readonly life: SessionLifetime;
  readonly sessionKey: LoginKey;
  readonly clientAddress: string;
  readonly clientName: string;
}

export interface RunningSession {
  /** Takes the caller's messages. */
  start(): void;
  readonly isIdle: boolean;
  /** Ends both sides; a reason is told to the caller. */
  stop(reason: AccessError | null): Promise<void>;
}

export function openSession(options: OpenSessionOptions): RunningSession {
  const { services, transport, life } = options;
  const flow = new FlowControl(transport, transportSettings(services.config).highWaterBytes);
  let connected: UpstreamConnection | null = null;
  const upstream = connect(options, () => {
    flow.adjust();
  }, () => {
    flow.adjust();
    caller.refill();
  });
  // What waits for it is told; a session in which nobody asks for anything has no need of it.
  upstream.catch(() => undefined);
  void upstream.then(
    (connection) => {
      connected = connection;
      flow.connect(connection.transport);
      void connection.transport.ended.then(() => {
        endWithTarget(life);
      });
    },
    () => undefined,
  );
  const gate = statementGate(options);
  const core: SessionCore = {
    config: services.config,
    target: options.target,
    gate,
    life,
    upstream,
    isCallerCongested: () => flow.isCallerCongested,
    isUpstreamCongested: () => flow.isUpstreamCongested,
  };
  const caller: CallerConnection = new CallerConnection({
    core,
    transport,
    onTurn: () => {
      flow.adjust();
    },
    onDrain: () => {
      flow.adjust();
      connected?.refill();
    },
    onDefect: (error) => {
      services.logger.error('a channel ended with a defect', { error });
      life.end(toAccessError(error));
    },
  });
  return {
    start: () => {
      caller.start();
    },
    get isIdle() {
      return caller.isIdle;
    },
    stop: async (reason) => {
      connected?.transport.disconnect(DisconnectReason.BY_APPLICATION, 'the session ended');
      await caller.stop(reason);
      // Holds that are withdrawn are recorded before the session is closed.
      await gate.settled();
    },
  };
}

async function connect(
  { services, target, life, sessionKey }: OpenSessionOptions,
  onTurn: () => void,
  onDrain: () => void,
): Promise<UpstreamConnection> {
  const { config, metrics } = services;
  const startedMs = performance.now();
  const transport = await connectUpstream(target, {
    settings: transportSettings(config),
    sessionKey,
    timeoutMs: config.limits.connectTimeoutMs,
    signal: life.signal,
  });
  metrics.stage('connect', startedMs);
  const { keepaliveIntervalMs: intervalMs, keepaliveCountMax: countMax } = config.transport;
  return new UpstreamConnection({
    target,
    transport,
    limits: config.limits,
    keepalive: { intervalMs, countMax },
    onTurn,
    onDrain,
  });
}

/** The target is gone: what it sent last is recorded within this turn, and still reaches the caller. */
function endWithTarget(life: SessionLifetime): void {
  setImmediate(() => {
    setImmediate(() => {
      life.end(new AccessError('target_closed', 'The target closed the connection.'));
    });
  });
}

function statementGate({ services, target, clientAddress, clientName }: OpenSessionOptions): StatementGate {
  const { controlPlane, metrics } = services;
  const { session, recorder } = target;
  const nowMs = () => Date.now();
  const decisions = new DecisionStage({
    session,
    controlPlane,
    clientAddress,
    clientName,
    nowMs,
    onRevision: (revision) => {
      recorder.policyChanged(revision);
    },
  });
  const decider = new StatementDecider({
    sessionId: session.id,
    targetName: session.target.name,
    login: upstreamUser(target.upstream),
    decisions,
    limits: new SessionLimits(),
    recorder,
    onDecided: (outcome) => {
      metrics.statement(outcome);
    },
  });
  const holds = {
    sessionId: session.id,
    controlPlane,
    recorder,
    policyRevision: () => decisions.compiled?.revision ?? '',
  };
  return new StatementGate({ decider, recorder, holds });
}
