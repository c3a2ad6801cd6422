export type { SftpExtendedRequest } from './extended-request.ts';
export { NO_ATTRIBUTES, type FileAttributes } from './file-attributes.ts';
export { hasUnknownOpenFlags, opensForReading, opensForWriting, SftpOpenFlag } from './open-flags.ts';
export { SftpPacketFramer } from './packet-framer.ts';
export { SFTP_VERSION, SftpType } from './packet-type.ts';
export { MAX_SFTP_PACKET_BYTES } from './sftp-limits.ts';
export { sftpPacketType, sftpRequestId } from './sftp-packet.ts';
export {
  decodeSftpRequest,
  encodeSftpRequest,
  encodeSftpWriteHeader,
  type SftpPathRequestType,
  type SftpRequest,
} from './sftp-request.ts';
export {
  decodeSftpLimits,
  decodeSftpResponse,
  encodeSftpDataHeader,
  encodeSftpLimits,
  encodeSftpResponse,
  encodeSftpStatus,
  type SftpLimits,
  type SftpName,
  type SftpResponse,
} from './sftp-response.ts';
export { SftpStatus } from './status-code.ts';
export type { SftpExtension } from './version-extension.ts';
