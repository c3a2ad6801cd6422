/** The real server as oracle: what it sends in text and in binary must be the same value to this lib. */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@sallyport/testing';
import { decodeBinaryToText, encodeBinary, kindOfType } from '../src/index.ts';
import { WireClient } from './wire-client.ts';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  bool: ['t', 'f'],
  int2: ['0', '-1', '32767', '-32768'],
  int4: ['0', '-1', '2147483647', '-2147483648'],
  int8: ['0', '-1', '9223372036854775807', '-9223372036854775808'],
  oid: ['0', '4294967295'],
  float4: [
    '0',
    '-0',
    '1.5',
    '1e-5',
    '0.0001',
    '999999',
    '1e6',
    '1234567',
    '3.4028235e38',
    '1e-45',
    'NaN',
    '-Infinity',
    '0.1',
  ],
  float8: [
    '0',
    '-0',
    '1.5',
    '123456789012345',
    '1e15',
    '1e-4',
    '1e-5',
    '1.7976931348623157e308',
    '5e-324',
    'NaN',
    'Infinity',
    '0.1',
  ],
  numeric: [
    '0',
    '0.00',
    '1',
    '-1.50',
    '10000',
    '100000000',
    '0.0001',
    '0.00001234',
    '123456789.987654321',
    '1e30',
    '1e-30',
    'NaN',
    '-Infinity',
    '9999.9999',
    '-0.5',
  ],
  text: ['', 'plain', 'é漢字🙂', 'a"b\\c', 'line\nbreak'],
  varchar: ['x'],
  bpchar: ['pad  '],
  name: ['n'],
  '"char"': ['a', ''],
  json: ['{"a": [1, null]}', '"x"'],
  jsonb: ['{"a": [1, null]}', '"x"', '1.0'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'],
  date: [
    '2000-01-01',
    '1999-12-31',
    '2026-11-23',
    '0001-01-01',
    '0001-12-31 BC',
    '4714-11-24 BC',
    '5874897-12-31',
    'infinity',
    '-infinity',
    '2000-02-29',
    '1900-03-01',
  ],
  time: ['00:00:00', '23:59:59.999999', '24:00:00', '12:34:56.7'],
  timetz: ['00:00:00+00', '12:34:56.789+05:30', '01:02:03-08', '04:05:06+01:02:03'],
  timestamp: [
    '2000-01-01 00:00:00',
    '1999-12-31 23:59:59.999999',
    '2026-11-23 12:00:00.5',
    '0044-03-15 12:00:00 BC',
    'infinity',
    '-infinity',
    '294276-12-31 23:59:59.999999',
  ],
  timestamptz: [
    '2000-01-01 00:00:00+00',
    '2026-11-23 12:00:00+05:30',
    '0044-03-15 12:00:00+00 BC',
    'infinity',
  ],
  interval: [
    '0',
    '1 year 2 mons 3 days 04:05:06.789',
    '-1 mons',
    '1 mon -2 days +03:00',
    '-04:05:06',
    '100:00:00',
    '1 day',
    '-1 year 2 days',
    '1 mon -1 days',
    'infinity',
    '-infinity',
    '-13 mons',
  ],
  bytea: ['\\x', '\\x00ff5c'],
  inet: [
    '10.0.0.1',
    '10.0.0.1/8',
    '::1',
    'fe80::1/64',
    '2001:db8:0:0:1::',
    '::ffff:1.2.3.4',
    '::1.2.3.4',
    '1:0:0:2:0:0:0:3',
    '0:0:1::',
    '::',
    '1:2:3:4:5:6:7:8',
    '0:1:0:1:0:1:0:1',
    '::1:2',
  ],
  cidr: ['10.0.0.0/8', '10.0.0.1', '2001:db8::/32'],
  'int4[]': ['{}', '{1,2,NULL}', '{{1,2},{3,4}}', '[2:3]={7,8}', '[0:0][-1:0]={{1,2}}'],
  'text[]': ['{}', '{a,"b c",NULL,"null","","x\\"y\\\\z","{}",","}', '{{é},{🙂}}'],
  'numeric[]': ['{1.50,NaN}'],
  'timestamptz[]': ['{"2026-11-23 12:00:00+00"}'],
  'bool[]': ['{t,f}'],
  'jsonb[]': ['{"{\\"a\\": 1}"}'],
  'inet[]': ['{10.0.0.0/8}'],
};

/** Expressions over a row number that give many different values of a type. */
const GENERATORS: Readonly<Record<string, string>> = {
  int8: '(hashint8(n)::bigint << (n % 33)::int)',
  float4: '(hashint4(n)::float4 * power(10, (n % 60) - 30)::float4)',
  float8: '(hashint4(n)::float8 * power(10::float8, (n % 400) - 200))',
  numeric: '((hashint4(n)::numeric * power(10::numeric, (n % 60) - 30))::numeric)',
  date: "('epoch'::date + hashint4(n) / 2500)",
  timestamp: "('epoch'::timestamp + hashint4(n) * interval '97.123457 seconds')",
  timestamptz: "('epoch'::timestamptz + hashint4(n) * interval '97.123457 seconds')",
  time: "('00:00'::time + hashint4(n) * interval '1.000007 seconds')",
  interval:
    'make_interval(hashint4(n) % 300, hashint4(n + 1) % 14, 0, hashint4(n + 2) % 40, 0, 0, hashint4(n + 3) / 7.0)',
  inet: "((hashint4(n)::bigint & 4294967295) + '::'::inet + (case n % 3 when 0 then 0 else 281470681743360 end))",
  uuid: 'md5(n::text)::uuid',
  bytea: "decode(md5(n::text), 'hex')",
  text: 'repeat(chr(32 + (n * 7919) % 5000), n % 9)',
};

let server: PostgresServer;
let client: WireClient;

beforeAll(async () => {
  server = await startPostgres();
  ({ client } = await WireClient.connect({ ...login(), parameters: { TimeZone: 'UTC', DateStyle: 'ISO' } }));
});

afterAll(async () => {
  client.end();
  await server.stop();
});

describe.each(Object.entries(VALUES))('values of %s', (type, texts) => {
  it.each(texts.map((text) => [text]))('are the same in text and binary: %j', async (text) => {
    const oid = await oidOf(type);
    const [row] = await client.rows(`SELECT $1::${type}, $1::${type}`, [text], ['text', 'binary']);
    expectSame(row?.[0] ?? null, row?.[1] ?? null, oid);
  });

  it('have a kind that can be masked', async () => {
    expect(kindOfType(await oidOf(type))).not.toBe('other');
  });
});

describe.each(Object.entries(GENERATORS))('generated values of %s', (type, expression) => {
  it('are the same in text and binary', async () => {
    const oid = await oidOf(type);
    const sql = `SELECT v, v FROM (SELECT ${expression}::${type} v FROM generate_series(1, 2000) n) t`;
    const rows = await client.rows(sql, [], ['text', 'binary']);
    expect(rows).toHaveLength(2000);
    for (const [text, binary] of rows) expectSame(text ?? null, binary ?? null, oid);
  });
});

describe('types that are not known', () => {
  it.each(['point', 'int4range', 'tsvector', 'money', 'macaddr', 'record', 'bit'])(
    'give NULL: %s',
    async (type) => {
      const oid = await oidOf(type);
      expect(kindOfType(oid)).toBe('other');
      expect(decodeBinaryToText(Buffer.from([0, 0, 0, 1]), oid)).toBeNull();
      expect(encodeBinary('1', oid)).toBeNull();
    },
  );
});

/** Written here, the value is the same to the server as its own. */
describe('what a mask writes', () => {
  it.each([
    ['date', '1970-01-01'],
    ['time', '00:00:00'],
    ['timetz', '00:00:00'],
    ['timestamp', '1970-01-01 00:00:00'],
    ['timestamptz', '1970-01-01 00:00:00+00'],
    ['interval', '00:00:00'],
    ['inet', '203.0.0.0/16'],
    ['cidr', '203.0.0.0/16'],
    ['inet', 'fd00:1:2:3:4:5:6:7'],
    ['bool', 'f'],
    ['text[]', '{}'],
    ['jsonb', '"[redacted]"'],
    ['uuid', '00000000-0000-0000-0000-000000000000'],
    ['bytea', '\\x'],
    ['numeric', '0'],
    ['int2', '0'],
  ])('is read by the server: %s %s', async (type, text) => {
    const [row] = await client.rows(`SELECT $1::${type}`, [text], ['binary']);
    expect(encodeBinary(text, await oidOf(type))?.toString('hex')).toBe(row?.[0]?.toString('hex'));
  });
});

function login(): { port: number; user: string; password: string } {
  return { port: server.port, user: server.user, password: server.password };
}

async function oidOf(type: string): Promise<number> {
  const [row] = await client.rows(`SELECT '${type}'::regtype::oid`, [], ['text']);
  return Number(row?.[0]?.toString());
}

function expectSame(text: Buffer | null, binary: Buffer | null, oid: number): void {
  if (text === null || binary === null) throw new Error('the server sent NULL');
  const decoded = decodeBinaryToText(binary, oid);
  // PostgreSQL's shortest digits may be one longer than JavaScript's; both read back as the same value.
  if (kindOfType(oid) === 'float') {
    expect(encodeBinary(decoded ?? '', oid)?.toString('hex')).toBe(binary.toString('hex'));
  } else {
    expect(decoded).toBe(text.toString());
  }
  expect(encodeBinary(text.toString(), oid)?.toString('hex')).toBe(binary.toString('hex'));
}
