import type { Socket } from 'node:net';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import {
  ClientChannel,
  DecisionStage,
  proxyMadeFrames,
  SessionLimits,
  UpstreamChannel,
  type AuthorizedTarget,
  type ControlPlanePort,
  type HeldStatement,
  type HoldResult,
  type SessionLifetime,
} from '@sallyport/proxy-kit';
import type { CompiledView } from '@sallyport/policy-sdk';
import type { UpstreamConnection } from '../stages/authorize/connect-upstream.ts';
import type { CatalogLease, CatalogReader } from '../stages/classify/catalog-store.ts';
import { Classifier, type KnownText } from '../stages/classify/classify.ts';
import { SessionEnvironment } from '../stages/classify/session-environment.ts';
import { holdStatement } from '../stages/decide/hold-statement.ts';
import { StatementDecider } from '../stages/decide/statement-decider.ts';
import { Outbox } from '../stages/forward/outbox.ts';
import { TERMINATE } from '../stages/forward/protocol-upkeep.ts';
import { MaskAnswer } from '../stages/mask/mask-answer.ts';
import { AnswerWriter } from '../stages/record/answer-writer.ts';
import { encodeRefusal } from '../wire-errors.ts';
import { applySettings } from './apply-settings.ts';
import { CopyInput } from './copy-input.ts';
import { EnvironmentUpkeep } from './environment-upkeep.ts';
import { ExtendedQuery } from './extended-query.ts';
import { ReplyQueue } from './reply-slot.ts';
import { RequestLoop } from './request-loop.ts';
import { ResponseLoop } from './response-loop.ts';
import type { SessionCore } from './session-core.ts';
import { Settling } from './settling.ts';
import { SimpleQuery } from './simple-query.ts';
import { StatementGate } from './statement-gate.ts';
import type { StatementRun } from './statement-run.ts';

export interface RunningSessionOptions {
  readonly target: AuthorizedTarget;
  readonly client: Socket;
  readonly upstream: UpstreamConnection;
  readonly controlPlane: ControlPlanePort;
  readonly life: SessionLifetime;
  readonly lease: CatalogLease;
  readonly reader: CatalogReader;
  readonly maskingKey: Uint8Array;
  readonly database: string;
  readonly clientAddress: string;
  readonly clientName: string;
  readonly maxStatementBytes: number;
  readonly bufferBytes: number;
  /** Asks the target to cancel, over a connection of its own. */
  readonly cancelUpstream: () => void;
  readonly onStatement: (run: StatementRun) => void;
}

/**
 * One session from its first statement on: the stages put together around two
 * loops, one for each direction, that share nothing but the queue of answers.
 */
export class RunningSession {
  readonly core: SessionCore;
  readonly #options: RunningSessionOptions;
  readonly #channel: UpstreamChannel;
  readonly #clientChannel: ClientChannel;
  readonly #writer: AnswerWriter;
  readonly #extended: ExtendedQuery;
  readonly #responses: ResponseLoop;
  readonly #requests: RequestLoop;
  #holding: AbortController | null = null;
  #held: Promise<void> = Promise.resolve();
  #upstreamPaused = false;

  constructor(options: RunningSessionOptions) {
    this.#options = options;
    const { target, upstream } = options;
    this.#channel = new UpstreamChannel(target, upstream.link.socket, options.bufferBytes);
    this.#clientChannel = new ClientChannel(options.client, options.bufferBytes);
    this.#writer = new AnswerWriter(target.recorder, this.#clientChannel, () => {
      this.#adjustUpstreamFlow();
    });
    this.core = this.#createCore();
    const extended = new ExtendedQuery(this.core);
    const copyInput = new CopyInput(target.recorder, this.core.outbox);
    this.#extended = extended;
    this.#responses = this.#createResponses(copyInput);
    this.#requests = this.#createRequests(extended, copyInput);
    this.#wireUpstream();
  }

  /** What decides, and what remembers between one statement and the next. */
  #createCore(): SessionCore {
    const { target, lease, reader, maskingKey, database, onStatement } = this.#options;
    const { recorder, session } = target;
    const queue = new ReplyQueue((slot) => {
      this.#dropped(slot);
    });
    const outbox = new Outbox(this.#channel, queue);
    const settling = new Settling(() => outbox.isEmpty && queue.length === 0);
    const environment = new SessionEnvironment();
    const decisions = this.#createDecisions();
    const upkeep = new EnvironmentUpkeep({
      environment,
      lease,
      reader,
      outbox,
      settling,
      status: () => this.#responses.status,
      batchIsOpen: () => this.#extended.batchIsOpen,
    });
    const decider = new StatementDecider({
      sessionId: session.id,
      targetName: target.target.name,
      decisions,
      limits: new SessionLimits(),
      maskingKey,
      onStatement,
    });
    const gate = new StatementGate({
      recorder,
      outbox,
      hold: (held) => this.#hold(held),
      stillDoesTheSame: (run) => this.#stillDoesTheSame(run),
    });
    const classifier = new Classifier(environment);
    return {
      recorder,
      environment,
      upkeep,
      classifier,
      decisions,
      decider,
      gate,
      outbox,
      queue,
      settling,
      database,
    };
  }

  #createDecisions(): DecisionStage {
    const { target, controlPlane, clientAddress, clientName } = this.#options;
    return new DecisionStage({
      session: target.session,
      controlPlane,
      clientAddress,
      clientName,
      nowMs: () => Date.now(),
      onRevision: (revision) => {
        target.recorder.policyChanged(revision);
      },
    });
  }

  #createResponses(copyInput: CopyInput): ResponseLoop {
    const { environment, decisions, queue, settling } = this.core;
    return new ResponseLoop({
      queue,
      writer: this.#writer,
      mask: new MaskAnswer({
        sink: this.#writer,
        catalog: () => environment.catalog,
        hasMasks: () => decisions.compiled?.hasMasks ?? true,
      }),
      cancel: this.#options.cancelUpstream,
      onStatementDone: (run, index) => {
        const statement = run.statements[index];
        if (statement !== undefined) environment.noteDone(statement, run.exactText);
      },
      onReady: (status) => {
        environment.noteReady(status);
        if (status === 'idle') this.#extended.forgetPortals();
      },
      onCopyIn: (run) => {
        copyInput.begin(run);
        settling.copyBegins();
      },
      onCopyInEnd: () => {
        copyInput.end();
      },
    });
  }

  #createRequests(extended: ExtendedQuery, copyInput: CopyInput): RequestLoop {
    const { client, life, maxStatementBytes } = this.#options;
    const { queue, settling } = this.core;
    return new RequestLoop({
      simple: new SimpleQuery(this.core),
      extended,
      copyInput,
      queue,
      settling,
      maxStatementBytes,
      pause: () => client.pause(),
      resume: () => client.resume(),
      congested: () => this.#channel.congested,
      onTerminate: () => {
        this.#terminate();
      },
      onFailure: (error) => {
        life.end(error);
      },
    });
  }

  /** Runs what the startup packet asked for; see apply-settings.ts. */
  applySettings(settings: ReadonlyMap<string, string>): Promise<void> {
    return applySettings(this.core, settings);
  }

  /** Lets the client in. */
  greet(bytes: Buffer): void {
    this.#clientChannel.send(proxyMadeFrames(bytes));
  }

  /** From now on the client's messages are read. */
  start(): void {
    const { client, life } = this.#options;
    client.on('drain', () => {
      this.#adjustUpstreamFlow();
    });
    client.on('data', (chunk: Buffer) => {
      life.touch();
      this.#requests.onData(chunk);
    });
    client.resume();
  }

  /** Whether the target owes an answer, or a human a word. */
  get isBusy(): boolean {
    return this.core.queue.length > 0 || this.#holding !== null || !this.core.outbox.isEmpty;
  }

  /** Whether nothing would be lost if the session ended now. */
  get isIdle(): boolean {
    return !this.isBusy && this.#responses.status === 'idle';
  }

  /** What a CancelRequest does: takes a hold back, or has the target cancel what it runs. */
  cancel(): void {
    if (this.#holding !== null) this.#holding.abort();
    else if (this.core.queue.length > 0) this.#options.cancelUpstream();
  }

  /** Ends both loops: what has no answer yet is recorded as cut off, and the client is told if it can be. */
  async stop(): Promise<void> {
    const { upstream } = this.#options;
    this.#requests.stop();
    // A hold that is taken back is recorded before the session is closed.
    await this.#held;
    this.#tellReason();
    for (const slot of this.core.queue.drain()) this.#cutOff('run' in slot ? slot.run : null);
    this.#writer.flush();
    if (!upstream.link.socket.destroyed) {
      this.#channel.own(TERMINATE);
      this.#channel.flush();
      upstream.link.socket.destroySoon();
    }
  }

  #tellReason(): void {
    const { reason } = this.#options.life;
    if (!(reason instanceof AccessError)) return;
    const message = encodeRefusal(reason, 'FATAL');
    // With no record left there is nothing to write it to first; it holds nothing of the target's.
    if (reason.code !== 'recording_unavailable') this.#responses.insert(message);
    else if (this.#responses.atBoundary) this.#clientChannel.send(proxyMadeFrames(message));
  }

  #wireUpstream(): void {
    const { upstream, life } = this.#options;
    const { socket } = upstream.link;
    const read = (chunk: Buffer): boolean => {
      let passedOn: boolean;
      try {
        passedOn = this.#responses.onData(chunk);
      } catch (thrown) {
        life.end(toAccessError(thrown));
        return false;
      }
      this.core.settling.check();
      this.#requests.onRelief();
      return passedOn;
    };
    upstream.link.setReader(Object.assign(read, { isDrained: () => this.#clientChannel.isDrained }));
    socket.on('drain', () => {
      this.#requests.onRelief();
    });
    socket.once('close', () => {
      life.end('target_closed');
    });
  }

  /** A slow client must not make the proxy keep what the target sends. */
  #adjustUpstreamFlow(): void {
    const { socket } = this.#options.upstream.link;
    const { congested } = this.#clientChannel;
    if (congested === this.#upstreamPaused) return;
    this.#upstreamPaused = congested;
    if (congested) socket.pause();
    else socket.resume();
  }

  #hold(held: HeldStatement): Promise<HoldResult> {
    const waiting = this.#waitForApproval(held);
    this.#held = waiting.then(
      () => undefined,
      () => undefined,
    );
    return waiting;
  }

  async #waitForApproval(held: HeldStatement): Promise<HoldResult> {
    const { controlPlane, life, target } = this.#options;
    const holding = new AbortController();
    this.#holding = holding;
    try {
      return await holdStatement(
        held,
        {
          sessionId: target.session.id,
          controlPlane,
          recorder: target.recorder,
          policyRevision: () => this.core.decisions.compiled?.revision ?? '',
        },
        AbortSignal.any([life.signal, holding.signal]),
        (notice) => {
          this.#responses.insert(notice);
        },
      );
    } finally {
      this.#holding = null;
    }
  }

  async #stillDoesTheSame(run: StatementRun): Promise<boolean> {
    const { upkeep, classifier, decisions } = this.core;
    await this.#options.lease.refresh();
    await upkeep.ensure();
    return hasSameEffects(run, await classifier.classifySettled(run.exactText), decisions.compiled);
  }

  /** The client said goodbye: what it sent before still runs, as it would without Sallyport. */
  #terminate(): void {
    const { life } = this.#options;
    const leave = () => {
      life.end('client_closed');
    };
    this.core.settling.wait().then(leave, leave);
  }

  #dropped(slot: Parameters<ConstructorParameters<typeof ReplyQueue>[0]>[0]): void {
    if (slot.kind === 'parse' || slot.kind === 'bind' || slot.kind === 'close') slot.dropped?.();
    if (!('run' in slot) || slot.run === null || slot.kind === 'query') return;
    if (slot.run.outcome === StatementOutcome.UNSPECIFIED) slot.run.outcome = StatementOutcome.FAILED;
    this.#writer.finish(slot.run);
  }

  #cutOff(run: StatementRun | null): void {
    if (run === null || run.finished) return;
    run.outcome = StatementOutcome.CUT_OFF;
    this.#writer.finish(run);
  }
}

function hasSameEffects(run: StatementRun, now: KnownText, view: CompiledView | null): boolean {
  if (now.kind !== 'classified') return false;
  const { kind, effects } = run.decided.request.shape;
  if (kind !== 'sql.simple' && kind !== 'sql.execute') return false;
  return JSON.stringify(now.text.shape(kind, view).effects) === JSON.stringify(effects);
}
