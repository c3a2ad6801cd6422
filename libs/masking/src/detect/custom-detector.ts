import { AccessError } from '@sallyport/errors';
import { RE2JS } from 're2js';
import type { Detector } from './detector.ts';

/** A detector that an administrator wrote. */
export interface CustomDetector {
  readonly name: string;
  /** RE2 syntax: no backreferences, no lookaround, so that it runs in linear time. */
  readonly pattern: string;
}

/** Searching for all matches of one pattern can look at the same text again for each; a chunk bounds how much. */
const CHUNK_CHARACTERS = 16_384;
/** The longest match that is found wherever it lies; a longer one may be found in part, at a chunk's edge. */
const OVERLAP_CHARACTERS = 1024;

/**
 * A detector of a pattern. Throws `masking_not_possible` where the pattern
 * does not compile or would match nothing at all: data that it should have hidden
 * must not pass.
 */
export function compileDetector({ name, pattern }: CustomDetector): Detector {
  const expression = compilePattern(name, pattern);
  return {
    name,
    hints: undefined,
    find(text, report) {
      for (let from = 0; from < text.length; from += CHUNK_CHARACTERS - OVERLAP_CHARACTERS) {
        findInChunk(expression, text.slice(from, from + CHUNK_CHARACTERS), from, report);
      }
    },
    // What literal bytes a pattern needs is not known here.
    mightContain: () => true,
  };
}

function compilePattern(name: string, pattern: string): RE2JS {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(pattern);
  } catch (error) {
    throw new AccessError(
      'masking_not_possible',
      `The pattern of the detector "${name}" is not valid RE2.`,
      {},
      error,
    );
  }
  if (expression.matcher('').find()) {
    throw new AccessError(
      'masking_not_possible',
      `The pattern of the detector "${name}" matches the empty text.`,
    );
  }
  return expression;
}

function findInChunk(
  expression: RE2JS,
  chunk: string,
  offset: number,
  report: (start: number, end: number) => void,
): void {
  const matcher = expression.matcher(chunk);
  while (matcher.find()) {
    if (matcher.end() > matcher.start()) report(offset + matcher.start(), offset + matcher.end());
  }
}
