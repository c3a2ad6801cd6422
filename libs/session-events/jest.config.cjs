module.exports = require('../../jest.preset.cjs')('session-events');
