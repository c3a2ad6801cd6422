import type { PostgresServer } from '@sallyport/testing';
import type { Subject } from '../../subject.ts';
import { DATABASE } from '../database.ts';

/** Straight at the server: what the others are measured against. */
export function direct(server: PostgresServer): Subject {
  return {
    name: 'direct',
    host: server.host,
    port: server.port,
    user: server.user,
    database: DATABASE,
    password: () => server.password,
    pids: [],
    backgroundPids: [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
