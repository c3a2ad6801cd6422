module.exports = require('../../jest.preset.cjs')('masking');
