/**
 * The target's side of an SFTP subsystem: which answer belongs to which
 * request, and the questions that the door asks of its own accord. Request ids
 * are the door's own, so that nobody else's can be mistaken for them.
 */
import { Buffer } from 'node:buffer';
import {
  CodecError,
  decodeSftpResponse,
  encodeSftpRequest,
  SFTP_VERSION,
  SftpType,
  sftpPacketType,
  sftpRequestId,
  type SftpExtension,
  type SftpRequest,
  type SftpResponse,
} from '@sallyport/codec-ssh';
import { AccessError } from '@sallyport/errors';
import type { UpstreamChannel } from '@sallyport/proxy-kit';
import { CreditedFramer } from './credited-framer.ts';
import { joinPath, splitPath } from './sftp-path.ts';

/** Where the id of a packet is, of four bytes. */
export const SFTP_ID_AT = 5;
const MAX_ID = 0xffff_ffff;

/** Of st_mode: which kind of file, and that of symbolic links. */
const FILE_KIND = 0o170000;
const LINK_KIND = 0o120000;

export interface SftpTargetOptions {
  /** Bytes of the door's own are on their way. */
  readonly onOwnBytes: (bytes: number) => void;
  /** The target may send so many bytes again: answers to the door's own questions, and halves of packets. */
  readonly give: (bytes: number) => void;
}

/** Gets the whole answer, with the door's id in it, and what the target may send again once it is dealt with. */
type OnReply = (packet: Buffer, credit: number) => void;

export class SftpTarget {
  /** Resolves with what the target announces; rejects with an AccessError when it is no SFTP of ours. */
  readonly version: Promise<readonly SftpExtension[]>;
  readonly #options: SftpTargetOptions;
  readonly #framer: CreditedFramer;
  readonly #replies = new Map<number, OnReply>();
  readonly #lookUps = new Set<(answer: null) => void>();
  #onVersion: (extensions: readonly SftpExtension[]) => void = () => undefined;
  #onNoVersion: (error: AccessError) => void = () => undefined;
  #stream: UpstreamChannel | null = null;
  #nextId = 0;
  #greeted = false;
  #ended = false;

  constructor(options: SftpTargetOptions) {
    this.#options = options;
    this.#framer = new CreditedFramer(options.give);
    this.version = new Promise((resolve, reject) => {
      this.#onVersion = resolve;
      this.#onNoVersion = reject;
    });
    // Whoever asks for it is told; a channel that ends before needs nobody to.
    this.version.catch(() => undefined);
  }

  /** The subsystem is on its way. */
  greet(stream: UpstreamChannel): void {
    this.#stream = stream;
    this.#own(encodeSftpRequest({ type: 'INIT', version: SFTP_VERSION, extensions: [] }));
  }

  /** Gives a packet an id of its own, in place. */
  register(packet: Buffer, onReply: OnReply): void {
    const id = this.#takeId();
    packet.writeUInt32BE(id, SFTP_ID_AT);
    this.#replies.set(id, onReply);
  }

  /** What the target calls a path, links at its end followed; null: it does not say. */
  realPath(path: Buffer): Promise<Buffer | null> {
    return this.#ask(path);
  }

  /** As `realPath`, links at its end not followed. */
  async realFolder(path: Buffer): Promise<Buffer | null> {
    const split = splitPath(path);
    if (split === null) return this.#ask(path);
    const folder = await this.#ask(split.folder);
    return folder === null ? null : joinPath(folder, split.name);
  }

  /** Bytes of the target. @throws CodecError for what is no answer to anything asked */
  receive(data: Buffer): void {
    this.#framer.push(data);
    for (let packet = this.#framer.next(); packet !== null; packet = this.#framer.next()) {
      this.#answer(packet, this.#framer.credit);
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#onNoVersion(new AccessError('target_closed', 'The target serves no files over SFTP.'));
    for (const lookUp of this.#lookUps) lookUp(null);
    this.#lookUps.clear();
    this.#replies.clear();
  }

  #answer(packet: Buffer, credit: number): void {
    if (sftpPacketType(packet) === SftpType.VERSION) {
      this.#options.give(credit);
      this.#welcome(decodeSftpResponse(packet));
      return;
    }
    const id = sftpRequestId(packet) ?? -1;
    const onReply = this.#replies.get(id);
    if (onReply === undefined) throw new CodecError('unexpected', 'An SFTP answer is to no request.');
    this.#replies.delete(id);
    onReply(packet, credit);
  }

  #welcome(response: SftpResponse): void {
    if (response.type !== 'VERSION' || this.#greeted) {
      throw new CodecError('unexpected', 'A second SFTP greeting came.');
    }
    this.#greeted = true;
    if (response.version === SFTP_VERSION) {
      this.#onVersion(response.extensions.map(({ name, data }) => ({ name, data: Buffer.from(data) })));
      return;
    }
    const message = `The target speaks version ${response.version} of SFTP; only 3 is understood.`;
    this.#onNoVersion(new AccessError('feature_not_supported', message));
  }

  /** Whether there is a link of that name, or something that the target does not tell from one. */
  async isLink(path: Buffer): Promise<boolean> {
    const answer = await this.#question({ type: 'LSTAT', id: 0, path });
    if (answer?.type !== 'ATTRS') return false;
    const { permissions } = answer.attributes;
    return permissions === null || (permissions & FILE_KIND) === LINK_KIND;
  }

  async #ask(path: Buffer): Promise<Buffer | null> {
    const answer = await this.#question({ type: 'REALPATH', id: 0, path });
    return answer === null ? null : onlyName(answer);
  }

  /** A request of the door's own; null: nobody answers it any more. */
  #question(request: SftpRequest): Promise<SftpResponse | null> {
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#lookUps.add(resolve);
      const packet = encodeSftpRequest(request);
      this.register(packet, (answer, credit) => {
        this.#options.give(credit);
        this.#lookUps.delete(resolve);
        resolve(decodeSftpResponse(answer));
      });
      this.#own(packet);
    });
  }

  #own(packet: Buffer): void {
    this.#options.onOwnBytes(packet.length);
    this.#stream?.own({ purpose: 'probe', bytes: packet });
  }

  #takeId(): number {
    while (this.#replies.has(this.#nextId)) this.#nextId = (this.#nextId + 1) >>> 0;
    const id = this.#nextId;
    this.#nextId = id === MAX_ID ? 0 : id + 1;
    return id;
  }
}

/** The one absolute name of an answer; null for every other answer. Its own copy of the bytes. */
export function onlyName(response: SftpResponse): Buffer | null {
  if (response.type !== 'NAME' || response.names.length !== 1) return null;
  const name = response.names[0]?.filename;
  return name === undefined || !name.toString('latin1').startsWith('/') ? null : Buffer.from(name);
}
