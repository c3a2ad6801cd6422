import type { ChannelRequestKind } from '@sallyport/codec-ssh';
import {
  UpstreamChannel,
  type AuthorizedTarget,
  type ForwardPermit,
  type ForwardedStatement,
  type RecordedInput,
} from '@sallyport/proxy-kit';
import type { ChannelEnd } from './channel-end.ts';
import { proofPort } from './proof-port.ts';

/** What a channel needs before its statement and what says nothing of the caller's: a terminal, harmless variables. */
export type PreparingRequest = Extract<ChannelRequestKind, { kind: 'pty-req' | 'env' }>;

/**
 * The target's side of a channel. A statement's message needs its permit, the
 * caller's further bytes proof that they are recorded.
 */
export class UpstreamEnd {
  readonly #end: ChannelEnd;
  readonly #messages: UpstreamChannel;
  readonly #data: UpstreamChannel;
  readonly #replies: ((success: boolean) => void)[] = [];

  constructor(target: AuthorizedTarget, end: ChannelEnd) {
    this.#end = end;
    const unlimited = Number.POSITIVE_INFINITY;
    this.#messages = new UpstreamChannel(
      target,
      proofPort((payload) => {
        end.message(payload);
      }),
      unlimited,
    );
    this.#data = new UpstreamChannel(
      target,
      proofPort((bytes) => {
        end.send(bytes, null);
      }),
      unlimited,
    );
  }

  /** The channel's data, for protocols that have statements in it. */
  get stream(): UpstreamChannel {
    return this.#data;
  }

  /** Sends a statement's request. `onReply` is told whether the target does it. */
  begin(
    permit: ForwardPermit,
    request: ChannelRequestKind,
    onReply: ((success: boolean) => void) | null,
  ): ForwardedStatement {
    const payload = this.#end.encodeRequest(request, onReply !== null);
    if (onReply !== null) this.#replies.push(onReply);
    const forwarded = this.#messages.send(permit, payload);
    this.#messages.flush();
    return forwarded;
  }

  prepare(request: PreparingRequest, onReply: ((success: boolean) => void) | null): void {
    if (onReply !== null) this.#replies.push(onReply);
    this.#end.request(request, onReply !== null);
  }

  /** The message of a request of the caller's, to be recorded and then sent with `tell`. */
  encode(request: ChannelRequestKind, wantReply: boolean): Buffer {
    return this.#end.encodeRequest(request, wantReply);
  }

  /** Sends a request that is recorded. */
  tell(recorded: RecordedInput, onReply: ((success: boolean) => void) | null): void {
    if (onReply !== null) this.#replies.push(onReply);
    this.#messages.sendInput(recorded);
    this.#messages.flush();
  }

  /** Sends the caller's bytes. */
  input(recorded: RecordedInput): void {
    this.#data.sendInput(recorded);
    this.#data.flush();
  }

  /** Sends what the door itself says to what it runs on the target: nothing of the caller's. */
  own(bytes: Uint8Array): void {
    this.#data.own({ purpose: 'stand-in', bytes });
    this.#data.flush();
  }

  /** Sends bytes that let a permitted statement run. */
  answer(permit: ForwardPermit, bytes: Uint8Array): void {
    this.#data.send(permit, bytes);
    this.#data.flush();
  }

  /** The target answered the oldest request that wanted one. */
  replied(success: boolean): void {
    this.#replies.shift()?.(success);
  }

  /** Answers a request of the target's. */
  reply(success: boolean): void {
    this.#end.reply(success);
  }

  eof(): void {
    this.#end.eof();
  }

  close(): void {
    this.#end.close();
  }

  handedOn(bytes: number): void {
    this.#end.handedOn(bytes);
  }

  refill(): void {
    this.#end.refill();
  }
}
