/** The two sides of a legacy copy: what goes to either, in order and recorded, and what each gets back for it. */
import type { ChannelRequestKind } from '@sallyport/codec-ssh';
import type { AccessError } from '@sallyport/errors';
import {
  maskFrames,
  proxyMadeFrames,
  type ForwardedStatement,
  type ForwardPermit,
  type MaskedFrames,
} from '@sallyport/proxy-kit';
import type { CallerEnd } from '../../connection/caller-end.ts';
import { OrderedLane } from '../../connection/ordered-lane.ts';
import type { UpstreamEnd } from '../../connection/upstream-end.ts';
import { passMasker } from '../../stages/mask/output-masker.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import type { SessionCore } from '../session-core.ts';
import { checkRead } from '../sftp/check-read.ts';
import { CreditLedger } from '../sftp/credit-ledger.ts';

export interface ScpPortsOptions {
  readonly core: SessionCore;
  readonly caller: CallerEnd;
  /** Of the copy as a whole. */
  readonly run: StatementRun;
  readonly scp: { readonly role: 'sink' | 'source' };
}

export class ScpPorts {
  readonly toTarget = new OrderedLane();
  readonly #options: ScpPortsOptions;
  readonly #toCaller = new OrderedLane();
  readonly #targetLedger: CreditLedger;
  readonly #callerLedger: CreditLedger;
  readonly #giveCaller: (bytes: number) => void;
  readonly #giveTarget: (bytes: number) => void;
  #upstream: UpstreamEnd | null = null;
  #whole: ForwardedStatement | null = null;

  constructor(options: ScpPortsOptions) {
    this.#options = options;
    const { caller, core } = options;
    this.#giveCaller = (bytes) => {
      caller.handedOn(bytes);
      if (!core.isUpstreamCongested()) caller.refill();
    };
    this.#giveTarget = (bytes) => {
      this.#upstream?.handedOn(bytes);
      if (!core.isCallerCongested()) this.#upstream?.refill();
    };
    this.#targetLedger = new CreditLedger(this.#giveCaller);
    this.#callerLedger = new CreditLedger(this.#giveTarget);
  }

  attach(upstream: UpstreamEnd, whole: ForwardedStatement): void {
    this.#upstream = upstream;
    this.#whole = whole;
  }

  callerGot(bytes: number): void {
    this.#callerLedger.sent(bytes);
  }

  targetGot(bytes: number): void {
    this.#targetLedger.sent(bytes);
  }

  get #isUpload(): boolean {
    return this.#options.scp.role === 'sink';
  }

  /** An answer of the sink's, to the source. A permit goes with the one that makes the target give a file away. */
  reply(bytes: Buffer, permit: ForwardPermit | null = null): ForwardedStatement | null {
    if (this.#isUpload) {
      this.#callerGets(maskFrames(passMasker, bytes), bytes.length);
      return null;
    }
    return this.#targetGets(bytes, bytes.length, permit, null);
  }

  /** A file or directory that may be, to the sink. */
  entry(bytes: Buffer, permit: ForwardPermit): ForwardedStatement | null {
    if (this.#isUpload) return this.#targetGets(bytes, bytes.length, permit, null);
    this.#callerGets(maskFrames(passMasker, bytes), bytes.length);
    return null;
  }

  /** Everything else that the source says, to the sink. */
  record(bytes: Buffer, forwarded: ForwardedStatement | null = null): void {
    if (this.#isUpload) this.#targetGets(bytes, bytes.length, null, forwarded);
    else this.#callerGets(maskFrames(passMasker, bytes), bytes.length);
  }

  /** The source hears that something is refused; a caller who is the sink hears it from the source, as it seems. */
  refuse(warning: Buffer, instead: number): void {
    if (this.#isUpload) {
      this.#giveCaller(instead);
      this.#callerGets(proxyMadeFrames(warning), 0);
      return;
    }
    this.#giveTarget(instead);
    this.#targetGets(warning, 0, null, null);
    this.#callerGets(proxyMadeFrames(warning), 0);
  }

  /** Content to the target, what is to be recorded of it first. */
  upload(forwarded: ForwardedStatement | null, captured: Buffer, bytes: Buffer): void {
    if (forwarded === null) throw new Error('content goes to the target without its statement');
    const ready = this.toTarget.wait();
    const { recorder } = this.#options.core.target;
    recorder.input(forwarded, 'bytes', captured.length === 0 ? [] : [captured], [bytes], (input) => {
      ready(() => {
        this.#targetLedger.expect(bytes.length, bytes.length);
        this.#upstream?.input(input);
      });
    });
  }

  /** Content to the caller, what is to be recorded of it first. */
  download(statementId: string, captured: Buffer, bytes: Buffer): void {
    const frames = maskFrames(passMasker, bytes);
    if (captured.length === 0) {
      this.#callerGets(frames, bytes.length);
      return;
    }
    const ready = this.#toCaller.wait();
    const { recorder } = this.#options.core.target;
    recorder.output(statementId, 'bytes', maskFrames(passMasker, captured), () => {
      ready(() => {
        this.#send(frames, bytes.length, null);
      });
    });
  }

  errorOutput(data: Buffer, dataType: number): void {
    const { core, run } = this.#options;
    if (checkRead(run.decided.decision, []) !== null) {
      // What is in it cannot be masked, and nobody waits for it.
      this.#giveTarget(data.length);
      return;
    }
    const frames = maskFrames(passMasker, data);
    const ready = this.#toCaller.wait();
    const send = () => {
      this.#send(frames, data.length, dataType);
    };
    core.target.recorder.output(
      run.id,
      'bytes',
      frames,
      () => {
        ready(send);
      },
      null,
      'stderr',
    );
  }

  note(text: string): void {
    this.#toCaller.pass(() => {
      this.#callerLedger.expect(Buffer.byteLength(text), 0);
      this.#options.caller.note(text);
    });
  }

  callerRequest(request: ChannelRequestKind): void {
    this.#toCaller.pass(() => {
      this.#options.caller.request(request);
    });
  }

  callerEof(): void {
    this.#toCaller.pass(() => {
      this.#options.caller.eof();
    });
  }

  callerClose(): void {
    this.#toCaller.pass(() => {
      this.#options.caller.close();
    });
  }

  callerRefuse(error: AccessError): void {
    this.#toCaller.pass(() => {
      this.#options.caller.refuse(error);
    });
  }

  #callerGets(frames: MaskedFrames, credit: number): void {
    this.#toCaller.pass(() => {
      this.#send(frames, credit, null);
    });
  }

  #send(frames: MaskedFrames, credit: number, dataType: number | null): void {
    this.#callerLedger.expect(frames.byteLength, credit);
    this.#options.caller.send(frames, dataType);
  }

  /** What goes with a permit is a statement of its own; all else belongs to one that is on its way. */
  #targetGets(
    bytes: Buffer,
    credit: number,
    permit: ForwardPermit | null,
    belongsTo: ForwardedStatement | null,
  ): ForwardedStatement | null {
    const upstream = this.#upstream;
    const whole = belongsTo ?? this.#whole;
    if (upstream === null || whole === null) return null;
    if (permit !== null && this.toTarget.isEmpty) {
      this.#targetLedger.expect(bytes.length, credit);
      return upstream.stream.send(permit, bytes);
    }
    if (permit !== null) throw new Error('a statement of a copy would overtake what came before it');
    this.toTarget.pass(() => {
      this.#targetLedger.expect(bytes.length, credit);
      upstream.stream.proceed(whole, bytes);
    });
    return null;
  }
}
