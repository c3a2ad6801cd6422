// Stops the stack and removes all that it wrote.
const { execFileSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

const quickstart = resolve(__dirname, '../../tools/quickstart/src/main.ts');

module.exports = () => {
  const state = process.env.SALLYPORT_E2E_STATE;
  execFileSync(process.execPath, [quickstart, '--stop', '--state', state], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  rmSync(dirname(state), { recursive: true, force: true });
};
