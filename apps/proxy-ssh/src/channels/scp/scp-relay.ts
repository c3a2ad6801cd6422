/**
 * A legacy copy (scp -t, scp -f): its records are read in lockstep with their
 * answers, each file and directory is decided on, and what is refused is
 * answered here as the far end would, so that the copy goes on with the next.
 *
 *     source --records, content--> door --what is permitted--> sink
 *     source <--answers----------- door <--answers----------- sink
 *
 * Uploads: the caller is the source. Downloads: the target is.
 */
import {
  CodecError,
  encodeScpReply,
  ScpReplyReader,
  ScpSourceReader,
  type ChannelRequest,
  type ScpCommand,
  type ScpEvent,
  type ScpReplyRead,
} from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ForwardedStatement, ForwardPermit } from '@sallyport/proxy-kit';
import type { CallerEnd } from '../../connection/caller-end.ts';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import type { UpstreamEnd } from '../../connection/upstream-end.ts';
import type { ProgramEnd, StatementRun } from '../../stages/record/statement-run.ts';
import { refusalLine } from '../../wire-errors.ts';
import type { SessionCore } from '../session-core.ts';
import { ContentDigest } from '../sftp/content-digest.ts';
import { decideAsk } from '../sftp/decide-operation.ts';
import { operationAsk } from '../sftp/sftp-ask.ts';
import type { PathOracle } from './path-oracle.ts';
import { entryOperation, type ScpEntry } from './scp-operation.ts';
import { ScpPorts } from './scp-ports.ts';

export interface ScpRelayOptions {
  readonly core: SessionCore;
  readonly caller: CallerEnd;
  readonly run: StatementRun;
  readonly scp: ScpCommand;
  readonly oracle: PathOracle;
  /** The caller closed the channel, or the session ends. */
  readonly signal: AbortSignal;
}

/** A file that was permitted. */
interface FileCopy {
  readonly run: StatementRun;
  readonly permit: ForwardPermit;
  readonly content: ContentDigest;
  /** Set once its permit is used: what belongs to it goes with it. */
  forwarded: ForwardedStatement | null;
  offset: bigint;
}

/** What the sink's next answer is to. */
interface Awaited {
  readonly event: ScpEvent;
  readonly copy: FileCopy | null;
}

export class ScpRelay {
  readonly fromCaller: ChannelHandler;
  readonly fromUpstream: ChannelHandler;
  readonly #options: ScpRelayOptions;
  readonly #source = new ScpSourceReader();
  readonly #replies = new ScpReplyReader();
  readonly #ports: ScpPorts;
  readonly #leaving = new AbortController();
  #upstream: UpstreamEnd | null = null;
  #copy: FileCopy | null = null;
  #awaited: Awaited | null = null;
  /** A sink says once that it is ready, before anything is asked. */
  #ready = false;
  #deciding = false;
  #sourceEof = false;
  #end: ProgramEnd | null = null;
  #over = false;

  constructor(options: ScpRelayOptions) {
    this.#options = options;
    this.#ports = new ScpPorts(options);
    this.fromCaller = this.#callerHandler();
    this.fromUpstream = this.#upstreamHandler();
  }

  get #isUpload(): boolean {
    return this.#options.scp.role === 'sink';
  }

  attach(upstream: UpstreamEnd, forwarded: ForwardedStatement): void {
    this.#upstream = upstream;
    this.#ports.attach(upstream, forwarded);
  }

  #callerHandler(): ChannelHandler {
    const { caller } = this.#options;
    return {
      onData: (data, dataType) => {
        if (dataType !== null || this.#over) caller.handedOn(data.length);
        else this.#take(data, this.#isUpload);
      },
      onEof: () => {
        if (this.#isUpload) this.#sourceEnded();
        else this.#ports.toTarget.pass(() => this.#upstream?.eof());
      },
      onRequest: ({ wantReply }) => {
        if (wantReply) caller.reply(false);
      },
      onReply: () => undefined,
      onClose: () => {
        this.#finish(StatementOutcome.CANCELED, '');
        this.#upstream?.close();
        caller.close();
      },
      onSent: (bytes) => {
        this.#ports.callerGot(bytes);
      },
      onLost: () => {
        this.#finish(StatementOutcome.CUT_OFF, '');
        this.#upstream?.close();
      },
    };
  }

  #upstreamHandler(): ChannelHandler {
    return {
      onData: (data, dataType) => {
        if (this.#over) this.#upstream?.handedOn(data.length);
        else if (dataType !== null) this.#ports.errorOutput(data, dataType);
        else this.#take(data, !this.#isUpload);
      },
      onEof: () => {
        if (this.#isUpload) this.#ports.callerEof();
        else this.#sourceEnded();
      },
      onRequest: (message) => {
        this.#upstreamRequest(message);
      },
      onReply: (success) => {
        this.#upstream?.replied(success);
      },
      onClose: () => {
        this.#upstreamClosed();
      },
      onSent: (bytes) => {
        this.#ports.targetGot(bytes);
      },
      onLost: () => {
        if (!this.#over) this.#fail(new AccessError('target_closed', 'The target closed the connection.'));
      },
    };
  }

  #take(data: Buffer, isSource: boolean): void {
    try {
      if (isSource) this.#source.push(data);
      else this.#replies.push(data);
      this.#pump();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Goes on as far as it can: answers first, then what the source says next. @throws CodecError */
  #pump(): void {
    while (!this.#over && !this.#deciding) {
      const reply = this.#replies.next();
      if (reply !== null) {
        this.#answered(reply);
        continue;
      }
      // What a source says before the sink is ready waits, so that answers keep their order.
      const event = this.#ready ? this.#source.next() : null;
      if (event === null) break;
      this.#event(event);
    }
    if (this.#sourceEof && !this.#deciding && !this.#over) this.#passEof();
  }

  /** The sink's answer. One that answers nothing would shift all that follow. @throws CodecError */
  #answered(reply: ScpReplyRead): void {
    const awaited = this.#awaited;
    if (awaited === null) {
      if (this.#ready) throw new CodecError('unexpected', 'A reply of scp answers nothing.');
      this.#ready = true;
      this.#ports.reply(reply.bytes);
      return;
    }
    this.#awaited = null;
    const accepted = reply.kind === 'ok';
    const { event, copy } = awaited;
    const permit = accepted && copy !== null && event.kind === 'file' ? copy.permit : null;
    const forwarded = this.#ports.reply(reply.bytes, permit);
    if (copy !== null && forwarded !== null) copy.forwarded = forwarded;
    this.#source.answer(accepted);
    if (event.kind === 'file' && accepted) this.#copy = copy;
    else if (copy !== null) finishCopy(copy, event, reply);
  }

  #event(event: ScpEvent): void {
    switch (event.kind) {
      case 'file':
      case 'directory':
        this.#deciding = true;
        this.#decide(event).catch((thrown: unknown) => {
          this.#fail(thrown);
        });
        return;
      case 'data':
        this.#content(event.bytes);
        return;
      case 'file-end':
        this.#ask(event, this.#copy);
        this.#copy = null;
        return;
      case 'times':
      case 'end-directory':
        this.#ask(event, null);
        return;
      case 'warning':
      case 'fatal':
        this.#ports.record(event.bytes);
    }
  }

  /** Hands on what the sink answers. */
  #ask(event: ScpEvent, copy: FileCopy | null): void {
    this.#awaited = { event, copy };
    this.#ports.record(event.bytes, copy?.forwarded ?? null);
  }

  async #decide(entry: ScpEntry): Promise<void> {
    const { core, scp, oracle, signal } = this.#options;
    const operation = entryOperation(scp, entry);
    const paths = await Promise.all(operation.paths.map((use) => oracle.resolve(use)));
    const asker = {
      core,
      signal: AbortSignal.any([signal, this.#leaving.signal]),
      note: (text: string) => {
        this.#ports.note(text);
      },
    };
    const verdict = await decideAsk(asker, operationAsk(operation, paths, 'ssh.scp'), () => undefined);
    this.#deciding = false;
    if (this.#over) {
      if (verdict.kind === 'permit') verdict.run.finish(StatementOutcome.CANCELED, '');
      return;
    }
    if (verdict.kind === 'refused') {
      this.#refuse(entry, verdict.error);
    } else {
      const { run, permit } = verdict;
      const content = new ContentDigest(core.config.limits.fileCaptureBytes);
      this.#awaited = { event: entry, copy: { run, permit, content, forwarded: null, offset: 0n } };
      const copy = this.#awaited.copy;
      const forwarded = this.#ports.entry(entry.bytes, permit);
      if (copy !== null) copy.forwarded = forwarded;
    }
    this.#pump();
  }

  /** Answers in the sink's place: the source leaves it out, and goes on. */
  #refuse(entry: ScpEntry, error: AccessError): void {
    const { requestId } = error.facts;
    const text = `${refusalLine(error)}${requestId === undefined ? '' : ` (request ${requestId})`}`;
    const warning = encodeScpReply({ kind: 'warning', message: text });
    this.#source.answer(false);
    this.#ports.refuse(warning, entry.bytes.length);
  }

  #content(bytes: Buffer): void {
    const copy = this.#copy;
    if (copy === null) throw new Error('content came of no file');
    const captured = copy.content.take(copy.offset, bytes);
    copy.offset += BigInt(bytes.length);
    if (this.#isUpload) {
      this.#ports.upload(copy.forwarded, captured, bytes);
      return;
    }
    const exceeded = copy.run.meter?.count(0, bytes.length) ?? null;
    if (exceeded !== null) {
      copy.run.finish(StatementOutcome.CUT_OFF, exceeded.code);
      throw exceeded;
    }
    copy.run.bytes += bytes.length;
    this.#ports.download(copy.run.id, captured, bytes);
  }

  #sourceEnded(): void {
    this.#sourceEof = true;
    this.#withdraw();
    if (!this.#deciding) this.#passEof();
  }

  #passEof(): void {
    this.#sourceEof = false;
    if (this.#isUpload) this.#ports.toTarget.pass(() => this.#upstream?.eof());
    else this.#ports.callerEof();
  }

  #upstreamRequest({ request, wantReply }: ChannelRequest): void {
    switch (request.kind) {
      case 'exit-status':
        this.#end ??= { kind: 'exit', status: request.status };
        break;
      case 'exit-signal':
        this.#end ??= { kind: 'signal', signal: request.signal };
        break;
      default:
        if (wantReply) this.#upstream?.reply(false);
        return;
    }
    this.#ports.callerRequest(request);
  }

  #upstreamClosed(): void {
    this.#upstream?.close();
    if (this.#over) return;
    this.#options.run.finishProgram(this.#end);
    this.#finish(StatementOutcome.CUT_OFF, '');
    this.#ports.callerClose();
  }

  #fail(thrown: unknown): void {
    if (this.#over) return;
    const error = toAccessError(thrown);
    this.#finish(StatementOutcome.FAILED, error.code);
    this.#upstream?.close();
    this.#ports.callerRefuse(error);
  }

  #finish(outcome: StatementOutcome, status: string): void {
    this.#over = true;
    this.#withdraw();
    for (const copy of [this.#copy, this.#awaited?.copy ?? null]) {
      copy?.run.finish(StatementOutcome.CUT_OFF, summaryOf(copy));
    }
    this.#options.run.finish(outcome, status);
    this.#options.oracle.close();
  }

  #withdraw(): void {
    this.#leaving.abort(new AccessError('hold_withdrawn', 'The caller left.'));
  }
}

function finishCopy(copy: FileCopy, event: ScpEvent, reply: ScpReplyRead): void {
  const problem = event.kind === 'file-end' ? event.problem : null;
  if (reply.kind === 'ok' && problem === null) copy.run.finish(StatementOutcome.COMPLETED, summaryOf(copy));
  else copy.run.finish(StatementOutcome.FAILED, [summaryOf(copy), reply.kind].filter(Boolean).join(', '));
}

function summaryOf({ content }: FileCopy): string {
  return content.summary('copied') ?? '';
}
