module.exports = require('../../jest.preset.cjs')('recording-format');
