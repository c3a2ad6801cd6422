module.exports = {
  ...require('../../jest.preset.cjs')('e2e'),
  // One stack for all specs; they run one after the other.
  globalSetup: './global-setup.cjs',
  globalTeardown: './global-teardown.cjs',
  maxWorkers: 1,
  testTimeout: 60_000,
};
