module.exports = require('../../jest.preset.cjs')('recorder');
