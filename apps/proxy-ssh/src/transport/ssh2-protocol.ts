/**
 * The parts of ssh2 1.17.0 that the door uses, with types: RFC 4253 only. They
 * are internals, so the version is pinned, and the patches that make them fit
 * are all here. `ssh2-protocol.spec.ts` fails when the version changes.
 *
 * Patches:
 * 1. Host certificates of targets: ssh2 cannot read a certificate as a host
 *    key; `parseDERKey` is taught to take the key out of it. Must happen before
 *    ssh2's key exchange is loaded.
 * 2. Messages that are not the transport's own go out raw: `_onPayload` of each
 *    instance is replaced (`SshTransport`).
 * 3. `serverHostKey` of what was negotiated becomes the plain algorithm where a
 *    certificate is used, since signatures carry that name (`negotiatedPlainly`).
 * 4. Its ciphers without the native binding make keys anew for each packet;
 *    `swap-ciphers.ts` puts others in their place after each key exchange.
 * 5. ssh2's own EXT_INFO, which lists SHA-1 and lacks a comma, is not sent.
 */
import { createRequire } from 'node:module';
import { preparePoly1305 } from './poly1305.ts';

export const SSH2_VERSION = '1.17.0';

/** A key as ssh2's server signs the exchange hash with it. */
export interface Ssh2HostKey {
  readonly type: string;
  /** The public part as it goes over the wire: a key, or a certificate. */
  getPublicSSH(): Buffer;
  sign(data: Buffer): Buffer | Error;
}

export interface Ssh2Negotiated {
  readonly kex: string;
  serverHostKey: string;
  readonly cs: { readonly cipher: string; readonly mac: string };
  readonly sc: { readonly cipher: string; readonly mac: string };
}

interface Ssh2KeyExchange {
  readonly sessionID: Buffer | undefined;
  readonly negotiated: Ssh2Negotiated;
  remoteExtInfoEnabled: boolean;
}

interface Ssh2Cipher {
  allocPacket(payloadBytes: number): Buffer;
  encrypt(packet: Buffer): void;
}

interface Ssh2PacketWriter {
  readonly allocStart: number;
  readonly allocStartKEX: number;
  alloc(payloadBytes: number, evenInKeyExchange?: boolean): Buffer;
}

/** An instance of ssh2's Protocol, as far as it is used. */
export interface Ssh2Protocol {
  readonly start: (() => void) | undefined;
  _cipher: Ssh2Cipher;
  _decipher: { readonly inSeqno: number };
  readonly _kex: Ssh2KeyExchange | undefined;
  /** Set while a key exchange goes on. */
  readonly _kexinit: Buffer | undefined;
  readonly _packetRW: { readonly write: Ssh2PacketWriter };
  readonly _strictMode: boolean | undefined;
  _queue: Buffer[] | undefined;
  _onPayload: (payload: Buffer) => unknown;
  parse(chunk: Buffer, from: number, to: number): void;
  rekey(): void;
  cleanup(): void;
}

/** Lists as ssh2's KexInit takes them. */
export interface Ssh2Offer {
  kex: string[];
  serverHostKey: string[];
  cs: Ssh2DirectionOffer;
  sc: Ssh2DirectionOffer;
}

interface Ssh2DirectionOffer {
  cipher: string[];
  mac: string[];
  compress: string[];
  lang: string[];
}

export interface Ssh2Header {
  readonly identRaw: string;
  readonly versions: { readonly protocol: string; readonly software: string };
  readonly comments: string | undefined;
}

export interface Ssh2ProtocolOptions {
  readonly server: boolean;
  /** By algorithm; server only. */
  readonly hostKeys?: Readonly<Record<string, Ssh2HostKey>>;
  readonly offer: Ssh2Offer;
  /** What follows "SSH-2.0-". */
  readonly ident: string;
  /** Client only, and called at each key exchange. False: refused. */
  readonly hostVerifier?: (hostKey: Buffer) => boolean;
  readonly onWrite: (bytes: Buffer) => void;
  readonly onError: (error: Error) => void;
  readonly onHeader: (header: Ssh2Header) => void;
  readonly onHandshakeComplete: (negotiated: Ssh2Negotiated) => void;
}

type ProtocolConstructor = new (options: Ssh2ProtocolOptions) => Ssh2Protocol;
type ParseDerKey = (data: Buffer, type: string) => unknown;

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

const requireHere = createRequire(import.meta.url);
const keyParser = requireHere('ssh2/lib/protocol/keyParser.js') as { parseDERKey: ParseDerKey };
if (requireHere.cache[requireHere.resolve('ssh2/lib/protocol/kex.js')] !== undefined) {
  throw new Error('ssh2 was loaded before its patches');
}
const parsePlainKey = keyParser.parseDERKey;
keyParser.parseDERKey = (data, type) =>
  type.endsWith(CERTIFICATE_SUFFIX)
    ? parsePlainKey(withoutNonce(data), plainAlgorithm(type))
    : parsePlainKey(data, type);

const cryptoModule = requireHere('ssh2/lib/protocol/crypto.js') as {
  readonly init: Promise<void>;
  readonly bindingAvailable: boolean;
};

export const Protocol = requireHere('ssh2/lib/protocol/Protocol.js') as ProtocolConstructor;

/** Resolves once chacha20-poly1305 can be used without the native binding. */
export const transportReady: Promise<void> = Promise.all([cryptoModule.init, preparePoly1305()]).then(
  () => undefined,
);

/** Whether ssh2's native ciphers were built; everything works without them, slower. */
export const nativeCiphers: boolean = cryptoModule.bindingAvailable;

/** The version that is installed. */
export function installedVersion(): string {
  return (requireHere('ssh2/package.json') as { readonly version: string }).version;
}

/** The algorithm whose name a certificate's signatures carry. */
export function plainAlgorithm(name: string): string {
  return name.endsWith(CERTIFICATE_SUFFIX) ? name.slice(0, -CERTIFICATE_SUFFIX.length) : name;
}

/** Makes a key exchange with a certificate go on as one with its plain key (patch 3). */
export function negotiatedPlainly(protocol: Ssh2Protocol): void {
  const kex = protocol._kex;
  if (kex !== undefined) kex.negotiated.serverHostKey = plainAlgorithm(kex.negotiated.serverHostKey);
}

/** A certificate has a nonce before the fields of its key (PROTOCOL.certkeys). */
function withoutNonce(data: Buffer): Buffer {
  const length = data.length < 4 ? 0 : data.readUInt32BE(0);
  return data.subarray(Math.min(data.length, 4 + length));
}
