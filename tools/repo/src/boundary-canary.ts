/**
 * Shows that the rules that keep the layers apart are alive. Lints imports that
 * must be refused, and fails if one passes: with a cold Nx graph the boundary
 * rule skips itself and reports nothing, so silence is not proof.
 */
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

interface Canary {
  /** An existing file; its text is replaced in memory only. */
  readonly file: string;
  readonly code: string;
  readonly rule: string;
  readonly why: string;
}

const CANARIES: readonly Canary[] = [
  {
    file: 'libs/policy-sdk/src/index.ts',
    code: "export * from '@sallyport/service-kit';\n",
    rule: '@nx/enforce-module-boundaries',
    why: 'a domain library imports a base library of services',
  },
  {
    file: 'libs/proxy-kit/src/index.ts',
    code: "export * from '@sallyport/codec-postgres';\n",
    rule: '@nx/enforce-module-boundaries',
    why: 'a kit sees a codec',
  },
  {
    file: 'apps/proxy-postgres/src/main.ts',
    code: "import '@prisma/client';\n",
    rule: '@nx/enforce-module-boundaries',
    why: 'the data plane reaches Prisma',
  },
  {
    file: 'libs/masking/src/index.ts',
    code: "export { connect } from 'node:net';\n",
    rule: 'no-restricted-imports',
    why: 'a pure library opens sockets',
  },
  {
    file: 'libs/errors/src/index.ts',
    code: 'export const loose = (value: any): string => value;\n',
    rule: '@typescript-eslint/no-explicit-any',
    why: 'any in a library',
  },
];

await createProjectGraphAsync({ exitOnError: true });
const eslint = new ESLint();
let dead = 0;
for (const canary of CANARIES) {
  const [result] = await eslint.lintText(canary.code, { filePath: canary.file });
  const caught = result?.messages.some((message) => message.ruleId === canary.rule) ?? false;
  if (!caught) {
    dead += 1;
    console.error(`Not caught: ${canary.why} (${canary.rule} in ${canary.file}).`);
  }
}
console.log(`${CANARIES.length - dead} of ${CANARIES.length} forbidden imports are caught.`);
process.exitCode = dead === 0 ? 0 : 1;
