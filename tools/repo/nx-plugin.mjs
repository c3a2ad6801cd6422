// Infers two targets for every project with a jest.config.cjs:
//   unit         its src/**/*.spec.ts
//   integration  its test/**/*.spec.ts, which start real servers; one file at a time
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const jest = (root, up) =>
  `node --experimental-vm-modules --disable-warning=ExperimentalWarning ${up}/node_modules/jest/bin/jest.js ` +
  `--roots ${root} --json --outputFile=dist/results-${root}.json`;

const target = (root, up, extra = '') => ({
  executor: 'nx:run-commands',
  options: { command: jest(root, up) + extra, cwd: '{projectRoot}' },
  cache: true,
  inputs: ['default', '^default'],
  outputs: [`{projectRoot}/dist/results-${root}.json`],
});

export const name = 'sallyport-jest';

export const createNodesV2 = [
  '{apps,libs,tools}/*/jest.config.cjs',
  (files, _options, context) =>
    files.map((file) => {
      const root = dirname(file);
      const has = (folder) => existsSync(join(context.workspaceRoot, root, folder));
      const targets = {
        ...(has('src') ? { unit: target('src', '../..', ' --passWithNoTests') } : {}),
        ...(has('test') ? { integration: target('test', '../..', ' --runInBand') } : {}),
      };
      return [file, { projects: { [root]: { targets } } }];
    }),
];
