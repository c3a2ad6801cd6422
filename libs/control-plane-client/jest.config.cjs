module.exports = require('../../jest.preset.cjs')('control-plane-client');
