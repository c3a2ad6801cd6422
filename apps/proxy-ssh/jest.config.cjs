module.exports = require('../../jest.preset.cjs')('proxy-ssh');
