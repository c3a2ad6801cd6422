import type { CipherGCMTypes } from 'node:crypto';
import { ChachaOpener, ChachaSealer, GcmOpener, GcmSealer } from './fast-ciphers.ts';
import { PacketOpener, PacketSealer } from './packet-cipher.ts';

/** Fields of ssh2's ciphers without its native binding (lib/protocol/crypto.js), by which they are told. */
interface Ssh2Sealer {
  readonly outSeqno: number;
  readonly _onWrite: (bytes: Buffer) => void;
  readonly _encSSLName?: CipherGCMTypes;
  readonly _encKey?: Buffer;
  readonly _encIV?: Buffer;
  readonly _encKeyMain?: Buffer;
  readonly _encKeyPktLen?: Buffer;
}

interface Ssh2Opener {
  readonly inSeqno: number;
  readonly _onPayload: (payload: Buffer) => unknown;
  readonly _decipherSSLName?: CipherGCMTypes;
  readonly _decipherKey?: Buffer;
  readonly _decipherIV?: Buffer;
  readonly _decKeyMain?: Buffer;
  readonly _decKeyPktLen?: Buffer;
}

interface Ssh2Ciphers {
  _cipher: unknown;
  _decipher: unknown;
}

/**
 * Right after a key exchange, takes ssh2's new AES-GCM and chacha20 ciphers out
 * and puts faster ones of the same keys in. Any other, or one of the native
 * binding, stays. True: nothing that is given to the opener is kept or changed.
 */
export function swapCiphers(protocol: Ssh2Ciphers): boolean {
  protocol._cipher = sealerFor(protocol._cipher as Ssh2Sealer);
  protocol._decipher = openerFor(protocol._decipher as Ssh2Opener);
  return protocol._decipher instanceof PacketOpener;
}

function sealerFor(given: Ssh2Sealer): unknown {
  const { outSeqno, _onWrite: write } = given;
  if (given instanceof PacketSealer) return given;
  if (given._encSSLName !== undefined && given._encKey !== undefined && given._encIV !== undefined) {
    return new GcmSealer(outSeqno, { name: given._encSSLName, key: given._encKey, iv: given._encIV }, write);
  }
  if (given._encKeyMain !== undefined && given._encKeyPktLen !== undefined) {
    return new ChachaSealer(outSeqno, Buffer.concat([given._encKeyMain, given._encKeyPktLen]), write);
  }
  return given;
}

function openerFor(given: Ssh2Opener): unknown {
  const { inSeqno, _onPayload: onPayload } = given;
  if (given instanceof PacketOpener) return given;
  if (
    given._decipherSSLName !== undefined &&
    given._decipherKey !== undefined &&
    given._decipherIV !== undefined
  ) {
    const keys = { name: given._decipherSSLName, key: given._decipherKey, iv: given._decipherIV };
    return new GcmOpener(inSeqno, keys, onPayload);
  }
  if (given._decKeyMain !== undefined && given._decKeyPktLen !== undefined) {
    return new ChachaOpener(inSeqno, Buffer.concat([given._decKeyMain, given._decKeyPktLen]), onPayload);
  }
  return given;
}
