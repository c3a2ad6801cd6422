/** One of each message, as typed value and as bytes; shared by the specs of this lib. */
import { Buffer } from 'node:buffer';
import * as codec from '../src/index.ts';

const name = {
  name: 'email',
  tableOid: 16_400,
  attributeNumber: 3,
  typeOid: 25,
  typeSize: -1,
  typeModifier: -1,
};

export const FIELDS: readonly codec.FieldDescription[] = [
  { ...name, format: 'text' },
  { ...name, name: 'id', typeOid: 23, typeSize: 4, attributeNumber: -1, format: 'binary' },
];

const bind: Omit<codec.Bind, 'type'> = {
  portal: 'p1',
  statement: 's1',
  parameterFormats: ['text', 'binary', 'text'],
  parameters: [Buffer.from('é'), Buffer.from([0, 0, 0, 7]), null],
  resultFormats: ['binary'],
};

const call: Omit<codec.FunctionCall, 'type'> = {
  functionOid: 4_000_000_000,
  argumentFormats: ['binary'],
  arguments: [Buffer.from([1, 2]), null],
  resultFormat: 'binary',
};

export const FRONTEND_SAMPLES: readonly (readonly [codec.FrontendMessage, Buffer])[] = [
  [{ type: 'Query', sql: "SELECT 'é'; DROP TABLE x" }, codec.encodeQuery("SELECT 'é'; DROP TABLE x")],
  [{ type: 'Query', sql: '' }, codec.encodeQuery('')],
  [
    { type: 'Parse', statement: 's1', sql: 'SELECT $1', parameterTypes: [25, 0, 4_000_000_000] },
    codec.encodeParse('s1', 'SELECT $1', [25, 0, 4_000_000_000]),
  ],
  [{ type: 'Bind', ...bind }, codec.encodeBind(bind)],
  [{ type: 'Describe', kind: 'statement', name: 's1' }, codec.encodeDescribe('statement', 's1')],
  [{ type: 'Describe', kind: 'portal', name: '' }, codec.encodeDescribe('portal', '')],
  [{ type: 'Execute', portal: 'p1', maxRows: 10 }, codec.encodeExecute('p1', 10)],
  [{ type: 'Close', kind: 'portal', name: 'p1' }, codec.encodeClose('portal', 'p1')],
  [{ type: 'FunctionCall', ...call }, codec.encodeFunctionCall(call)],
  [{ type: 'CopyData', data: Buffer.from('1\tx\n') }, codec.encodeCopyData(Buffer.from('1\tx\n'))],
  [{ type: 'CopyDone' }, codec.encodeCopyDone()],
  [{ type: 'CopyFail', reason: 'no more' }, codec.encodeCopyFail('no more')],
  [{ type: 'Flush' }, codec.encodeFlush()],
  [{ type: 'Sync' }, codec.encodeSync()],
  [{ type: 'Terminate' }, codec.encodeTerminate()],
];

const copy: codec.CopyFormat = { format: 'binary', columnFormats: ['binary', 'binary'] };
const fields: codec.Diagnostic = {
  severityLocal: 'FEHLER',
  severity: 'ERROR',
  code: '42501',
  message: 'no',
  detail: '{"code":"denied_by_rule"}',
  where: 'PL/pgSQL',
};
const key = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
const values = [Buffer.from('a'), null, Buffer.alloc(0)];

export const BACKEND_SAMPLES: readonly (readonly [codec.BackendMessage, Buffer])[] = [
  [{ type: 'AuthenticationOk' }, codec.encodeAuthenticationOk()],
  [{ type: 'AuthenticationCleartextPassword' }, codec.encodeAuthenticationCleartextPassword()],
  [
    { type: 'AuthenticationMD5Password', salt: Buffer.from([1, 2, 3, 4]) },
    codec.encodeAuthenticationMD5Password(Buffer.from([1, 2, 3, 4])),
  ],
  [
    { type: 'AuthenticationSASL', mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] },
    codec.encodeAuthenticationSASL(['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256']),
  ],
  [
    { type: 'AuthenticationSASLContinue', data: Buffer.from('r=') },
    codec.encodeAuthenticationSASLContinue(Buffer.from('r=')),
  ],
  [
    { type: 'AuthenticationSASLFinal', data: Buffer.from('v=') },
    codec.encodeAuthenticationSASLFinal(Buffer.from('v=')),
  ],
  [{ type: 'BackendKeyData', processId: 77, secretKey: key }, codec.encodeBackendKeyData(77, key)],
  [
    { type: 'NegotiateProtocolVersion', newest: codec.PROTOCOL_3_2, unknownOptions: ['_pq_.x'] },
    codec.encodeNegotiateProtocolVersion(codec.PROTOCOL_3_2, ['_pq_.x']),
  ],
  [
    { type: 'ParameterStatus', name: 'TimeZone', value: 'UTC' },
    codec.encodeParameterStatus('TimeZone', 'UTC'),
  ],
  [{ type: 'ReadyForQuery', status: 'in-transaction' }, codec.encodeReadyForQuery('in-transaction')],
  [{ type: 'RowDescription', fields: FIELDS }, codec.encodeRowDescription(FIELDS)],
  [{ type: 'DataRow', values }, codec.encodeDataRow(values)],
  [{ type: 'CommandComplete', tag: 'INSERT 0 3' }, codec.encodeCommandComplete('INSERT 0 3')],
  [{ type: 'EmptyQueryResponse' }, codec.encodeEmptyQueryResponse()],
  [{ type: 'ErrorResponse', fields }, codec.encodeErrorResponse(fields)],
  [{ type: 'NoticeResponse', fields }, codec.encodeNoticeResponse(fields)],
  [
    { type: 'NotificationResponse', processId: 9, channel: 'c', payload: 'p' },
    codec.encodeNotificationResponse(9, 'c', 'p'),
  ],
  [{ type: 'ParseComplete' }, codec.encodeParseComplete()],
  [{ type: 'BindComplete' }, codec.encodeBindComplete()],
  [{ type: 'CloseComplete' }, codec.encodeCloseComplete()],
  [{ type: 'NoData' }, codec.encodeNoData()],
  [{ type: 'PortalSuspended' }, codec.encodePortalSuspended()],
  [{ type: 'ParameterDescription', typeOids: [25, 23] }, codec.encodeParameterDescription([25, 23])],
  [{ type: 'CopyInResponse', ...copy }, codec.encodeCopyInResponse(copy)],
  [{ type: 'CopyOutResponse', ...copy }, codec.encodeCopyOutResponse(copy)],
  [{ type: 'CopyBothResponse', ...copy }, codec.encodeCopyBothResponse(copy)],
  [{ type: 'CopyData', data: Buffer.from('1\tx\n') }, codec.encodeCopyData(Buffer.from('1\tx\n'))],
  [{ type: 'CopyDone' }, codec.encodeCopyDone()],
  [
    { type: 'FunctionCallResponse', value: Buffer.from('v') },
    codec.encodeFunctionCallResponse(Buffer.from('v')),
  ],
  [{ type: 'FunctionCallResponse', value: null }, codec.encodeFunctionCallResponse(null)],
];
