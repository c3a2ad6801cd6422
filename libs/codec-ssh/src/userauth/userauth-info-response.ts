import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';
import { MAX_PROMPTS, MAX_SECRET_BYTES } from './userauth-limits.ts';

/** SSH_MSG_USERAUTH_INFO_RESPONSE (RFC 4256, 3.4). */
export interface UserauthInfoResponse {
  readonly type: 'USERAUTH_INFO_RESPONSE';
  /** As many as there were prompts; whoever asked checks that. Views of the payload. */
  readonly responses: readonly Buffer[];
}

export function decodeUserauthInfoResponse(payload: Uint8Array): UserauthInfoResponse {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_INFO_RESPONSE);
  const count = reader.uint32();
  if (count > MAX_PROMPTS) throw new CodecError('limit', 'A message has too many answers.');
  const responses: Buffer[] = [];
  for (let left = count; left > 0; left--) responses.push(reader.string(MAX_SECRET_BYTES));
  reader.finish();
  return { type: 'USERAUTH_INFO_RESPONSE', responses };
}

export function encodeUserauthInfoResponse(responses: readonly Uint8Array[]): Buffer {
  const writer = new WireWriter(UserauthNumber.USERAUTH_INFO_RESPONSE).uint32(responses.length);
  for (const response of responses) writer.string(response);
  return writer.finish();
}
