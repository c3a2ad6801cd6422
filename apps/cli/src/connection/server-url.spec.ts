import { describe, expect, it } from '@jest/globals';
import { checkServerUrl } from './server-url.ts';

describe('checkServerUrl', () => {
  it.each([
    ['http://127.0.0.1:8400/', 'http://127.0.0.1:8400'],
    ['http://localhost:8400', 'http://localhost:8400'],
    ['http://[::1]:8400', 'http://[::1]:8400'],
    ['https://sallyport.example.com/base/', 'https://sallyport.example.com/base'],
  ])('takes %s', (text, url) => {
    expect(checkServerUrl(text, false)).toBe(url);
  });

  it.each(['http://sallyport.example.com', 'http://10.0.0.5:8400', 'http://127.0.0.1.example.com'])(
    'sends no token in clear to %s',
    (text) => {
      expect(() => checkServerUrl(text, false)).toThrow('is not encrypted');
      expect(checkServerUrl(text, true)).toBe(text);
    },
  );

  it.each(['shop', 'ftp://x', 'https://user:password@x', 'https://x/?token=1', ''])('refuses %j', (text) => {
    expect(() => checkServerUrl(text, false)).toThrow('is not the URL');
  });
});
