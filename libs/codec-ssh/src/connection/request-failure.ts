import { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { ConnectionNumber } from './message-number.ts';

/** SSH_MSG_REQUEST_FAILURE: refuses the oldest global request still waiting for an answer. */
export interface RequestFailure {
  readonly type: 'REQUEST_FAILURE';
}

export function decodeRequestFailure(payload: Uint8Array): RequestFailure {
  WireReader.over(payload, ConnectionNumber.REQUEST_FAILURE).finish();
  return { type: 'REQUEST_FAILURE' };
}

export function encodeRequestFailure(): Buffer {
  return Buffer.from([ConnectionNumber.REQUEST_FAILURE]);
}
