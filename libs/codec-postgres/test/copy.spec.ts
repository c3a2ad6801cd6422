/** COPY streams of a real server: what a rewriter reads is what the server holds, and what it writes loads again. */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@sallyport/testing';
import {
  BinaryCopyRows,
  CopyRewriter,
  CsvCopyRows,
  encodeCopyData,
  encodeCopyDone,
  encodeQuery,
  TextCopyRows,
  type CopyRows,
  type FieldReplacement,
} from '../src/index.ts';
import { WireClient } from './wire-client.ts';

/** Values that every one of the formats has trouble with. */
const TRICKY = [
  '',
  'plain',
  '\\N',
  'NULL',
  '\\.',
  ',',
  '\t',
  '"',
  '""',
  "'",
  '\\',
  '\\\\',
  'a\nb',
  'a\r\nb',
  '\r',
  '\n',
  ' pad ',
  'é漢🙂',
  'a"b,c\td\\e\nf',
  '\b\f\v',
  '|',
  ';',
  '\\n',
  'x\\',
  '\\"',
  "it's",
  '\u0001',
];

/** Every form, by the options of COPY and the rows that read it. */
const FORMS: readonly (readonly [string, (plan: readonly (FieldReplacement | null)[]) => CopyRows])[] = [
  ['', (plan) => new TextCopyRows(plan)],
  ["DELIMITER '|', NULL 'nil'", (plan) => new TextCopyRows(plan, { delimiter: '|', nullText: 'nil' })],
  ['HEADER', (plan) => new TextCopyRows(plan, { header: true })],
  ['FORMAT csv', (plan) => new CsvCopyRows(plan)],
  ['FORMAT csv, HEADER, FORCE_QUOTE *', (plan) => new CsvCopyRows(plan, { header: true })],
  [
    "FORMAT csv, DELIMITER ';', QUOTE '''', ESCAPE '\\', NULL 'NULL'",
    (plan) => new CsvCopyRows(plan, { delimiter: ';', quote: "'", escape: '\\', nullText: 'NULL' }),
  ],
  [
    "FORMAT csv, DELIMITER E'\\t', NULL '\\N'",
    (plan) => new CsvCopyRows(plan, { delimiter: '\t', nullText: '\\N' }),
  ],
  ['FORMAT binary', (plan) => new BinaryCopyRows(plan)],
];

let server: PostgresServer;
let client: WireClient;

beforeAll(async () => {
  server = await startPostgres();
  ({ client } = await WireClient.connect({
    port: server.port,
    user: server.user,
    password: server.password,
  }));
  await client.ask(
    encodeQuery('CREATE TABLE source (id int, secret text, other text); CREATE TABLE loaded (LIKE source)'),
  );
  for (const [id, value] of [...TRICKY, null].entries()) {
    for (const [turn, other] of [...TRICKY, null].entries()) {
      const row = [id * 100 + turn, literal(value), literal(other)];
      await client.ask(encodeQuery(`INSERT INTO source VALUES (${row.join(',')})`));
    }
  }
});

afterAll(async () => {
  client.end();
  await server.stop();
});

describe.each(FORMS)('COPY (%s)', (options, rows) => {
  it('is read as the server holds it, and read back as it was', async () => {
    const seen: string[] = [];
    const echo: FieldReplacement = (source, start, end) => {
      seen.push(source.toString('utf8', start, end));
      return Buffer.from(source.subarray(start, end));
    };
    await load(options, rewrite(rows([null, echo, null]), await unload(options)));
    const held = await client.rows(
      'SELECT secret FROM source WHERE secret IS NOT NULL ORDER BY id',
      [],
      ['text'],
    );
    expect(seen).toEqual(held.map(([value]) => value?.toString()));
    expect(await difference('secret, other', 'secret, other')).toBe(0);
  });

  it('loses the masked column and nothing else', async () => {
    const masked = rewrite(rows([null, () => Buffer.from('*,\t"\\\n\''), null]), await unload(options));
    await load(options, masked);
    expect(
      await difference(`CASE WHEN secret IS NOT NULL THEN E'*,\\t"\\\\\\n''' END, other`, 'secret, other'),
    ).toBe(0);
  });

  it('is masked to NULL', async () => {
    await load(options, rewrite(rows([null, null, () => null]), await unload(options)));
    expect(await difference('secret, NULL', 'secret, other')).toBe(0);
  });
});

async function unload(options: string): Promise<Buffer[]> {
  const answer = await client.ask(
    encodeQuery(`COPY (SELECT * FROM source ORDER BY id) TO STDOUT (${withOptions(options)})`),
  );
  const data = answer.flatMap((message) => (message.type === 'CopyData' ? [message.data] : []));
  if (data.length === 0) throw new Error(`no data: ${JSON.stringify(answer)}`);
  return data;
}

/** Through a rewriter, cut differently than the server cut it. */
function rewrite(rows: CopyRows, data: readonly Buffer[]): Buffer[] {
  const bytes = Buffer.concat(data);
  const rewriter = new CopyRewriter(rows);
  const out: Buffer[] = [];
  for (let at = 0, size = 1; at < bytes.length; size = (size * 7 + 1) % 61) {
    out.push(rewriter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  rewriter.finish();
  return out;
}

async function load(options: string, data: readonly Buffer[]): Promise<void> {
  await client.ask(encodeQuery('TRUNCATE loaded'));
  const force = options.replace(', FORCE_QUOTE *', '');
  client.socket.write(encodeQuery(`COPY loaded FROM STDIN (${withOptions(force)})`));
  const answer = await client.ask(encodeCopyData(Buffer.concat(data)), encodeCopyDone());
  const failure = answer.find((message) => message.type === 'ErrorResponse');
  if (failure !== undefined) throw new Error(JSON.stringify(failure));
}

/** Rows that are in one table and not, as given, in the other. */
async function difference(expected: string, loaded: string): Promise<number> {
  const sql = `SELECT count(*) FROM (SELECT id, ${expected} FROM source) a(i, s, o)
    FULL JOIN (SELECT id, ${loaded} FROM loaded) b(i, s, o) ON a.i = b.i
    WHERE a.i IS NULL OR b.i IS NULL OR a.s IS DISTINCT FROM b.s OR a.o IS DISTINCT FROM b.o`;
  const [row] = await client.rows(sql, [], ['text']);
  return Number(row?.[0]?.toString());
}

function withOptions(options: string): string {
  return options === '' ? 'FORMAT text' : options;
}

function literal(value: string | null): string {
  if (value === null) return 'NULL';
  return `convert_from('\\x${Buffer.from(value).toString('hex')}', 'UTF8')`;
}
