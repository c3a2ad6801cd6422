import { CodecError } from '../wire/codec-error.ts';
import { MAX_PAYLOAD_BYTES } from '../wire/limits.ts';
import { decodeChannelClose, type ChannelClose } from './channel-close.ts';
import { decodeChannelData, type ChannelData } from './channel-data.ts';
import { decodeChannelEof, type ChannelEof } from './channel-eof.ts';
import { decodeChannelExtendedData, type ChannelExtendedData } from './channel-extended-data.ts';
import { decodeChannelFailure, type ChannelFailure } from './channel-failure.ts';
import { decodeChannelOpen, type ChannelOpen } from './channel-open.ts';
import { decodeChannelOpenConfirmation, type ChannelOpenConfirmation } from './channel-open-confirmation.ts';
import { decodeChannelOpenFailure, type ChannelOpenFailure } from './channel-open-failure.ts';
import { decodeChannelRequest, type ChannelRequest } from './channel-request.ts';
import { decodeChannelSuccess, type ChannelSuccess } from './channel-success.ts';
import { decodeChannelWindowAdjust, type ChannelWindowAdjust } from './channel-window-adjust.ts';
import { decodeGlobalRequest, type GlobalRequest } from './global-request.ts';
import { decodeRequestFailure, type RequestFailure } from './request-failure.ts';
import { decodeRequestSuccess, type RequestSuccess } from './request-success.ts';
import { ConnectionNumber } from './message-number.ts';

/** Any message of the connection protocol (RFC 4254), from either side. */
export type ConnectionMessage =
  | GlobalRequest
  | RequestSuccess
  | RequestFailure
  | ChannelOpen
  | ChannelOpenConfirmation
  | ChannelOpenFailure
  | ChannelWindowAdjust
  | ChannelData
  | ChannelExtendedData
  | ChannelEof
  | ChannelClose
  | ChannelRequest
  | ChannelSuccess
  | ChannelFailure;

/**
 * Decodes the payload of a message numbered 80 to 100. Bytes in the result are
 * views of the payload. @throws CodecError
 */
export function decodeConnectionMessage(payload: Uint8Array): ConnectionMessage {
  if (payload.length > MAX_PAYLOAD_BYTES) throw new CodecError('limit', 'A message is too long.');
  switch (payload[0]) {
    case ConnectionNumber.CHANNEL_DATA:
      return decodeChannelData(payload);
    case ConnectionNumber.GLOBAL_REQUEST:
      return decodeGlobalRequest(payload);
    case ConnectionNumber.REQUEST_SUCCESS:
      return decodeRequestSuccess(payload);
    case ConnectionNumber.REQUEST_FAILURE:
      return decodeRequestFailure(payload);
    case ConnectionNumber.CHANNEL_OPEN:
      return decodeChannelOpen(payload);
    case ConnectionNumber.CHANNEL_OPEN_CONFIRMATION:
      return decodeChannelOpenConfirmation(payload);
    case ConnectionNumber.CHANNEL_OPEN_FAILURE:
      return decodeChannelOpenFailure(payload);
    case ConnectionNumber.CHANNEL_WINDOW_ADJUST:
      return decodeChannelWindowAdjust(payload);
    case ConnectionNumber.CHANNEL_EXTENDED_DATA:
      return decodeChannelExtendedData(payload);
    case ConnectionNumber.CHANNEL_EOF:
      return decodeChannelEof(payload);
    case ConnectionNumber.CHANNEL_CLOSE:
      return decodeChannelClose(payload);
    case ConnectionNumber.CHANNEL_REQUEST:
      return decodeChannelRequest(payload);
    case ConnectionNumber.CHANNEL_SUCCESS:
      return decodeChannelSuccess(payload);
    case ConnectionNumber.CHANNEL_FAILURE:
      return decodeChannelFailure(payload);
    default:
      throw new CodecError('unexpected', 'A message does not exist or is not expected now.');
  }
}
