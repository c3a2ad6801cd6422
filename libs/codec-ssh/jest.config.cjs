module.exports = require('../../jest.preset.cjs')('codec-ssh');
