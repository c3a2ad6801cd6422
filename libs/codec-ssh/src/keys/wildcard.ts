/**
 * Whether a pattern of `*` and `?` covers all of a text. Time grows with the
 * product of their lengths at most, whatever the pattern.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let patternAt = 0;
  let starAt = -1;
  let retryAt = 0;
  while (at < text.length) {
    const wanted = pattern[patternAt];
    if (wanted === '*') {
      starAt = patternAt;
      patternAt += 1;
      retryAt = at;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[at])) {
      patternAt += 1;
      at += 1;
    } else if (starAt !== -1) {
      retryAt += 1;
      at = retryAt;
      patternAt = starAt + 1;
    } else {
      return false;
    }
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
