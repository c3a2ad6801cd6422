import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';
import { MAX_KEY_BLOB_BYTES } from './userauth-limits.ts';

/** SSH_MSG_USERAUTH_PK_OK: the key that was asked about would do. */
export interface UserauthPkOk {
  readonly type: 'USERAUTH_PK_OK';
  readonly algorithm: string;
  readonly key: Buffer;
}

export function decodeUserauthPkOk(payload: Uint8Array): UserauthPkOk {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_PK_OK);
  const algorithm = reader.name();
  const key = reader.string(MAX_KEY_BLOB_BYTES);
  reader.finish();
  return { type: 'USERAUTH_PK_OK', algorithm, key };
}

export function encodeUserauthPkOk(algorithm: string, key: Uint8Array): Buffer {
  return new WireWriter(UserauthNumber.USERAUTH_PK_OK).text(algorithm).string(key).finish();
}
