import { describe, expect, it } from '@jest/globals';
import { AccessError } from '@sallyport/errors';
import { createLogger } from './logger.ts';
import { Secret } from './secret.ts';

function capture() {
  const lines: string[] = [];
  const logger = createLogger({ name: 'proxy-test', stream: { write: (line) => lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('createLogger', () => {
  it('writes one JSON line with the service, the level, the constant message and the facts', () => {
    const { logger, last } = capture();
    logger.with({ sessionId: 's1' }).warn('session ended', { reason: 'locked' });
    expect(last()).toMatchObject({
      service: 'proxy-test',
      level: 'warn',
      message: 'session ended',
      sessionId: 's1',
      reason: 'locked',
    });
  });

  it('does not take a message made from values', () => {
    const { logger } = capture();
    const user = ['eve'].join('');
    // @ts-expect-error facts belong into fields
    logger.info(`hello ${user}`);
    // @ts-expect-error facts belong into fields
    logger.info(user);
    logger.info('hello', { user });
  });

  it('redacts credentials, SQL and rows wherever they stand in the fields', () => {
    const { logger, lines } = capture();
    logger.info('x', { token: 'hunter2', upstream: { password: 'hunter2' }, a: { b: { sql: 'hunter2' } } });
    logger.info('y', {
      rows: ['hunter2'],
      headers: { authorization: 'hunter2' },
      key: new Secret('hunter2'),
    });
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines).toHaveLength(2);
  });

  it('keeps the code and the causes of an error', () => {
    const { logger, last } = capture();
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
    logger.error('refused', { error: new AccessError('target_unreachable', 'No.', { rule: 'r' }, cause) });
    expect(last()['error']).toMatchObject({
      type: 'AccessError',
      code: 'target_unreachable',
      facts: { rule: 'r' },
      cause: { message: 'connect failed', code: 'ECONNREFUSED' },
    });
  });

  it('does not print what was thrown when it is not an error', () => {
    const { logger, lines } = capture();
    logger.error('refused', { error: 'password=hunter2' });
    expect(lines.join('')).not.toContain('hunter2');
  });
});
