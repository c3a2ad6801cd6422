import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';
import { MAX_SHOWN_BYTES } from './userauth-limits.ts';

/** SSH_MSG_USERAUTH_PASSWD_CHANGEREQ: the password was right and must be changed (RFC 4252, 8). */
export interface UserauthPasswdChangereq {
  readonly type: 'USERAUTH_PASSWD_CHANGEREQ';
  readonly prompt: string;
  readonly languageTag: string;
}

export function decodeUserauthPasswdChangereq(payload: Uint8Array): UserauthPasswdChangereq {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_PASSWD_CHANGEREQ);
  const prompt = reader.displayText(MAX_SHOWN_BYTES);
  const languageTag = reader.displayText(MAX_SHOWN_BYTES);
  reader.finish();
  return { type: 'USERAUTH_PASSWD_CHANGEREQ', prompt, languageTag };
}

export function encodeUserauthPasswdChangereq(prompt: string, languageTag = ''): Buffer {
  return new WireWriter(UserauthNumber.USERAUTH_PASSWD_CHANGEREQ).text(prompt).text(languageTag).finish();
}
