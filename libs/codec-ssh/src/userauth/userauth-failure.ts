import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';

/** SSH_MSG_USERAUTH_FAILURE. */
export interface UserauthFailure {
  readonly type: 'USERAUTH_FAILURE';
  /** Methods that may be tried next. */
  readonly canContinue: readonly string[];
  /** The method was right, and another one is wanted on top. */
  readonly partialSuccess: boolean;
}

export function decodeUserauthFailure(payload: Uint8Array): UserauthFailure {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_FAILURE);
  const canContinue = reader.nameList();
  const partialSuccess = reader.boolean();
  reader.finish();
  return { type: 'USERAUTH_FAILURE', canContinue, partialSuccess };
}

export function encodeUserauthFailure(canContinue: readonly string[], partialSuccess = false): Buffer {
  return new WireWriter(UserauthNumber.USERAUTH_FAILURE)
    .nameList(canContinue)
    .boolean(partialSuccess)
    .finish();
}
