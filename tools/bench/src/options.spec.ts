import { describe, expect, it } from '@jest/globals';
import { HELP, parseOptions } from './options.ts';

describe('the command line', () => {
  it('measures everything unless it is told otherwise', () => {
    const everything = { protocols: ['postgres'], quick: false, json: false, subjects: [], help: false };
    expect(parseOptions([])).toEqual(everything);
    expect(parseOptions(['postgres', '--quick', '--json'])).toEqual({
      ...everything,
      quick: true,
      json: true,
    });
    expect(parseOptions(['--subjects', 'pipe,sallyport']).subjects).toEqual(['pipe', 'sallyport']);
  });

  it('refuses what it does not know', () => {
    expect(() => parseOptions(['oracle'])).toThrow('there is no benchmark "oracle"; there are: postgres');
    expect(() => parseOptions(['--fast'])).toThrow();
    expect(() => parseOptions(['--subjects', 'pipe,envoy'])).toThrow('there is no subject "envoy"');
  });

  it('explains every option', () => {
    for (const option of ['--quick', '--json', '--subjects', '--help']) expect(HELP).toContain(option);
  });
});
