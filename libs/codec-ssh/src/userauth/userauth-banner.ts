import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';
import { MAX_SHOWN_BYTES } from './userauth-limits.ts';

/** SSH_MSG_USERAUTH_BANNER: text for the user, at any time before success (RFC 4252, 5.4). */
export interface UserauthBanner {
  readonly type: 'USERAUTH_BANNER';
  readonly message: string;
  readonly languageTag: string;
}

export function decodeUserauthBanner(payload: Uint8Array): UserauthBanner {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_BANNER);
  const message = reader.displayText(MAX_SHOWN_BYTES);
  const languageTag = reader.displayText(MAX_SHOWN_BYTES);
  reader.finish();
  return { type: 'USERAUTH_BANNER', message, languageTag };
}

export function encodeUserauthBanner(message: string, languageTag = ''): Buffer {
  return new WireWriter(UserauthNumber.USERAUTH_BANNER).text(message).text(languageTag).finish();
}
