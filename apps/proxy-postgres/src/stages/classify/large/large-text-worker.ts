import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { buildSqlCatalog, inspectSql, type SqlCatalog } from '@sallyport/sql-inspect';
import { internParts } from './intern-parts.ts';
import type { LargeTextAnswer, LargeTextCommand } from './large-text-messages.ts';
import { recordedTextOf } from './recorded-text.ts';

// The thread that inspects large texts, so that the one that serves all sessions
// does not stand still meanwhile. It gives way to that one where cores are short.

const NICENESS = 5;

const port = parentPort;
if (port === null) throw new Error('large texts are inspected in a thread of its own');
// Thread id 0 is the calling thread: on Linux a niceness belongs to a thread (setpriority(2)).
if (process.platform === 'linux') setPriority(0, NICENESS);

const catalogs = new Map<number, SqlCatalog>();

function inspect({
  catalogId,
  sql,
  environment,
}: LargeTextCommand & { readonly type: 'inspect' }): LargeTextAnswer {
  const catalog = catalogs.get(catalogId);
  if (catalog === undefined) throw new Error('a text came before its catalog');
  const { prepared, cursors, ...rest } = environment;
  const preparedTexts = new Map(prepared);
  const openCursors = new Map(cursors);
  const inspection = inspectSql(sql, {
    ...rest,
    catalog,
    prepared: (name) => preparedTexts.get(name),
    cursors: (name) => openCursors.get(name),
  });
  return { inspection: internParts(inspection), recordedText: recordedTextOf(sql, inspection) };
}

// What is thrown ends the thread, and whoever waits for an answer is told.
port.on('message', (command: LargeTextCommand) => {
  switch (command.type) {
    case 'catalog':
      catalogs.set(command.catalogId, buildSqlCatalog(command.rows));
      return;
    case 'forget':
      catalogs.delete(command.catalogId);
      return;
    case 'inspect':
      port.postMessage(inspect(command));
  }
});
