export { decodeBind, encodeBind, type Bind } from './bind.ts';
export { encodeCancelRequest, type CancelRequest } from './cancel-request.ts';
export { decodeClose, encodeClose, type Close } from './close.ts';
export { decodeCopyFail, encodeCopyFail, type CopyFail } from './copy-fail.ts';
export { decodeDescribe, encodeDescribe, type Describe } from './describe.ts';
export { decodeExecute, encodeExecute, type Execute } from './execute.ts';
export { decodeFlush, encodeFlush, type Flush } from './flush.ts';
export { decodeFrontendMessage, type FrontendMessage } from './frontend-message.ts';
export { FrontendType } from './frontend-type.ts';
export { decodeFunctionCall, encodeFunctionCall, type FunctionCall } from './function-call.ts';
export { decodeGSSResponse, encodeGSSResponse, type GSSResponse } from './gss-response.ts';
export { encodeGSSENCRequest, type GSSENCRequest } from './gssenc-request.ts';
export { type NamedKind } from './named-kind.ts';
export { decodeParse, encodeParse, type Parse } from './parse.ts';
export { decodePasswordMessage, encodePasswordMessage, type PasswordMessage } from './password-message.ts';
export { decodeQuery, encodeQuery, type Query } from './query.ts';
export {
  decodeSASLInitialResponse,
  encodeSASLInitialResponse,
  type SASLInitialResponse,
} from './sasl-initial-response.ts';
export { decodeSASLResponse, encodeSASLResponse, type SASLResponse } from './sasl-response.ts';
export {
  encodeSSLRequest,
  decodeEncryptionAnswer,
  type SSLRequest,
  type EncryptionAnswer,
} from './ssl-request.ts';
export { encodeStartupMessage, type StartupMessage } from './startup-message.ts';
export { MAX_STARTUP_PACKET_BYTES, decodeStartupPacket, type StartupPacket } from './startup-packet.ts';
export { StartupReader, type StartupRead } from './startup-reader.ts';
export { decodeSync, encodeSync, type Sync } from './sync.ts';
export { decodeTerminate, encodeTerminate, type Terminate } from './terminate.ts';
