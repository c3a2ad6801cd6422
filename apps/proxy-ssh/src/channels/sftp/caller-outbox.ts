/** What goes to the caller of an SFTP channel: packets in order, those of one turn as one. */
import { encodeSftpStatus, SftpStatus } from '@sallyport/codec-ssh';
import type { AccessError } from '@sallyport/errors';
import { joinFrames, maskFrames, proxyMadeFrames, type MaskedFrames } from '@sallyport/proxy-kit';
import type { CallerEnd } from '../../connection/caller-end.ts';
import { OrderedLane } from '../../connection/ordered-lane.ts';
import { passMasker } from '../../stages/mask/output-masker.ts';
import { refusalLine, refusalSentence } from '../../wire-errors.ts';
import type { CreditLedger } from './credit-ledger.ts';

/** Refusals that are told on standard error besides: clients show no reasons, but many that never read it would stall. */
const MAX_NOTES = 64;
/** What the kit joins into one write. */
const JOINED_BYTES = 16 * 1024;

export class CallerOutbox {
  readonly lane = new OrderedLane();
  readonly #caller: CallerEnd;
  readonly #ledger: CreditLedger;
  #gathered: MaskedFrames[] = [];
  #gatheredBytes = 0;
  #notes = 0;
  readonly #flushLater = (): void => {
    this.flush();
  };

  /** @param ledger gives the target its window back */
  constructor(caller: CallerEnd, ledger: CreditLedger) {
    this.#caller = caller;
    this.#ledger = ledger;
  }

  /** A packet of the target's, which may send so many bytes again; what of it is file content is recorded already. */
  packet(packet: Buffer, credit: number): void {
    this.#ledger.expect(packet.length, credit);
    this.#gather(maskFrames(passMasker, packet));
  }

  /** A packet of the door's own. `instead`: bytes of the target that it stands for. */
  own(packet: Buffer, instead = 0): void {
    this.#ledger.expect(packet.length, instead);
    this.#gather(proxyMadeFrames(packet));
  }

  status(id: number, code: number, message: string, instead = 0): void {
    this.own(encodeSftpStatus(id, code, message), instead);
  }

  /** A request is not done, and why. */
  refusal(id: number, error: AccessError, instead = 0): void {
    const { requestId } = error.facts;
    const named = requestId === undefined ? '' : ` (request ${requestId})`;
    this.status(id, SftpStatus.PERMISSION_DENIED, `${refusalSentence(error)}${named}`, instead);
    this.note(`${refusalLine(error)}\r\n`);
  }

  /** For the person at the client, a bounded number of times. */
  note(text: string): void {
    if (this.#notes >= MAX_NOTES) return;
    this.#notes++;
    this.flush();
    this.#ledger.expect(Buffer.byteLength(text), 0);
    this.#caller.note(text);
  }

  flush(): void {
    if (this.#gathered.length === 0) return;
    const frames = joinFrames(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#caller.send(frames, null);
  }

  #gather(frames: MaskedFrames): void {
    // Up to this size pieces become one message; many small answers would each be one of their own.
    if (this.#gatheredBytes + frames.byteLength > JOINED_BYTES) this.flush();
    this.#gatheredBytes += frames.byteLength;
    this.#gathered.push(frames);
    if (this.#gathered.length === 1) process.nextTick(this.#flushLater);
  }
}
