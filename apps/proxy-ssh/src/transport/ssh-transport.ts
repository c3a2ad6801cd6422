/**
 * The SSH transport (RFC 4253) over one socket, in either role: ssh2 does key
 * exchange and ciphers; all messages from SERVICE_REQUEST up come in and go
 * out as payloads.
 */
import type { Socket } from 'node:net';
import { AccessError } from '@sallyport/errors';
import { CHACHA20, ED25519_CERTIFICATE, type AlgorithmLists } from './algorithms.ts';
import { IdentLine } from './ident-line.ts';
import type { SocketReads } from './socket-reads.ts';
import { MessageInbox, type TransportListener } from './message-inbox.ts';
import { PacketSealer } from './packet-cipher.ts';
import { PacketOutbox } from './packet-outbox.ts';
import { swapCiphers } from './swap-ciphers.ts';
import {
  negotiatedPlainly,
  Protocol,
  type Ssh2HostKey,
  type Ssh2Negotiated,
  type Ssh2Offer,
  type Ssh2Protocol,
  type Ssh2ProtocolOptions,
} from './ssh2-protocol.ts';
import {
  decodeDisconnect,
  decodeSignatureAlgorithms,
  encodeDisconnect,
  encodeSignatureAlgorithms,
  encodeUnimplemented,
  FIRST_UPPER_NUMBER,
  TransportNumber,
  type DisconnectReason,
} from './transport-message.ts';

export interface TransportSettings {
  /** Software version in the identification string. */
  readonly software: string;
  readonly algorithms: AlgorithmLists;
  /** Bytes of either direction after which keys are exchanged again. */
  readonly rekeyBytes: number;
  readonly rekeyIntervalMs: number;
  /** Bytes that may wait for the peer before it counts as congested. */
  readonly highWaterBytes: number;
}

export type TransportRole =
  | {
      readonly side: 'server';
      readonly key: Ssh2HostKey;
      readonly certificate: Ssh2HostKey | null;
      readonly userSignatureAlgorithms: readonly string[];
    }
  | { readonly side: 'client'; readonly verifyHost: (hostKey: Buffer) => boolean };

/** What the two sides agreed on, for records and metrics. */
export interface NegotiatedAlgorithms {
  readonly kex: string;
  readonly hostKey: string;
  /** Towards the server and back. */
  readonly ciphers: readonly [string, string];
}

/** Why a transport ended: the peer left, with its own words, or this side could not go on. */
export type TransportEnd =
  { readonly kind: 'peer'; readonly text: string } | { readonly kind: 'error'; readonly error: AccessError };

const NOTHING = new Uint8Array();

export class SshTransport {
  readonly socket: Socket;
  /** Resolves after the first key exchange. @throws AccessError when there is none */
  readonly ready: Promise<NegotiatedAlgorithms>;
  /** Resolves when no more messages will come or go. */
  readonly ended: Promise<TransportEnd>;
  readonly #settings: TransportSettings;
  readonly #role: TransportRole;
  readonly #protocol: Ssh2Protocol;
  readonly #outbox: PacketOutbox;
  readonly #inbox = new MessageInbox();
  #ident: IdentLine | null;
  #end: TransportEnd | null = null;
  #peerIdent = '';
  #peerSignatureAlgorithms: readonly string[] | null = null;
  #wantsExtInfo = false;
  #bytesSinceKeys = 0;
  /** What is read may be overwritten by the next read. */
  #readsAreCopied = false;
  #rekeyTimer: NodeJS.Timeout | null = null;
  #settleReady: {
    resolve: (negotiated: NegotiatedAlgorithms) => void;
    reject: (error: AccessError) => void;
  } | null = null;
  #settleEnded: (end: TransportEnd) => void = () => undefined;

  /** @param reads where the socket's bytes come from, if not from its events */
  constructor(
    socket: Socket,
    role: TransportRole,
    settings: TransportSettings,
    reads: SocketReads | null = null,
  ) {
    this.socket = socket;
    this.#role = role;
    this.#settings = settings;
    this.#outbox = new PacketOutbox(socket, settings.highWaterBytes);
    this.#ident = new IdentLine(role.side === 'client');
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.ready.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.#protocol = this.#makeProtocol();
    if (reads === null) {
      socket.on('data', (chunk: Buffer) => {
        this.#onData(chunk);
      });
    } else {
      reads.attach(
        (chunk) => {
          this.#onData(chunk);
        },
        () => this.#readsAreCopied,
      );
    }
    this.#wire();
  }

  /** Sends this side's identification string; nothing is sent before. */
  start(): void {
    this.#protocol.start?.();
  }

  /** The exchange hash of the first key exchange, which signatures of user authentication cover. */
  get sessionId(): Buffer {
    const id = this.#protocol._kex?.sessionID;
    if (id === undefined) throw new Error('there is no session id before the first key exchange');
    return id;
  }

  /** The peer's identification string, printable. */
  get peerIdent(): string {
    return this.#peerIdent;
  }

  /** What a server said that it takes signatures with (RFC 8308, 3.1); null where it said nothing. */
  get peerSignatureAlgorithms(): readonly string[] | null {
    return this.#peerSignatureAlgorithms;
  }

  get isOpen(): boolean {
    return this.#end === null;
  }

  /** Whether packets of more than ssh2 takes may come. */
  get takesLargePackets(): boolean {
    return this.#readsAreCopied;
  }

  /** More waits for the peer than may wait. */
  get congested(): boolean {
    return this.#outbox.congested;
  }

  /** Bytes that wait for the peer. */
  get waitingBytes(): number {
    return this.#outbox.waiting;
  }

  /** Bytes that came from the peer so far. */
  get receivedBytes(): number {
    return this.socket.bytesRead;
  }

  /** The next message, for handshakes. @throws AccessError when the transport ends */
  read(signal: AbortSignal): Promise<Buffer> {
    return this.#inbox.read(signal);
  }

  /** Hands all further messages to `listener`, those that wait first. */
  listen(listener: TransportListener): void {
    this.#inbox.listen(listener);
  }

  /** Sends one message. */
  send(payload: Uint8Array): void {
    this.sendParts(payload, NOTHING);
  }

  /** Sends one message made of two parts, such as a header and data, with one copy. */
  sendParts(head: Uint8Array, data: Uint8Array): void {
    if (this.#end !== null) return;
    const protocol = this.#protocol;
    this.#bytesSinceKeys += head.length + data.length;
    if (protocol._kexinit === undefined && protocol._cipher instanceof PacketSealer) {
      protocol._cipher.seal(head, data);
      return;
    }
    const { write } = protocol._packetRW;
    const packet = write.alloc(head.length + data.length);
    packet.set(head, write.allocStart);
    packet.set(data, write.allocStart + head.length);
    // During a key exchange ssh2 keeps payloads, and sends them when it is over.
    if (protocol._kexinit === undefined) protocol._cipher.encrypt(packet);
    else (protocol._queue ??= []).push(packet);
  }

  /** Hands what was sent to the socket without waiting for the turn's end. */
  flush(): void {
    this.#outbox.flush();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (this.#end === null) this.socket.resume();
  }

  /** Tells the peer why and ends; what was sent before still goes out. */
  disconnect(reason: DisconnectReason, text: string): void {
    if (this.#end !== null) return;
    this.#sendDisconnect(reason, text);
    this.#finish({ kind: 'peer', text: '' });
    this.#outbox.flush();
    this.socket.end();
  }

  destroy(): void {
    this.#finish({ kind: 'peer', text: '' });
    this.socket.destroy();
  }

  #makeProtocol(): Ssh2Protocol {
    const { algorithms, software } = this.#settings;
    const common = {
      offer: toOffer(algorithms),
      ident: software,
      onWrite: (bytes: Buffer) => {
        this.#outbox.push(bytes);
      },
      onError: (error: Error) => {
        this.#fail(this.#judge(error));
      },
      onHeader: (header: { readonly identRaw: string }) => {
        this.#peerIdent = header.identRaw.trim().replaceAll(/[^\x20-\x7e]/g, ' ');
      },
      onHandshakeComplete: (negotiated: Ssh2Negotiated) => {
        this.#keysExchanged(negotiated);
      },
    } satisfies Partial<Ssh2ProtocolOptions>;
    const role = this.#role;
    const protocol =
      role.side === 'server'
        ? new Protocol({ ...common, server: true, hostKeys: this.#hostKeys(role.key, role.certificate) })
        : new Protocol({
            ...common,
            server: false,
            hostVerifier: (hostKey) => {
              negotiatedPlainly(this.#protocol);
              return role.verifyHost(hostKey);
            },
          });
    const own = protocol._onPayload;
    protocol._onPayload = (payload) => this.#onPayload(payload, own);
    return protocol;
  }

  /** ssh2 looks its key up here right before it makes its answer, which is when the patches take effect. */
  #hostKeys(key: Ssh2HostKey, certificate: Ssh2HostKey | null): Readonly<Record<string, Ssh2HostKey>> {
    const chosen = (picked: Ssh2HostKey) => {
      negotiatedPlainly(this.#protocol);
      const kex = this.#protocol._kex;
      if (kex !== undefined && kex.remoteExtInfoEnabled) {
        this.#wantsExtInfo = true;
        kex.remoteExtInfoEnabled = false;
      }
      return picked;
    };
    return {
      get [key.type]() {
        return chosen(key);
      },
      get [ED25519_CERTIFICATE]() {
        return chosen(certificate ?? key);
      },
    };
  }

  #wire(): void {
    const { socket } = this;
    socket.on('drain', () => {
      this.#inbox.listener?.onDrain();
    });
    socket.on('error', () => undefined);
    socket.once('end', () => {
      this.#finish({ kind: 'peer', text: '' });
      socket.end();
    });
    socket.once('close', () => {
      this.#finish({ kind: 'peer', text: '' });
    });
  }

  #onData(chunk: Buffer): void {
    if (this.#end !== null) return;
    try {
      let bytes: Buffer | null = chunk;
      if (this.#ident !== null) {
        bytes = this.#ident.push(chunk);
        if (bytes === null) return;
        this.#ident = null;
      }
      this.#protocol.parse(bytes, 0, bytes.length);
    } catch (thrown) {
      this.#fail(thrown instanceof AccessError ? thrown : this.#judge(thrown));
      return;
    }
    this.#inbox.listener?.onTurn();
    this.#rekeyIfDue(chunk.length);
  }

  /** Infinity makes ssh2 stop parsing. */
  #onPayload(payload: Buffer, own: (payload: Buffer) => unknown): unknown {
    if (this.#end !== null) return Infinity;
    const number = payload[0] ?? 0;
    if (number >= FIRST_UPPER_NUMBER) {
      this.#handUp(payload);
      return this.#stopIfEnded();
    }
    switch (number) {
      case TransportNumber.IGNORE:
      case TransportNumber.UNIMPLEMENTED:
      case TransportNumber.DEBUG:
        return undefined;
      case TransportNumber.DISCONNECT:
        this.#finish({ kind: 'peer', text: decodeDisconnect(payload).text });
        this.socket.end();
        return Infinity;
      case TransportNumber.EXT_INFO:
        this.#peerSignatureAlgorithms = decodeSignatureAlgorithms(payload) ?? this.#peerSignatureAlgorithms;
        return undefined;
      case TransportNumber.SERVICE_REQUEST:
      case TransportNumber.SERVICE_ACCEPT:
        this.#handUp(payload);
        return this.#stopIfEnded();
      case TransportNumber.KEXINIT:
        return own(payload);
      default:
        this.send(encodeUnimplemented((this.#protocol._decipher.inSeqno - 1) >>> 0));
        return undefined;
    }
  }

  #stopIfEnded(): number | undefined {
    return this.#end === null ? undefined : Infinity;
  }

  #handUp(payload: Buffer): void {
    if (!this.#inbox.put(payload)) this.#fail(violation('More was sent ahead than may be.'));
  }

  #rekeyIfDue(readBytes: number): void {
    this.#bytesSinceKeys += readBytes;
    if (this.#bytesSinceKeys > this.#settings.rekeyBytes) this.#rekey();
  }

  #rekey(): void {
    if (this.#end !== null || this.#rekeyTimer === null || this.#protocol._kexinit !== undefined) return;
    this.#bytesSinceKeys = 0;
    this.#protocol.rekey();
  }

  #keysExchanged(negotiated: Ssh2Negotiated): void {
    this.#readsAreCopied = swapCiphers(this.#protocol);
    const ciphers: readonly [string, string] = [negotiated.cs.cipher, negotiated.sc.cipher];
    if (ciphers.includes(CHACHA20) && this.#protocol._strictMode !== true) {
      // CVE-2023-48795: a machine in between could cut messages off its beginning.
      this.#fail(
        violation(`The peer does not do strict key exchange, which ${CHACHA20} needs; use another cipher.`),
      );
      return;
    }
    if (this.#wantsExtInfo && this.#role.side === 'server') {
      this.#wantsExtInfo = false;
      this.send(encodeSignatureAlgorithms(this.#role.userSignatureAlgorithms));
    }
    this.#bytesSinceKeys = 0;
    if (this.#rekeyTimer !== null) clearTimeout(this.#rekeyTimer);
    this.#rekeyTimer = setTimeout(() => {
      this.#rekey();
    }, this.#settings.rekeyIntervalMs);
    this.#rekeyTimer.unref();
    this.#settleReady?.resolve({ kex: negotiated.kex, hostKey: negotiated.serverHostKey, ciphers });
    this.#settleReady = null;
  }

  #judge(thrown: unknown): AccessError {
    // ssh2's own texts are about the protocol, never about contents.
    const text = thrown instanceof Error ? thrown.message : 'The SSH transport failed.';
    return new AccessError('protocol_violation', `The SSH connection cannot go on: ${text}`, {}, thrown);
  }

  #fail(error: AccessError): void {
    if (this.#end !== null) return;
    this.#sendDisconnect(2, error.publicMessage);
    this.#finish({ kind: 'error', error });
    this.#outbox.flush();
    this.socket.end();
  }

  #sendDisconnect(reason: DisconnectReason, text: string): void {
    const payload = encodeDisconnect(reason, text);
    try {
      const { write } = this.#protocol._packetRW;
      const packet = write.alloc(payload.length, true);
      packet.set(payload, write.allocStartKEX);
      this.#protocol._cipher.encrypt(packet);
    } catch {
      // ssh2 has ended itself already, and said so to the peer.
      this.#outbox.flush();
    }
  }

  #finish(end: TransportEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    if (this.#rekeyTimer !== null) clearTimeout(this.#rekeyTimer);
    this.#outbox.flush();
    this.#settleReady?.reject(errorOf(end));
    this.#inbox.close(errorOf(end));
    this.#settleEnded(end);
    this.#protocol.cleanup();
  }
}

function errorOf(end: TransportEnd): AccessError {
  return end.kind === 'error' ? end.error : violation('The SSH connection was closed.');
}

function violation(message: string): AccessError {
  return new AccessError('protocol_violation', message);
}

function toOffer({ kex, serverHostKey, cipher, mac }: AlgorithmLists): Ssh2Offer {
  const direction = () => ({ cipher: [...cipher], mac: [...mac], compress: ['none'], lang: [] });
  return { kex: [...kex], serverHostKey: [...serverHostKey], cs: direction(), sc: direction() };
}
