module.exports = require('../../jest.preset.cjs')('shell-inspect');
