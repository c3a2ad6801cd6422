import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@sallyport/testing';
import fc from 'fast-check';
import { createDetectorSet, MASK_STRATEGIES, maskValue, type ValueKind } from '../src/index.ts';

/** The kind that each type's values are masked as, and values to mask; the server itself says whether what comes out is one. */
const TYPES: readonly (readonly [type: string, kind: ValueKind, samples: fc.Arbitrary<string>])[] = [
  ['int2', 'integer', fc.integer({ min: -32_768, max: 32_767 }).map(String)],
  ['int4', 'integer', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String)],
  ['int8', 'integer', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  ['oid', 'integer', fc.nat(2 ** 32 - 1).map(String)],
  ['numeric', 'decimal', fc.tuple(fc.bigInt(), fc.nat()).map(([a, b]) => `${String(a)}.${String(b)}`)],
  ['float4', 'float', fc.float({ noNaN: true }).map(String)],
  ['float8', 'float', fc.oneof(fc.double().map(String), fc.constantFrom('NaN', 'Infinity'))],
  ['bool', 'boolean', fc.constantFrom('t', 'f')],
  ['date', 'date', fc.constantFrom('1987-03-04', '0044-03-15 BC', 'infinity', '12345-01-01')],
  ['time', 'time', fc.constantFrom('12:34:56.789', '24:00:00')],
  ['timetz', 'time', fc.constantFrom('12:34:56+02', '00:00:00-12:30')],
  ['timestamp', 'timestamp', fc.constantFrom('2024-05-06 07:08:09.1', 'infinity', '0044-03-15 12:00:00 BC')],
  ['timestamptz', 'timestamptz', fc.constantFrom('2024-05-06 07:08:09+02', '-infinity')],
  ['interval', 'interval', fc.constantFrom('1 year 2 mons', '-04:05:06')],
  ['uuid', 'uuid', fc.uuid()],
  ['json', 'json', fc.json()],
  ['jsonb', 'json', fc.json()],
  ['bytea', 'bytes', fc.uint8Array().map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)],
  ['inet', 'inet', fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('192.168.1.7/24'))],
  ['cidr', 'inet', fc.constantFrom('10.0.0.0/8', '2001:db8::/32')],
  ['text', 'text', fc.string()],
  ['text[]', 'array', fc.constantFrom('{a,NULL}', '{"a b",c}')],
  ['int4[]', 'array', fc.constantFrom('{1,2}', '{{1},{2}}')],
];

const key = new Uint8Array(32).fill(1);
let server: PostgresServer;
let client: Awaited<ReturnType<PostgresServer['connect']>>;

beforeAll(async () => {
  server = await startPostgres();
  client = await server.connect();
}, 60_000);

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** Casts all texts in one statement; the server refuses the statement if one is not of the type. */
async function accepts(type: string, texts: readonly string[]): Promise<void> {
  await client.query(`SELECT count(value::${type}) FROM unnest($1::text[]) AS value`, [texts]);
}

describe('a real server', () => {
  it.each(TYPES)('takes every masked value of type %s', async (type, kind, samples) => {
    const values = fc.sample(samples, 60);
    const masked = values.flatMap((text) =>
      MASK_STRATEGIES.map((strategy) =>
        maskValue(text, kind, { strategy, key, keep: 1 + (text.length % 12) }),
      ),
    );
    await expect(
      accepts(
        type,
        masked.filter((text) => text !== null),
      ),
    ).resolves.toBeUndefined();
  });

  const set = createDetectorSet(['email', 'card', 'ipv4', 'ipv6']);
  it.each([
    ['int8', 'integer', '4111111111111111'],
    ['numeric', 'decimal', '4111111111111111'],
    ['inet', 'inet', '203.0.113.9/32'],
    ['inet[]', 'array', '{203.0.113.9,2001:db8::1}'],
    ['int8[]', 'array', '{4111111111111111,1}'],
    ['text[]', 'array', '{"to ann@example.com","{x@y.zone}"}'],
    ['jsonb', 'json', '{"ann@example.com":[4111111111111111,"\\u0061nn@example.com",1.5]}'],
    ['bytea', 'bytes', `\\x${Buffer.from('ann@example.com').toString('hex')}`],
  ] as const)('takes a value of type %s after something in it was found', async (type, kind, value) => {
    const masked = MASK_STRATEGIES.map((strategy) => set.mask(value, { strategy, key }, kind));
    for (const { findings } of masked) expect(findings.length).toBeGreaterThan(0);
    const texts = masked.map(({ text }) => text).filter((text) => text !== null);
    await expect(accepts(type, texts)).resolves.toBeUndefined();
  });
});
