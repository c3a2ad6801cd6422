/** Prints what is made of statements, in the form of fixtures/bypass.txt: `node test/print-inspection.ts 'SELECT 1' ...`. */
import { inspectSql } from '../src/index.ts';
import { fixtureEnvironment } from './fixture-catalog.ts';
import { renderInspection } from './render-inspection.ts';

for (const sql of process.argv.slice(2)) {
  console.log(sql);
  for (const line of renderInspection(inspectSql(sql, fixtureEnvironment()))) console.log(`  ${line}`);
}
