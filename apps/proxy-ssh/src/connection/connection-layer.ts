/**
 * The connection protocol (RFC 4254) over one transport: the table of its
 * channels, and global requests. Used towards callers and towards targets.
 */
import {
  ChannelOpenFailureReason,
  CodecError,
  ConnectionNumber,
  decodeChannelData,
  decodeConnectionMessage,
  encodeChannelOpen,
  encodeChannelOpenConfirmation,
  encodeChannelOpenFailure,
  encodeGlobalRequest,
  type ChannelOpen,
  type ChannelOpenConfirmation,
  type ChannelOpenFailure,
  type ChannelOpenKind,
  type ConnectionMessage,
  type GlobalRequest,
  type GlobalRequestKind,
} from '@sallyport/codec-ssh';
import { AccessError } from '@sallyport/errors';
import type { TransportListener } from '../transport/message-inbox.ts';
import { ChannelEnd, type ChannelHandler } from './channel-end.ts';
import type { PacketPort } from './channel-sender.ts';

export interface ConnectionHooks {
  onOpen(open: ChannelOpen): void;
  onGlobalRequest(request: GlobalRequest): void;
  /** The peer broke the protocol; nothing more of it is read. */
  onViolation(error: AccessError): void;
  /** The peer takes bytes again. */
  onDrain(): void;
  /** Something came; messages of one read were handled. */
  onTurn(): void;
}

/** What the connection protocol needs of a transport. */
export interface ConnectionPort extends PacketPort {
  /** Packets of more than 35,000 bytes. */
  readonly takesLargePackets: boolean;
}

export interface ConnectionLimits {
  readonly windowBytes: number;
  readonly maxChannels: number;
}

/** How a global request came out; `data` is what a success carries. */
export type GlobalReply = (success: boolean, data: Buffer) => void;

const NO_DATA = Buffer.alloc(0);

/** A channel that was asked for and has no answer yet. */
interface Opening {
  readonly handler: ChannelHandler;
  readonly onAnswer: (answer: ChannelEnd | ChannelOpenFailure) => void;
}

/** What a message carries at most in either direction, where the transport takes no more. */
const SMALL_PACKET = 32 * 1024;
/** What a peer may put into one message, where the transport takes it: fewer messages cost less. */
const LARGE_PACKET = 128 * 1024;

export class ConnectionLayer implements TransportListener {
  readonly #port: ConnectionPort;
  readonly #hooks: ConnectionHooks;
  readonly #limits: ConnectionLimits;
  readonly #channels = new Map<number, ChannelEnd>();
  readonly #openings = new Map<number, Opening>();
  readonly #globalReplies: GlobalReply[] = [];
  #broken = false;

  constructor(port: ConnectionPort, hooks: ConnectionHooks, limits: ConnectionLimits) {
    this.#port = port;
    this.#hooks = hooks;
    this.#limits = limits;
  }

  get #maxPacket(): number {
    return this.#port.takesLargePackets ? LARGE_PACKET : SMALL_PACKET;
  }

  get openChannels(): number {
    return this.#channels.size + this.#openings.size;
  }

  /** Room for one more channel. */
  get hasRoom(): boolean {
    return this.openChannels < this.#limits.maxChannels;
  }

  /** Confirms a channel that the peer opened. */
  accept(open: ChannelOpen, handler: ChannelHandler): ChannelEnd {
    const end = this.#addEnd(this.#takeId(), open, handler);
    this.#port.send(
      encodeChannelOpenConfirmation({
        recipientChannel: open.senderChannel,
        senderChannel: end.localId,
        initialWindowSize: this.#limits.windowBytes,
        maximumPacketSize: this.#maxPacket,
      }),
    );
    return end;
  }

  refuse(open: ChannelOpen, reasonCode: number, description: string): void {
    this.#port.send(
      encodeChannelOpenFailure({ recipientChannel: open.senderChannel, reasonCode, description }),
    );
  }

  /** The message that opens a channel, for whoever may send it; `onAnswer` is told how it came out. */
  prepareOpen(
    open: ChannelOpenKind,
    handler: ChannelHandler,
    onAnswer: (answer: ChannelEnd | ChannelOpenFailure) => void,
  ): Buffer {
    const senderChannel = this.#takeId();
    this.#openings.set(senderChannel, { handler, onAnswer });
    const { windowBytes } = this.#limits;
    return encodeChannelOpen({
      senderChannel,
      initialWindowSize: windowBytes,
      maximumPacketSize: this.#maxPacket,
      open,
    });
  }

  sendGlobalRequest(request: GlobalRequestKind, onReply: GlobalReply): void {
    this.expectGlobalReply(onReply);
    this.#port.send(encodeGlobalRequest({ wantReply: true, request }));
  }

  /** A global request that wants an answer is sent right now by whoever may. */
  expectGlobalReply(onReply: GlobalReply): void {
    this.#globalReplies.push(onReply);
  }

  /** Gives windows back that wait for the other side to take bytes. */
  refill(): void {
    for (const channel of this.#channels.values()) channel.refill();
  }

  /** The connection is over: every channel is told. */
  lost(): void {
    this.#broken = true;
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const channel of channels) channel.lost();
    for (const onReply of this.#globalReplies.splice(0)) onReply(false, NO_DATA);
    const openings = [...this.#openings.values()];
    this.#openings.clear();
    for (const { onAnswer } of openings) {
      onAnswer({
        type: 'CHANNEL_OPEN_FAILURE',
        recipientChannel: 0,
        reasonCode: ChannelOpenFailureReason.CONNECT_FAILED,
        description: 'The connection was closed.',
        languageTag: '',
      });
    }
  }

  onMessage(payload: Buffer): void {
    const number = payload[0] ?? 0;
    // More of a login that is over is ignored (RFC 4252, 5.1).
    if (this.#broken || number < ConnectionNumber.GLOBAL_REQUEST) return;
    try {
      if (number === ConnectionNumber.CHANNEL_DATA) {
        const { recipientChannel, data } = decodeChannelData(payload);
        this.#data(recipientChannel, data, null);
      } else {
        this.#dispatch(decodeConnectionMessage(payload));
      }
    } catch (thrown) {
      if (thrown instanceof CodecError) this.#violation(thrown.message, thrown);
      else if (thrown instanceof AccessError) this.#violation(thrown.publicMessage, thrown);
      else throw thrown;
    }
  }

  onTurn(): void {
    this.#hooks.onTurn();
  }

  onDrain(): void {
    this.#hooks.onDrain();
  }

  #dispatch(message: ConnectionMessage): void {
    switch (message.type) {
      case 'CHANNEL_DATA':
        this.#data(message.recipientChannel, message.data, null);
        return;
      case 'CHANNEL_EXTENDED_DATA':
        this.#data(message.recipientChannel, message.data, message.dataType);
        return;
      case 'CHANNEL_WINDOW_ADJUST':
        // It may cross the end of its channel.
        this.#check(
          this.#channels.get(message.recipientChannel)?.gotAdjust(message.bytesToAdd) ?? true,
          'A window grew too large.',
        );
        return;
      case 'CHANNEL_EOF':
        this.#channel(message.recipientChannel).gotEofMessage();
        return;
      case 'CHANNEL_CLOSE':
        this.#channel(message.recipientChannel).gotCloseMessage();
        return;
      case 'CHANNEL_REQUEST':
        this.#channel(message.recipientChannel).gotRequest(message);
        return;
      case 'CHANNEL_SUCCESS':
      case 'CHANNEL_FAILURE':
        this.#channel(message.recipientChannel).gotReply(message.type === 'CHANNEL_SUCCESS');
        return;
      case 'CHANNEL_OPEN':
        this.#hooks.onOpen(message);
        return;
      case 'CHANNEL_OPEN_CONFIRMATION':
        this.#confirmed(message);
        return;
      case 'CHANNEL_OPEN_FAILURE':
        this.#openingOf(message.recipientChannel).onAnswer(message);
        return;
      case 'GLOBAL_REQUEST':
        this.#hooks.onGlobalRequest(message);
        return;
      case 'REQUEST_SUCCESS':
        this.#globalReplies.shift()?.(true, message.data);
        return;
      case 'REQUEST_FAILURE':
        this.#globalReplies.shift()?.(false, NO_DATA);
        return;
    }
  }

  #data(recipient: number, data: Buffer, dataType: number | null): void {
    this.#check(this.#channel(recipient).gotData(data, dataType), 'More data came than the window allows.');
  }

  #confirmed(message: ChannelOpenConfirmation): void {
    const { handler, onAnswer } = this.#openingOf(message.recipientChannel);
    onAnswer(this.#addEnd(message.recipientChannel, message, handler));
  }

  #openingOf(localId: number): Opening {
    const opening = this.#openings.get(localId);
    if (opening === undefined) throw violation('An answer came for a channel that nobody asked for.');
    this.#openings.delete(localId);
    return opening;
  }

  #addEnd(
    localId: number,
    peer: {
      readonly senderChannel: number;
      readonly initialWindowSize: number;
      readonly maximumPacketSize: number;
    },
    handler: ChannelHandler,
  ): ChannelEnd {
    const end = new ChannelEnd({
      port: this.#port,
      localId,
      remoteId: peer.senderChannel,
      remoteWindow: peer.initialWindowSize,
      remoteMaxPacket: Math.min(peer.maximumPacketSize, SMALL_PACKET),
      localWindow: this.#limits.windowBytes,
      handler,
      onGone: () => this.#channels.delete(localId),
    });
    this.#channels.set(localId, end);
    return end;
  }

  /** The smallest number that is free, as OpenSSH does it. */
  #takeId(): number {
    let id = 0;
    if (this.openChannels > 0) while (this.#channels.has(id) || this.#openings.has(id)) id++;
    return id;
  }

  #channel(localId: number): ChannelEnd {
    const channel = this.#channels.get(localId);
    if (channel === undefined) throw violation('A message came for a channel that is not open.');
    return channel;
  }

  #check(ok: boolean, message: string): void {
    if (!ok) throw violation(message);
  }

  #violation(message: string, cause: unknown): void {
    this.#broken = true;
    this.#hooks.onViolation(new AccessError('protocol_violation', message, {}, cause));
  }
}

function violation(message: string): AccessError {
  return new AccessError('protocol_violation', message);
}
