import { describe, expect, it } from '@jest/globals';
import { HELP, parseOptions } from './options.ts';

describe('the command line', () => {
  it('measures everything unless it is told otherwise', () => {
    const everything = {
      protocols: ['postgres', 'ssh'],
      quick: false,
      json: false,
      subjects: [],
      help: false,
    };
    expect(parseOptions([])).toEqual(everything);
    expect(parseOptions(['postgres', '--quick', '--json'])).toEqual({
      ...everything,
      protocols: ['postgres'],
      quick: true,
      json: true,
    });
    expect(parseOptions(['ssh']).protocols).toEqual(['ssh']);
    expect(parseOptions(['--subjects', 'pipe,sallyport']).subjects).toEqual(['pipe', 'sallyport']);
  });

  it('refuses what it does not know', () => {
    expect(() => parseOptions(['oracle'])).toThrow(
      'there is no benchmark "oracle"; there are: postgres, ssh',
    );
    expect(() => parseOptions(['--fast'])).toThrow();
    expect(() => parseOptions(['--subjects', 'pipe,envoy'])).toThrow('there is no subject "envoy"');
  });

  it('explains every option', () => {
    for (const option of ['--quick', '--json', '--subjects', '--help']) expect(HELP).toContain(option);
  });
});
