module.exports = require('../../jest.preset.cjs')('policy-sdk');
