/** `./quickstart`: see options.ts for what it takes. */
import { ROOT } from './checkout.ts';
import { detach } from './commands/detach.ts';
import { demo } from './commands/demo.ts';
import { status } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import { up } from './commands/up.ts';
import { DEMO_PARTS } from './demo/parts.ts';
import { HELP, parseOptions } from './options.ts';
import { terminalProgress } from './progress.ts';
import { QuickstartError } from './quickstart-error.ts';

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), {
    root: ROOT,
    caller: process.env['SALLYPORT_QUICKSTART_CWD'] ?? process.cwd(),
    parts: Object.keys(DEMO_PARTS),
  });
  const progress = terminalProgress();
  switch (options.command) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'stop':
      await stop(options, progress);
      return 0;
    case 'status':
      status(options);
      return 0;
    case 'demo':
      return (await demo(options, progress)) ? 0 : 1;
    case 'up':
      await (options.detach ? detach(options, progress) : up(options, progress));
      return 0;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const line =
    error instanceof QuickstartError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`quickstart: ${line}\n`);
  process.exitCode = 1;
}
// Timers and sockets of what was started may linger; there is nothing more to do.
process.exit();
