module.exports = require('../../jest.preset.cjs')('quickstart');
