/**
 * The caller's requests on one SFTP channel (draft-ietf-secsh-filexfer-02):
 * read packet by packet, decided on by path, forwarded as they came (but for
 * their id) in the order in which they came. Requests on a handle belong to
 * the opening that was decided on.
 */
import {
  CodecError,
  decodeSftpRequest,
  decodeSftpResponse,
  encodeSftpResponse,
  SFTP_VERSION,
  SftpPacketFramer,
  SftpStatus,
  SftpType,
  sftpPacketType,
  sftpRequestId,
  type SftpExtension,
  type SftpRequest,
} from '@sallyport/codec-ssh';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError } from '@sallyport/errors';
import type { ForwardedStatement, UpstreamChannel } from '@sallyport/proxy-kit';
import type { CallerEnd } from '../../connection/caller-end.ts';
import type { ChannelHandler } from '../../connection/channel-end.ts';
import { OrderedLane } from '../../connection/ordered-lane.ts';
import type { UpstreamEnd } from '../../connection/upstream-end.ts';
import type { ProgramEnd, StatementRun } from '../../stages/record/statement-run.ts';
import type { SessionCore } from '../session-core.ts';
import { CallerOutbox } from './caller-outbox.ts';
import { CreditLedger } from './credit-ledger.ts';
import { HandleTable } from './handle-table.ts';
import { knownExtensions } from './known-extensions.ts';
import { NameChanges } from './name-changes.ts';
import { RequestOrder } from './request-order.ts';
import { pathText } from './sftp-path.ts';
import { SftpRequests } from './sftp-requests.ts';
import { SFTP_ID_AT, SftpTarget } from './sftp-target.ts';
