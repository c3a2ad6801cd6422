import { describe, expect, it } from '@jest/globals';
import { HELP, parseOptions } from './options.ts';

const surroundings = { root: '/checkout', caller: '/elsewhere', parts: ['postgres', 'ssh'] };
const parse = (...argv: readonly string[]) => parseOptions(argv, surroundings);

describe('parseOptions', () => {
  it('starts in the foreground with state in the checkout when nothing is said', () => {
    expect(parse()).toEqual({
      command: 'up',
      stateDirectory: '/checkout/.sallyport',
      detach: false,
      json: false,
      fresh: false,
      freePorts: false,
      parts: [],
    });
  });

  it('takes --state as seen from where the caller stands', () => {
    expect(parse('--state', 'here').stateDirectory).toBe('/elsewhere/here');
    expect(parse('--state', '/there').stateDirectory).toBe('/there');
  });

  it('takes parts of the tour, and names those there are when one is unknown', () => {
    expect(parse('--demo', 'postgres')).toMatchObject({ command: 'demo', parts: ['postgres'] });
    expect(parse('--demo')).toMatchObject({ command: 'demo', parts: [] });
    expect(() => parse('--demo', 'kubernetes')).toThrow(
      'the tour has no part "kubernetes"; it has: postgres, ssh',
    );
  });

  it.each([
    [['--dettach'], /--dettach/],
    [['up'], /unexpected argument "up"/],
    [['--state'], /--state/],
    [['--stop', '--demo'], /--stop and --demo do not go together/],
    [['--json=yes'], /--json/],
  ])('answers %j in one line that points to --help', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
    expect(() => parse(...argv)).toThrow(/see \.\/quickstart --help$/);
    expect(() => parse(...argv)).not.toThrow(/\n/);
  });

  it('explains every flag that it takes', () => {
    for (const flag of ['detach', 'stop', 'status', 'demo', 'json', 'fresh', 'free-ports', 'help']) {
      expect(() => parse(`--${flag}`)).not.toThrow();
      expect(HELP).toContain(`--${flag} `);
    }
  });
});
