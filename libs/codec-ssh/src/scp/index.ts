export { parseScpCommand, type ScpCommand } from './scp-command.ts';
export { encodeScpRecord, type ScpRecord } from './scp-record.ts';
export { encodeScpReply, ScpReplyReader, type ScpReply, type ScpReplyRead } from './scp-reply.ts';
export { ScpSourceReader, type ScpEvent } from './scp-source-reader.ts';
