import { encodeFlush, encodeSync, encodeTerminate } from '@sallyport/codec-postgres';
import type { OwnFrames } from '@sallyport/proxy-kit';

/** Messages without a body, made once. */
export const emptySync: Buffer = encodeSync();
export const emptyFlush: Buffer = encodeFlush();

export const SYNC: OwnFrames = { purpose: 'sync', bytes: emptySync };
export const FLUSH: OwnFrames = { purpose: 'sync', bytes: emptyFlush };
export const TERMINATE: OwnFrames = { purpose: 'terminate', bytes: encodeTerminate() };
