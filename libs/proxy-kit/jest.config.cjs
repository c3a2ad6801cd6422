module.exports = require('../../jest.preset.cjs')('proxy-kit');
