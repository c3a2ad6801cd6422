// Integration specs start databases; on a busy machine that takes longer than the preset allows.
module.exports = { ...require('../../jest.preset.cjs')('control-plane'), testTimeout: 60_000 };
