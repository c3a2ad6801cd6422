module.exports = require('../../jest.preset.cjs')('codec-postgres');
