import { describe, expect, it } from '@jest/globals';
import { conninfoHost } from './conninfo.ts';

describe('conninfoHost', () => {
  it.each([
    ['host=db port=5433 password=x', 'db:5433'],
    ["host = 'my db' dbname=x", 'my db'],
    ['hostaddr=10.0.0.1', '10.0.0.1'],
    ['dbname=x', '*'],
    ['postgres://u:p@db:5433/x', 'db:5433'],
    ['postgresql://u:p%40@[::1]:5433/x?host=y', '[::1]:5433'],
    ['postgresql:///x', '*'],
    [undefined, '*'],
  ])('finds where %p leads', (conninfo, host) => {
    expect(conninfoHost(conninfo)).toBe(host);
  });
});
