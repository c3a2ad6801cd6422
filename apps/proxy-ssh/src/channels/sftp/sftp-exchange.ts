/** What all requests of one SFTP channel share, and the ways that one of them can go. */
import { encodeSftpStatus, type SftpRequest } from '@sallyport/codec-ssh';
import { type AccessError } from '@sallyport/errors';
import type { ForwardedStatement, UpstreamChannel } from '@sallyport/proxy-kit';
import { OrderedLane } from '../../connection/ordered-lane.ts';
import type { SessionCore } from '../session-core.ts';
import type { CallerOutbox } from './caller-outbox.ts';
import type { CreditLedger } from './credit-ledger.ts';
import { NameChanges } from './name-changes.ts';
import type { OpenFile } from './open-file.ts';
import { RequestOrder } from './request-order.ts';
import { resolvePath } from './resolve-path.ts';
import type { ResolvedPath } from './sftp-ask.ts';
import type { PathUse } from './sftp-operation.ts';
import { SFTP_ID_AT, type SftpTarget } from './sftp-target.ts';

/** A request of the caller's that is being dealt with. */
export interface Ticket {
  /** The caller's own. */
  readonly id: number;
  readonly packet: Buffer;
  /** What the caller may send again once it is dealt with. */
  readonly credit: number;
}

/** A request with an id. */
export type AskedRequest = Exclude<SftpRequest, { type: 'INIT' }>;

export interface SftpExchangeOptions {
  readonly core: SessionCore;
  readonly outbox: CallerOutbox;
  readonly target: SftpTarget;
  readonly stream: UpstreamChannel;
  /** The channel's own statement. */
  readonly session: ForwardedStatement;
  /** Withdraws what waits. */
  readonly signal: AbortSignal;
  /** What is on its way to the target, and what the caller gets back for it. */
  readonly ledger: CreditLedger;
  /** Gives the caller back at once. */
  readonly give: (bytes: number) => void;
  /** A request is dealt with: there is room for another. */
  readonly onRoom: () => void;
  /** The channel cannot go on: the target broke the protocol, or the door has a defect. */
  readonly onFailure: (error: unknown) => void;
}

export class SftpExchange {
  readonly core: SessionCore;
  readonly outbox: CallerOutbox;
  readonly stream: UpstreamChannel;
  readonly session: ForwardedStatement;
  readonly signal: AbortSignal;
  readonly target: SftpTarget;
  /** Requests leave for the target in the order in which they came, but for those that wait for approval. */
  readonly toTarget = new OrderedLane();
  readonly changes = new NameChanges();
  /** By the target's handle, in latin1. */
  readonly files = new Map<string, OpenFile>();
  /** Where relative paths begin; null: the target does not say. */
  start: string | null = null;
  readonly #options: SftpExchangeOptions;
  readonly #order = new RequestOrder();
  #open = 0;
  #over = false;

  constructor(options: SftpExchangeOptions) {
    this.#options = options;
    this.core = options.core;
    this.outbox = options.outbox;
    this.stream = options.stream;
    this.session = options.session;
    this.signal = options.signal;
    this.target = options.target;
  }

  /** Requests that are not dealt with. */
  get open(): number {
    return this.#open;
  }

  /** Nothing more is sent either way. */
  get isOver(): boolean {
    return this.#over;
  }

  end(): void {
    this.#over = true;
  }

  /** Sees to what goes on by itself. */
  watch(work: Promise<void>): void {
    work.catch(this.#options.onFailure);
  }

  ticket(id: number, packet: Buffer, credit: number): Ticket {
    this.#open++;
    return { id, packet, credit };
  }

  /** Sends a request on; its answer has the caller's id again. */
  forward<Sent>(
    ticket: Ticket,
    send: (packet: Buffer) => Sent,
    onReply: (packet: Buffer, credit: number) => void,
  ): Sent {
    const answered = this.#order.sent();
    this.target.register(ticket.packet, (reply, credit) => {
      answered();
      this.#open--;
      reply.writeUInt32BE(ticket.id, SFTP_ID_AT);
      onReply(reply, credit);
      this.#order.release();
      this.#options.onRoom();
    });
    this.#options.ledger.expect(ticket.packet.length, ticket.credit);
    return send(ticket.packet);
  }

  /** Answers a request here, behind the answers to what came before it. */
  settle(ticket: Ticket, answer: () => void): void {
    if (this.#over) return;
    this.#options.give(ticket.credit);
    this.#order.behind(() => {
      this.#open--;
      this.outbox.lane.pass(answer);
      this.#options.onRoom();
    });
  }

  refuse(ticket: Ticket, error: AccessError): void {
    this.settle(ticket, () => {
      this.outbox.refusal(ticket.id, error);
    });
  }

  status(ticket: Ticket, code: number, message: string): void {
    this.settle(ticket, () => {
      this.outbox.own(encodeSftpStatus(ticket.id, code, message));
    });
  }

  /** Hands an answer of the target's on, behind those that wait for their record. */
  answer(packet: Buffer, credit: number): void {
    this.outbox.lane.pass(() => {
      this.outbox.packet(packet, credit);
    });
  }

  /** Where a path leads, by its text and by the target's word. */
  resolve(use: PathUse): Promise<ResolvedPath> {
    return resolvePath(this.target, this.start, use);
  }

  /** For the person at the client. */
  note(text: string): void {
    this.outbox.note(text);
  }
}
