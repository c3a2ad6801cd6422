import type { Finding } from './detector.ts';

/** Findings from left to right; those that overlap become one, which covers both and has the longer one's detector. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const merged: Finding[] = [];
  for (const finding of findings.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.end) merged.push(finding);
    else merged[merged.length - 1] = union(last, finding);
  }
  return merged;
}

function union(a: Finding, b: Finding): Finding {
  const longer = b.end - b.start > a.end - a.start ? b : a;
  return { detector: longer.detector, start: a.start, end: Math.max(a.end, b.end) };
}
