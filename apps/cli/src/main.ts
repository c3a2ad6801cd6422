import { enableCompileCache } from 'node:module';
import type { World } from './world.ts';

// Before anything else is loaded: most of the start is compiling.
enableCompileCache();

const { run } = await import('./run.ts');
const { processWorld } = await import('./process-world.ts');
const world: World = processWorld();
process.exitCode = await run(process.argv.slice(2), world);
