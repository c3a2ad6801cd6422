import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { BackendType } from './backend-type.ts';
import { decodeCopyFormat, encodeCopyFormat, type CopyFormat } from './copy-format.ts';

/** CopyBothResponse (B): COPY data flows both ways (streaming replication only). */
export interface CopyBothResponse extends CopyFormat {
  readonly type: 'CopyBothResponse';
}

export function decodeCopyBothResponse(frame: Frame): CopyBothResponse {
  return { type: 'CopyBothResponse', ...decodeCopyFormat(frame, BackendType.CopyBothResponse) };
}

export function encodeCopyBothResponse(copy: CopyFormat): Buffer {
  return encodeCopyFormat(BackendType.CopyBothResponse, copy);
}
