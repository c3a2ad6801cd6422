import type { ChannelKind } from './channel-kind.ts';
import { execChannel } from './exec.ts';
import { scpChannel } from './scp/scp-channel.ts';
import { sftpChannel } from './sftp/sftp-channel.ts';
import { shellChannel } from './shell.ts';
import { subsystemChannel } from './subsystem.ts';

/** What a session channel can do, the particular before the general: the first that takes a request has it. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  scpChannel,
  execChannel,
  shellChannel,
  sftpChannel,
  subsystemChannel,
];
