export {
  CHANNEL_DATA_HEADER_BYTES,
  decodeChannelData,
  encodeChannelData,
  encodeChannelDataHeader,
  writeChannelDataHeader,
  type ChannelData,
} from './channel-data.ts';
export { decodeChannelClose, encodeChannelClose, type ChannelClose } from './channel-close.ts';
export { decodeChannelEof, encodeChannelEof, type ChannelEof } from './channel-eof.ts';
export {
  CHANNEL_EXTENDED_DATA_HEADER_BYTES,
  decodeChannelExtendedData,
  encodeChannelExtendedData,
  EXTENDED_DATA_STDERR,
  writeChannelExtendedDataHeader,
  type ChannelExtendedData,
} from './channel-extended-data.ts';
export { decodeChannelFailure, encodeChannelFailure, type ChannelFailure } from './channel-failure.ts';
export {
  decodeChannelOpenConfirmation,
  encodeChannelOpenConfirmation,
  type ChannelOpenConfirmation,
} from './channel-open-confirmation.ts';
export {
  ChannelOpenFailureReason,
  decodeChannelOpenFailure,
  encodeChannelOpenFailure,
  type ChannelOpenFailure,
} from './channel-open-failure.ts';
export {
  decodeChannelOpen,
  encodeChannelOpen,
  type ChannelOpen,
  type ChannelOpenKind,
} from './channel-open.ts';
export type { ChannelRequestKind, TerminalSize } from './channel-request-kind.ts';
export { decodeChannelRequest, encodeChannelRequest, type ChannelRequest } from './channel-request.ts';
export { decodeChannelSuccess, encodeChannelSuccess, type ChannelSuccess } from './channel-success.ts';
export {
  decodeChannelWindowAdjust,
  encodeChannelWindowAdjust,
  type ChannelWindowAdjust,
} from './channel-window-adjust.ts';
export { decodeConnectionMessage, type ConnectionMessage } from './connection-message.ts';
export {
  decodeGlobalRequest,
  encodeGlobalRequest,
  type GlobalRequest,
  type GlobalRequestKind,
} from './global-request.ts';
export { ConnectionNumber } from './message-number.ts';
export { decodeRequestFailure, encodeRequestFailure, type RequestFailure } from './request-failure.ts';
export {
  decodeForwardedPort,
  decodeHostKeyProofs,
  decodeRequestSuccess,
  encodeForwardedPort,
  encodeRequestSuccess,
  type RequestSuccess,
} from './request-success.ts';
