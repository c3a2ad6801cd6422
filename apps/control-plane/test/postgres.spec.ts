import { afterAll, beforeAll, describe } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@sallyport/testing';
import { Fixture } from './support/fixture.ts';
import { suites } from './suites/index.ts';

describe('on PostgreSQL', () => {
  let postgres: PostgresServer;
  let fixture: Fixture;
  beforeAll(async () => {
    postgres = await startPostgres();
    fixture = await Fixture.start({ databaseUrl: postgres.connectionString() });
  });
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
    await postgres.stop();
  });
  for (const suite of suites) suite(() => fixture);
});
