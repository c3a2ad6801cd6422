// Starts the quick start's stack in a temporary folder on free ports; specs read what it printed.
const { execFileSync } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');

const quickstart = resolve(__dirname, '../../tools/quickstart/src/main.ts');

module.exports = () => {
  const state = join(mkdtempSync(join(tmpdir(), 'sallyport-e2e-')), 'state');
  process.env.SALLYPORT_E2E_STATE = state;
  const args = [quickstart, '--detach', '--json', '--free-ports', '--state', state];
  process.env.SALLYPORT_E2E_SUMMARY = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
};
