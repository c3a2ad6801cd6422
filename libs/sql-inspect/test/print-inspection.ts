/** Prints what is made of statements, in the form of fixtures/bypass.txt: `node test/print-inspection.ts 'SELECT 1' ...`. */
import { inspectSql } from '../src/index.ts';
import { fixtureEnvironment } from './fixture-catalog.ts';
import { renderInspection } from './render-inspection.ts';

for (const sql of process.argv.slice(2)) {
  process.stdout.write(`${sql}\n`);
  for (const line of renderInspection(inspectSql(sql, fixtureEnvironment())))
    process.stdout.write(`  ${line}\n`);
}
