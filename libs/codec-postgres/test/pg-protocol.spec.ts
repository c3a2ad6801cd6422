/** An independent implementation as oracle: what it writes is read here as it was meant, and the other way round. */
import { Buffer } from 'node:buffer';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, serialize } from 'pg-protocol';
import * as codec from '../src/index.ts';
import { BACKEND_SAMPLES, FIELDS } from './sample-messages.ts';

const name = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
const values = fc.array(fc.option(fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes))), {
  maxLength: 8,
});

describe('what pg-protocol writes as a client', () => {
  it('is read as it was meant: Query, Parse, Describe, Close, Execute', () => {
    fc.assert(
      fc.property(
        name,
        name,
        fc.constantFrom('S' as const, 'P' as const),
        fc.nat(),
        (one, two, kind, rows) => {
          expect(read(serialize.query(two))).toEqual({ type: 'Query', sql: two });
          expect(read(serialize.parse({ name: one, text: two, types: [25, 23] }))).toEqual({
            type: 'Parse',
            statement: one,
            sql: two,
            parameterTypes: [25, 23],
          });
          const named = kind === 'S' ? 'statement' : 'portal';
          expect(read(serialize.describe({ type: kind, name: one }))).toEqual({
            type: 'Describe',
            kind: named,
            name: one,
          });
          expect(read(serialize.close({ type: kind, name: one }))).toEqual({
            type: 'Close',
            kind: named,
            name: one,
          });
          const maxRows = rows % 0x7fff_ffff;
          expect(read(serialize.execute({ portal: one, rows: maxRows }))).toEqual({
            type: 'Execute',
            portal: one,
            maxRows,
          });
        },
      ),
    );
  });

  it('is read as it was meant: Bind with binary and NULL parameters', () => {
    fc.assert(
      fc.property(name, name, values, (portal, statement, parameters) => {
        const bind = read(serialize.bind({ portal, statement, values: parameters, binary: true }));
        expect(bind).toMatchObject({
          type: 'Bind',
          portal,
          statement,
          parameters,
          resultFormats: ['binary'],
        });
      }),
    );
  });

  it('is read as it was meant: the startup phase, COPY and the end', () => {
    const startup = new codec.StartupReader().push(serialize.startup({ user: 'a', database: 'b/c' }));
    expect(startup).toMatchObject({
      packet: {
        version: codec.PROTOCOL_3_0,
        parameters: new Map([
          ['user', 'a'],
          ['database', 'b/c'],
          ['client_encoding', 'UTF8'],
        ]),
      },
    });
    expect(new codec.StartupReader().push(serialize.requestSsl())).toMatchObject({
      packet: { type: 'SSLRequest' },
    });
    expect(new codec.StartupReader().push(serialize.cancel(7, 9))).toMatchObject({
      packet: { processId: 7, secretKey: Buffer.from([0, 0, 0, 9]) },
    });
    expect(codec.decodePasswordMessage(codec.frameOf(serialize.password('p')))).toMatchObject({
      password: 'p',
    });
    expect(
      codec.decodeSASLInitialResponse(
        codec.frameOf(serialize.sendSASLInitialResponseMessage('SCRAM-SHA-256', 'n,,')),
      ),
    ).toMatchObject({ mechanism: 'SCRAM-SHA-256', data: Buffer.from('n,,') });
    expect(read(serialize.copyData(Buffer.from('x')))).toEqual({ type: 'CopyData', data: Buffer.from('x') });
    expect(read(serialize.copyFail('no'))).toEqual({ type: 'CopyFail', reason: 'no' });
    expect([serialize.sync(), serialize.flush(), serialize.end(), serialize.copyDone()].map(read)).toEqual([
      { type: 'Sync' },
      { type: 'Flush' },
      { type: 'Terminate' },
      { type: 'CopyDone' },
    ]);
  });

  it('is written the same here', () => {
    fc.assert(
      fc.property(name, name, (one, two) => {
        expect(codec.encodeQuery(one).equals(serialize.query(one))).toBe(true);
        expect(
          codec.encodeParse(one, two, [20]).equals(serialize.parse({ name: one, text: two, types: [20] })),
        ).toBe(true);
        expect(codec.encodeDescribe('portal', one).equals(serialize.describe({ type: 'P', name: one }))).toBe(
          true,
        );
      }),
    );
  });
});

describe('what this lib writes as a server', () => {
  it('is read by pg-protocol message by message', async () => {
    // It knows neither the negotiation of versions nor the fast path.
    const unknown = new Set(['NegotiateProtocolVersion', 'FunctionCallResponse', 'CopyBothResponse']);
    const samples = BACKEND_SAMPLES.filter(([message]) => !unknown.has(message.type));
    const messages = await readAsClient(Buffer.concat(samples.map(([, bytes]) => bytes)));
    expect(messages).toHaveLength(samples.length);
    expect(messages.map((message) => message['name'])).not.toContain('unknownMessage');
  });

  it('is read by pg-protocol with the same fields', async () => {
    const key = codec.encodeBackendKeyData(77, Buffer.from([0, 0, 1, 2]));
    const error = codec.buildErrorResponse('ERROR', '42501', 'denied', {
      detail: '{"code":"x"}',
      hint: 'ask',
    });
    const rows = [codec.encodeRowDescription(FIELDS), codec.encodeDataRow([Buffer.from('é'), null])];
    const bytes = [
      key,
      error,
      codec.encodeParameterStatus('a', 'b'),
      codec.encodeReadyForQuery('failed-transaction'),
    ];
    expect(await readAsClient(Buffer.concat([...bytes, ...rows]))).toMatchObject([
      { name: 'backendKeyData', processID: 77, secretKey: 258 },
      {
        name: 'error',
        severity: 'ERROR',
        code: '42501',
        message: 'denied',
        detail: '{"code":"x"}',
        hint: 'ask',
      },
      { name: 'parameterStatus', parameterName: 'a', parameterValue: 'b' },
      { name: 'readyForQuery', status: 'E' },
      {
        name: 'rowDescription',
        fields: FIELDS.map((field) => ({
          name: field.name,
          tableID: field.tableOid,
          columnID: field.attributeNumber,
          dataTypeID: field.typeOid,
          dataTypeSize: field.typeSize,
          dataTypeModifier: field.typeModifier,
          format: field.format,
        })),
      },
      { name: 'dataRow', fields: ['é', null] },
    ]);
  });
});

function read(bytes: Buffer): codec.FrontendMessage {
  return codec.decodeFrontendMessage(codec.frameOf(bytes));
}

async function readAsClient(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const stream = new PassThrough();
  const messages: Record<string, unknown>[] = [];
  const done = parse(stream, (message) => messages.push(message as unknown as Record<string, unknown>));
  stream.end(bytes);
  await done;
  return messages;
}
