// Works on the database's schema without a database server and without a download:
//   node scripts/database.ts generate         writes the Prisma client from prisma/schema.prisma
//   node scripts/database.ts migration NAME   writes the migration that schema.prisma lacks
//   node scripts/database.ts check            fails if the migrations or the client differ from schema.prisma
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MIGRATIONS_DIRECTORY, SCHEMA_FILE } from '../src/database/migrations.ts';
import { findSchemaDrift } from '../src/database/schema-drift.ts';

const GENERATED = fileURLToPath(new URL('../src/database/generated', import.meta.url));
const PRISMA = fileURLToPath(new URL('build/index.js', import.meta.resolve('prisma/package.json')));

/** The schema engine's binary is not needed to generate; naming one keeps Prisma from downloading it. */
function generate(schemaFile: string): void {
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  execFileSync(process.execPath, [PRISMA, 'generate', '--schema', schemaFile], { env, stdio: 'pipe' });
}

async function createMigration(name: string): Promise<void> {
  const script = await findSchemaDrift();
  if (script === '') {
    process.stdout.write('nothing to migrate\n');
    return;
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const directory = join(MIGRATIONS_DIRECTORY, `${stamp}_${name}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'migration.sql'), script);
  process.stdout.write(`wrote ${stamp}_${name}; read it before you commit it\n`);
}

/** Generates into a copy of the tree and compares, so that a check changes nothing. */
function generatedDiffers(): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'sallyport-prisma-'));
  try {
    mkdirSync(join(copy, 'prisma'));
    cpSync(SCHEMA_FILE, join(copy, 'prisma/schema.prisma'));
    generate(join(copy, 'prisma/schema.prisma'));
    return textOf(join(copy, 'src/database/generated')) !== textOf(GENERATED);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function textOf(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return paths.map((path) => `${path.slice(directory.length)}\n${readFileSync(path, 'utf8')}`).join('\n');
}

async function check(): Promise<number> {
  const drift = await findSchemaDrift();
  if (drift !== '') process.stderr.write(`the migrations do not give schema.prisma; missing:\n${drift}\n`);
  const stale = generatedDiffers();
  if (stale)
    process.stderr.write(
      'src/database/generated is not what schema.prisma gives; run "node scripts/database.ts generate"\n',
    );
  if (drift === '' && !stale)
    process.stdout.write('migrations, schema.prisma and the generated client agree\n');
  return drift === '' && !stale ? 0 : 1;
}

const [command, name] = process.argv.slice(2);
if (command === 'generate') generate(SCHEMA_FILE);
else if (command === 'migration' && name !== undefined && /^[a-z0-9_]+$/.test(name))
  await createMigration(name);
else if (command === 'check') process.exitCode = await check();
else {
  process.stderr.write('usage: node scripts/database.ts generate | migration NAME | check\n');
  process.exitCode = 64;
}
