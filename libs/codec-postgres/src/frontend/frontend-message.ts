import { decodeCopyData, type CopyData } from '../wire/copy-data.ts';
import { decodeCopyDone, type CopyDone } from '../wire/copy-done.ts';
import type { Frame } from '../wire/frame.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { decodeBind, type Bind } from './bind.ts';
import { decodeClose, type Close } from './close.ts';
import { decodeCopyFail, type CopyFail } from './copy-fail.ts';
import { decodeDescribe, type Describe } from './describe.ts';
import { decodeExecute, type Execute } from './execute.ts';
import { decodeFlush, type Flush } from './flush.ts';
import { FrontendType } from './frontend-type.ts';
import { decodeFunctionCall, type FunctionCall } from './function-call.ts';
import { decodeParse, type Parse } from './parse.ts';
import { decodeQuery, type Query } from './query.ts';
import { decodeSync, type Sync } from './sync.ts';
import { decodeTerminate, type Terminate } from './terminate.ts';

/** What a client may send once it is authenticated. */
export type FrontendMessage =
  | Bind
  | Close
  | CopyData
  | CopyDone
  | CopyFail
  | Describe
  | Execute
  | Flush
  | FunctionCall
  | Parse
  | Query
  | Sync
  | Terminate;

/**
 * Decodes any message of an authenticated client. The password family is not
 * among them: only the authentication state can tell its members apart.
 * @throws AccessError protocol_violation
 */
export function decodeFrontendMessage(frame: Frame): FrontendMessage {
  switch (frame.type) {
    case FrontendType.Bind:
      return decodeBind(frame);
    case FrontendType.Close:
      return decodeClose(frame);
    case FrontendType.CopyData:
      return decodeCopyData(frame);
    case FrontendType.CopyDone:
      return decodeCopyDone(frame);
    case FrontendType.CopyFail:
      return decodeCopyFail(frame);
    case FrontendType.Describe:
      return decodeDescribe(frame);
    case FrontendType.Execute:
      return decodeExecute(frame);
    case FrontendType.Flush:
      return decodeFlush(frame);
    case FrontendType.FunctionCall:
      return decodeFunctionCall(frame);
    case FrontendType.Parse:
      return decodeParse(frame);
    case FrontendType.Query:
      return decodeQuery(frame);
    case FrontendType.Sync:
      return decodeSync(frame);
    case FrontendType.Terminate:
      return decodeTerminate(frame);
    default:
      throw protocolViolation('A client sent a message that does not exist or is not expected now.');
  }
}
