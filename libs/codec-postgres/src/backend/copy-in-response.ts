import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { BackendType } from './backend-type.ts';
import { decodeCopyFormat, encodeCopyFormat, type CopyFormat } from './copy-format.ts';

/** CopyInResponse (B): the server waits for COPY data. */
export interface CopyInResponse extends CopyFormat {
  readonly type: 'CopyInResponse';
}

export function decodeCopyInResponse(frame: Frame): CopyInResponse {
  return { type: 'CopyInResponse', ...decodeCopyFormat(frame, BackendType.CopyInResponse) };
}

export function encodeCopyInResponse(copy: CopyFormat): Buffer {
  return encodeCopyFormat(BackendType.CopyInResponse, copy);
}
