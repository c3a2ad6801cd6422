/**
 * Bytes between a caller's channel and the target's, in order, each recorded
 * before it goes on: data, ends of data, requests and ends of channels leave
 * in the order in which they came (RFC 4254, 5.2, 5.3).
 */
import { EXTENDED_DATA_STDERR, type ChannelRequest, type ChannelRequestKind } from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { joinFrames, maskFrames, type ForwardedStatement, type MaskedFrames } from '@sallyport/proxy-kit';
import type { CallerEnd } from '../connection/caller-end.ts';
import type { ChannelHandler } from '../connection/channel-end.ts';
import { OrderedLane } from '../connection/ordered-lane.ts';
import type { UpstreamEnd } from '../connection/upstream-end.ts';
import { HeldOutput } from '../stages/mask/held-output.ts';
import { passMasker, type StreamMasker } from '../stages/mask/output-masker.ts';
import type { ProgramEnd, StatementRun } from '../stages/record/statement-run.ts';
import type { SessionCore } from './session-core.ts';

type Stream = 'stdout' | 'stderr';

export interface RelayOptions {
  readonly core: SessionCore;
  readonly caller: CallerEnd;
  readonly run: StatementRun;
  /** How recorded bytes are to be read: "terminal" or "bytes". */
  readonly format: string;
  /** What the streams of the target go through; absent: nothing is masked in them. */
  readonly maskers?: Readonly<Record<Stream, StreamMasker>>;
}

const EMPTY = new Uint8Array();

export class Relay {
  readonly fromCaller: ChannelHandler;
  readonly fromUpstream: ChannelHandler;
  readonly #options: RelayOptions;
  readonly #toUpstream = new OrderedLane();
  readonly #toCaller = new OrderedLane();
  readonly #maskers: Readonly<Record<Stream, StreamMasker>>;
  readonly #held: Readonly<Record<Stream, HeldOutput>>;
  readonly #credit: Credit;
  #upstream: UpstreamEnd | null = null;
  #forwarded: ForwardedStatement | null = null;
  #end: ProgramEnd | null = null;
  #callerLeft = false;
  #over = false;
  #gathered: MaskedFrames[] = [];
  #gatheredType: number | null = null;
  readonly #releaseLater = (): void => {
    this.#release();
  };

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#maskers = options.maskers ?? { stdout: passMasker, stderr: passMasker };
    this.#held = {
      stdout: this.#heldOutput('stdout', null),
      stderr: this.#heldOutput('stderr', EXTENDED_DATA_STDERR),
    };
    this.#credit = new Credit((bytes) => {
      this.#upstream?.handedOn(bytes);
      if (!options.core.isCallerCongested()) this.#upstream?.refill();
    });
    this.fromCaller = this.#callerHandler();
    this.fromUpstream = this.#upstreamHandler();
  }

  /** The target's side is there, and what the caller asked for is on its way. */
  attach(upstream: UpstreamEnd, forwarded: ForwardedStatement): void {
    this.#upstream = upstream;
    this.#forwarded = forwarded;
  }

  /** The target's side is there, and is being prepared; nothing of the caller's may go to it yet. */
  prepare(upstream: UpstreamEnd): void {
    this.#upstream = upstream;
  }

  /** Ends the channel from here. */
  cut(error: AccessError): void {
    if (this.#over) return;
    this.#release();
    this.#over = true;
    this.#options.run.finish(StatementOutcome.FAILED, error.code);
    this.#upstream?.close();
    this.#toCaller.pass(() => {
      this.#options.caller.refuse(error);
    });
  }

  #callerHandler(): ChannelHandler {
    const { caller, run } = this.#options;
    return {
      onData: (data, dataType) => {
        if (dataType === null) this.#input(data);
        else caller.handedOn(data.length);
      },
      onEof: () => {
        this.#toUpstream.pass(() => this.#upstream?.eof());
      },
      onRequest: (message) => {
        this.#callerRequest(message);
      },
      onReply: () => undefined,
      onClose: () => {
        this.#callerLeft = true;
        if (this.#over) caller.close();
        else this.#toUpstream.pass(() => this.#upstream?.close());
      },
      onSent: (bytes) => {
        this.#credit.sent(bytes);
      },
      onLost: () => {
        this.#callerLeft = true;
        this.#over = true;
        run.finish(StatementOutcome.CUT_OFF, '');
        this.#upstream?.close();
      },
    };
  }

  #upstreamHandler(): ChannelHandler {
    const { core, caller, run } = this.#options;
    return {
      onData: (data, dataType) => {
        this.#output(data, dataType);
      },
      onEof: () => {
        this.#flushMaskers();
        this.#toCaller.pass(() => {
          caller.eof();
        });
      },
      onRequest: (message) => {
        this.#upstreamRequest(message);
      },
      onReply: (success) => {
        this.#release();
        this.#upstream?.replied(success);
      },
      onClose: () => {
        this.#upstreamClosed();
      },
      onSent: (bytes) => {
        caller.handedOn(bytes);
        if (!core.isUpstreamCongested()) caller.refill();
      },
      onLost: () => {
        if (this.#over) return;
        this.#flushMaskers();
        this.#over = true;
        run.finish(StatementOutcome.CUT_OFF, 'target_closed');
        this.#toCaller.pass(() => {
          caller.refuse(new AccessError('target_closed', 'The target closed the connection.'));
        });
      },
    };
  }

  #input(data: Buffer): void {
    const { core, caller, format } = this.#options;
    const forwarded = this.#forwarded;
    if (forwarded === null || this.#over) {
      caller.handedOn(data.length);
      return;
    }
    const ready = this.#toUpstream.wait();
    const bytes = [data];
    core.target.recorder.input(forwarded, format, bytes, bytes, (recorded) => {
      ready(() => this.#upstream?.input(recorded));
    });
  }

  #output(data: Buffer, dataType: number | null): void {
    const { run } = this.#options;
    if (this.#callerLeft || this.#over) {
      this.#credit.dropped(data.length);
      return;
    }
    const stream: Stream = dataType === null ? 'stdout' : 'stderr';
    const frames = maskFrames(this.#maskers[stream], data);
    this.#held[stream].wait();
    const exceeded = run.meter?.count(0, frames.byteLength) ?? null;
    if (exceeded !== null) {
      this.cut(exceeded);
      return;
    }
    this.#credit.took(data.length, frames.byteLength);
    this.#gather(frames, dataType);
  }

  /** What one read brought of one stream is recorded and sent as one. */
  #gather(frames: MaskedFrames, dataType: number | null): void {
    if (this.#gathered.length > 0 && this.#gatheredType !== dataType) this.#release();
    this.#gatheredType = dataType;
    this.#gathered.push(frames);
    if (this.#gathered.length === 1) process.nextTick(this.#releaseLater);
  }

  /** Records what was gathered; before anything that has its place behind it. */
  #release(): void {
    if (this.#gathered.length === 0) return;
    const { core, caller, run, format } = this.#options;
    const frames = joinFrames(this.#gathered);
    const dataType = this.#gatheredType;
    this.#gathered = [];
    run.bytes += frames.byteLength;
    const ready = this.#toCaller.wait();
    const go = () => {
      caller.send(frames, dataType);
    };
    const recorded = () => {
      ready(go);
    };
    core.target.recorder.output(
      run.id,
      format,
      frames,
      recorded,
      null,
      dataType === null ? 'stdout' : 'stderr',
    );
  }

  /** What a masker kept back goes on when nothing more came. */
  #heldOutput(stream: Stream, dataType: number | null): HeldOutput {
    return new HeldOutput(this.#maskers[stream], (frames) => {
      if (this.#callerLeft || this.#over) return;
      this.#credit.took(0, frames.byteLength);
      this.#gather(frames, dataType);
    });
  }

  /** The target sends no more: what the maskers kept back goes too. */
  #flushMaskers(): void {
    for (const [stream, dataType] of [
      ['stdout', null],
      ['stderr', EXTENDED_DATA_STDERR],
    ] as const) {
      const masker = this.#maskers[stream];
      this.#held[stream].stop();
      const frames = maskFrames({ mask: () => masker.flush() }, EMPTY);
      if (frames.byteLength === 0 || this.#callerLeft || this.#over) continue;
      this.#credit.took(0, frames.byteLength);
      this.#gather(frames, dataType);
    }
    this.#release();
  }

  /** Requests on a running program: those that are its input go on, all others are not for now. */
  #callerRequest({ request, wantReply }: ChannelRequest): void {
    const { core, caller } = this.#options;
    const recorded = recordedForm(request);
    const upstream = this.#upstream;
    const forwarded = this.#forwarded;
    if (recorded === null || upstream === null || forwarded === null || this.#over) {
      if (wantReply)
        this.#toCaller.pass(() => {
          caller.reply(false);
        });
      return;
    }
    if (request.kind === 'window-change') this.#maskers.stdout.resize(request.size.columns);
    const ready = this.#toUpstream.wait();
    const payload = upstream.encode(request, wantReply);
    const onReply = wantReply
      ? (success: boolean) => {
          this.#toCaller.pass(() => {
            caller.reply(success);
          });
        }
      : null;
    core.target.recorder.input(
      forwarded,
      recorded.format,
      [Buffer.from(recorded.text)],
      [payload],
      (input) => {
        ready(() => {
          upstream.tell(input, onReply);
        });
      },
    );
  }

  #upstreamRequest({ request, wantReply }: ChannelRequest): void {
    const { caller } = this.#options;
    switch (request.kind) {
      case 'exit-status':
        this.#end ??= { kind: 'exit', status: request.status };
        break;
      case 'exit-signal':
        this.#end ??= { kind: 'signal', signal: request.signal };
        break;
      case 'eow@openssh.com':
      case 'xon-xoff':
        break;
      default:
        // A target that asks whether somebody is there is answered here.
        if (wantReply) this.#upstream?.reply(false);
        return;
    }
    this.#release();
    this.#toCaller.pass(() => {
      caller.request(request);
    });
  }

  #upstreamClosed(): void {
    const { caller, run } = this.#options;
    this.#flushMaskers();
    if (this.#callerLeft && this.#end === null) run.finish(StatementOutcome.CANCELED, '');
    else run.finishProgram(this.#end);
    // Both ways: what the caller still sends has nowhere to go.
    this.#toUpstream.pass(() => this.#upstream?.close());
    if (this.#over) return;
    this.#over = true;
    this.#toCaller.pass(() => {
      caller.close();
    });
  }
}

/** How a request of the caller's is recorded that goes to a running program; null: it does not go. */
function recordedForm(
  request: ChannelRequestKind,
): { readonly format: string; readonly text: string } | null {
  switch (request.kind) {
    case 'window-change':
      return { format: 'terminal.resize', text: `${request.size.columns}x${request.size.rows}` };
    case 'signal':
      return { format: 'ssh.signal', text: request.signal };
    case 'break':
      return { format: 'ssh.break', text: String(request.lengthMs) };
    default:
      return null;
  }
}

/**
 * Counts what the target may send again: as much as went on to the caller.
 * Masks change lengths, so that all counts as gone on when nothing waits.
 */
class Credit {
  readonly #give: (bytes: number) => void;
  #taken = 0;
  #made = 0;
  #sent = 0;
  #given = 0;

  constructor(give: (bytes: number) => void) {
    this.#give = give;
  }

  took(bytes: number, made: number): void {
    this.#taken += bytes;
    this.#made += made;
    if (made === 0) this.#settle();
  }

  dropped(bytes: number): void {
    this.#taken += bytes;
    this.#given += bytes;
    this.#give(bytes);
  }

  sent(bytes: number): void {
    this.#sent += bytes;
    this.#settle();
  }

  #settle(): void {
    const due = (this.#sent >= this.#made ? this.#taken : Math.min(this.#sent, this.#taken)) - this.#given;
    if (due <= 0) return;
    this.#given += due;
    this.#give(due);
  }
}
