import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { builtinModules } from 'node:module';

const sources = ['**/*.ts'];
const specs = [
  '**/*.spec.ts',
  '**/test/**/*.ts',
  '**/fixtures/**/*.ts',
  'libs/testing/**/*.ts',
  'apps/e2e/**/*.ts',
];

/** Which kinds of project each kind may import. What is missing here is forbidden. */
const layers = {
  app: ['kit', 'runtime', 'client', 'codec', 'domain', 'contract', 'base'],
  tool: ['testing', 'kit', 'runtime', 'client', 'codec', 'domain', 'contract', 'base'],
  kit: ['runtime', 'client', 'domain', 'contract', 'base'],
  client: ['runtime', 'client', 'domain', 'contract', 'base'],
  codec: ['base'],
  domain: ['contract', 'base'],
  testing: ['runtime', 'contract', 'base'],
  runtime: ['base'],
  contract: [],
  base: ['base'],
};

const depConstraints = (overrides = {}) => [
  ...Object.entries({ ...layers, ...overrides }).map(([type, allowed]) => ({
    sourceTag: `type:${type}`,
    onlyDependOnLibsWithTags: allowed.map((other) => `type:${other}`),
  })),
  // The data plane never reaches the database of the control plane.
  {
    sourceTag: 'plane:data',
    onlyDependOnLibsWithTags: ['plane:data', 'plane:shared'],
    bannedExternalImports: ['@prisma/*', 'prisma', 'pglite-prisma-adapter', '@electric-sql/*'],
  },
  { sourceTag: 'plane:shared', onlyDependOnLibsWithTags: ['plane:shared'] },
  { sourceTag: 'plane:control', onlyDependOnLibsWithTags: ['plane:control', 'plane:shared'] },
  { sourceTag: 'plane:record', onlyDependOnLibsWithTags: ['plane:record', 'plane:shared'] },
  // No protocol imports another.
  { sourceTag: 'protocol:none', onlyDependOnLibsWithTags: ['protocol:none'] },
  { sourceTag: 'protocol:postgres', onlyDependOnLibsWithTags: ['protocol:postgres', 'protocol:none'] },
  { sourceTag: 'protocol:ssh', onlyDependOnLibsWithTags: ['protocol:ssh', 'protocol:none'] },
];

const boundaries = (overrides) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    checkDynamicDependenciesExceptions: ['.*'],
    depConstraints: depConstraints(overrides),
  },
];

/** Pure libraries compute over values and bytes: no files, no sockets, no processes. */
const bareBuiltins = builtinModules.filter(
  (name) => /^[a-z0-9_]+$/.test(name) && name !== 'buffer' && !name.startsWith('_'),
);
const pureImports = (allowed = 'buffer') => [
  'error',
  {
    patterns: [
      { regex: `^node:(?!(${allowed})$)`, message: `This library is pure: only node:${allowed}.` },
      {
        regex: `^(${bareBuiltins.join('|')})(/|$)`,
        message: 'This library is pure, and built-ins are imported as node:name.',
      },
    ],
  },
];

export default [
  {
    ignores: [
      '**/node_modules',
      '**/dist',
      '**/.nx',
      'libs/contracts/src/gen',
      'apps/control-plane/src/database/generated',
      '**/*.cjs',
      '**/*.mjs',
      'eslint.config.js',
      'tmp',
      '.sallyport*',
      '.tools',
    ],
  },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: sources })),
  {
    files: sources,
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrors: 'all', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-empty-function': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
    },
  },
  {
    files: [
      'libs/policy-sdk/src/**/*.ts',
      'libs/masking/src/**/*.ts',
      'libs/sql-inspect/src/**/*.ts',
      'libs/shell-inspect/src/**/*.ts',
      'libs/codec-*/src/**/*.ts',
    ],
    ignores: specs,
    rules: { 'no-restricted-imports': pureImports() },
  },
  {
    // What people read on a terminal goes to the terminal.
    files: ['apps/cli/**/*.ts', 'tools/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: specs,
    rules: {
      // Specs may use the testing library, and libraries beside their own.
      '@nx/enforce-module-boundaries': boundaries(
        Object.fromEntries(
          Object.keys(layers).map((type) => [
            type,
            ['testing', 'kit', 'runtime', 'client', 'codec', 'domain', 'contract', 'base'],
          ]),
        ),
      ),
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      'max-lines-per-function': 'off',
      'max-lines': 'off',
    },
  },
];
