import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { BackendType } from './backend-type.ts';
import { decodeCopyFormat, encodeCopyFormat, type CopyFormat } from './copy-format.ts';

/** CopyOutResponse (B): COPY data follows. */
export interface CopyOutResponse extends CopyFormat {
  readonly type: 'CopyOutResponse';
}

export function decodeCopyOutResponse(frame: Frame): CopyOutResponse {
  return { type: 'CopyOutResponse', ...decodeCopyFormat(frame, BackendType.CopyOutResponse) };
}

export function encodeCopyOutResponse(copy: CopyFormat): Buffer {
  return encodeCopyFormat(BackendType.CopyOutResponse, copy);
}
