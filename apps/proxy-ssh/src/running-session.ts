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

/** Both connections of a session, and what lies between them. */
export class RunningSession {
  readonly #options: OpenSessionOptions;
  readonly #flow: FlowControl;
  readonly #gate: StatementGate;
  readonly #caller: CallerConnection;
  #upstream: UpstreamConnection | null = null;

  /** Connects to the target at once; what the caller asks for waits for it. */
  constructor(options: OpenSessionOptions) {
    this.#options = options;
    const { services, transport, life, target } = options;
    const { config } = services;
    this.#flow = new FlowControl(transport, transportSettings(config).highWaterBytes);
    this.#gate = statementGate(options);
    const upstream = this.#connect();
    // What waits for it is told; a session in which nobody asks for anything has no need of it.
    upstream.catch(() => undefined);
    const core: SessionCore = {
      config,
      target,
      gate: this.#gate,
      life,
      maskingKey: services.maskingKey,
      upstream,
      isCallerCongested: () => this.#flow.isCallerCongested,
      isUpstreamCongested: () => this.#flow.isUpstreamCongested,
    };
    this.#caller = new CallerConnection({
      core,
      transport,
      onTurn: () => {
        this.#flow.adjust();
      },
      onDrain: () => {
        this.#flow.adjust();
        this.#upstream?.refill();
      },
      onDefect: (error) => {
        services.logger.error('a channel ended with a defect', { error });
        life.end(toAccessError(error));
      },
    });
  }

  /** Takes the caller's messages. */
  start(): void {
    this.#caller.start();
  }

  get isIdle(): boolean {
    return this.#caller.isIdle;
  }

  /** Ends both sides; a reason is told to the caller. */
  async stop(reason: AccessError | null): Promise<void> {
    this.#upstream?.transport.disconnect(DisconnectReason.BY_APPLICATION, 'the session ended');
    await this.#caller.stop(reason);
    // Holds that are withdrawn are recorded before the session is closed.
    await this.#gate.settled();
  }

  async #connect(): Promise<UpstreamConnection> {
    const { services, target, life, sessionKey } = this.#options;
    const { config, metrics } = services;
    const startedMs = performance.now();
    const transport = await connectUpstream(target, {
      settings: transportSettings(config),
      sessionKey,
      timeoutMs: config.limits.connectTimeoutMs,
      signal: life.signal,
    });
    if (life.signal.aborted) transport.destroy();
    metrics.stage('connect', startedMs);
    const { keepaliveIntervalMs: intervalMs, keepaliveCountMax: countMax } = config.transport;
    this.#flow.connect(transport);
    this.#upstream = new UpstreamConnection({
      target,
      transport,
      limits: config.limits,
      keepalive: { intervalMs, countMax },
      onChannel: (from, open) => {
        this.#caller.openFromTarget(from, open);
      },
      onTurn: () => {
        this.#flow.adjust();
      },
      onDrain: () => {
        this.#flow.adjust();
        this.#caller.refill();
      },
    });
    void transport.ended.then(() => {
      endWithTarget(life);
    });
    return this.#upstream;
  }
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
