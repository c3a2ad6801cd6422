import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';
import { MAX_PROMPTS, MAX_SHOWN_BYTES } from './userauth-limits.ts';

export interface Prompt {
  readonly prompt: string;
  /** Whether what is typed is shown. */
  readonly echo: boolean;
}

/** SSH_MSG_USERAUTH_INFO_REQUEST (RFC 4256, 3.2). No prompts: only shows its texts and wants an empty answer. */
export interface UserauthInfoRequest {
  readonly type: 'USERAUTH_INFO_REQUEST';
  readonly name: string;
  readonly instruction: string;
  readonly languageTag: string;
  readonly prompts: readonly Prompt[];
}

export function decodeUserauthInfoRequest(payload: Uint8Array): UserauthInfoRequest {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_INFO_REQUEST);
  const name = reader.displayText(MAX_SHOWN_BYTES);
  const instruction = reader.displayText(MAX_SHOWN_BYTES);
  const languageTag = reader.displayText(MAX_SHOWN_BYTES);
  const count = reader.uint32();
  if (count > MAX_PROMPTS) throw new CodecError('limit', 'A message asks for too many answers.');
  const prompts: Prompt[] = [];
  for (let left = count; left > 0; left--) {
    prompts.push({ prompt: reader.displayText(MAX_SHOWN_BYTES), echo: reader.boolean() });
  }
  reader.finish();
  return { type: 'USERAUTH_INFO_REQUEST', name, instruction, languageTag, prompts };
}

export function encodeUserauthInfoRequest(
  message: Omit<UserauthInfoRequest, 'type' | 'languageTag'> & { readonly languageTag?: string },
): Buffer {
  const writer = new WireWriter(UserauthNumber.USERAUTH_INFO_REQUEST)
    .text(message.name)
    .text(message.instruction)
    .text(message.languageTag ?? '')
    .uint32(message.prompts.length);
  for (const { prompt, echo } of message.prompts) writer.text(prompt).boolean(echo);
  return writer.finish();
}
