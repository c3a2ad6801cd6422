/** The bulk client against a real server, straight and through the pipe. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@sallyport/testing';
import { readBulk } from '../src/postgres/bulk.ts';
import { startPipe } from '../src/postgres/subjects/pipe.ts';
import { cpuSecondsOf } from '../src/process-cpu.ts';

const ROWS = 20_000;
/** 'D', a length word, a count, a length word and 100 bytes each. */
const ROW_BYTES = 5 + 2 + 4 + 100;

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
  await server.query('CREATE DATABASE bench');
});

afterAll(() => server.stop());

describe('a bulk read', () => {
  const sql = `SELECT repeat('x', 100) FROM generate_series(1, ${ROWS})`;

  it('counts every byte of the answer, the same through the pipe, and sees the CPU time of it', async () => {
    const straight = await readBulk(at(server.port), sql);
    expect(straight.bytes).toBeGreaterThan(ROWS * ROW_BYTES);
    expect(straight.bytes).toBeLessThan(ROWS * ROW_BYTES + 200);
    await using pipe = await startPipe(server);
    const before = cpuSecondsOf(pipe.pids);
    for (let turn = 0; turn < 5; turn++) {
      expect((await readBulk(at(pipe.port), sql)).bytes).toBe(straight.bytes);
    }
    expect(cpuSecondsOf(pipe.pids)).toBeGreaterThan(before);
  });

  it('fails when the query does', async () => {
    await expect(readBulk(at(server.port), 'SELECT 1 / 0')).rejects.toThrow('division by zero');
  });
});

function at(port: number): Parameters<typeof readBulk>[0] {
  return { host: '127.0.0.1', port, user: server.user, database: 'bench', password: server.password };
}
