import { describe, expect, it } from '@jest/globals';
import { isPlainAwk } from './awk.ts';
import { readSedScript } from './sed.ts';

describe('programs of awk', () => {
  it.each([
    '{print $1}',
    '$3 > 100',
    '$1 ~ /a|b/ {print $2, $3}',
    '{s += $1} END {print s / NR}',
    'NR % 2 == 0 || /x/',
    '{ if (a > b) print a; else print b }',
    'BEGIN {FS=":"} {n[$1]++} END {for (k in n) print k, n[k]}',
    '{print length($0)} # a > b | c',
    '/a\\/b/',
    '{print "a > b | c"}',
    '{x = $1 / 2; y = $2 / 3; print x}',
  ])('are plain: %s', (program) => {
    expect(isPlainAwk(program)).toBe(true);
  });

  it.each([
    'BEGIN{system("rm x")}',
    'BEGIN{SYSTEM="x"; system(SYSTEM)}',
    '{print > "f"}',
    '{print>"f"}',
    '{printf "%s", $1 >> "f"}',
    '{print | "sh"}',
    '{print |& "sh"}',
    'BEGIN{"id" | getline x}',
    'BEGIN{while (("cat f") | getline) print}',
    '@load "filefuncs"',
    '@include "x"',
    'BEGIN{f="system"; @f("rm x")}',
    'BEGIN{print ENVIRON["PATH"]}',
    '/a" | "sh"/ {print}',
    '{x = 1 / "2" | "sh" / 3}',
    '{a = b /c/ d; print | "sh"}',
    '{print "a" /x/ > "f"}',
    '{print (1)(2) > "f"}',
    '{ print /"/ > "f" /"/ }',
    '{ if (1) /"/; print "x" > "f" ; /"/ }',
    '{ x++ / 2; print | c; y = 1 / 3 }',
    '{ x = y\n/"/; print "x" > "f"; /"/ }',
    'function f() { return /"/; print "x" > "f" ; /"/ }',
    '/[/]/ {print > "f"}',
    '{gsub(/[/]/, "-"); print}',
    '{print',
    '"unclosed',
    '{print "a\nb"}',
    'BEGIN{sys\\\ntem("rm x")}',
    '{print 1 } # " \n {print | "sh"}',
    'function f(x) { print x > "f" } {f(1)}',
    'BEGIN { print "x" > ("f") }',
    '/=/ { print | "sh" }',
    '$1 /= 2 { print | "sh" } #/',
  ])('are not plain: %s', (program) => {
    expect(isPlainAwk(program)).toBe(false);
  });
});

describe('scripts of sed', () => {
  it.each([
    's/a/b/',
    's/a/b/gI',
    's|/etc|/srv|2',
    '1,5p',
    '/a/,/b/d',
    '/a/!d',
    '$!N;P;D',
    '1~2d',
    '/x/{s/a/b/;p}',
    'y/abc/xyz/',
    '1i\\\nhello e w r',
    'a hello; w is text',
    ':a;N;$!ba;s/\\n/ /g',
    's/a\\/e/b/',
    '\\,a,d',
    '1q',
    '=',
    '# comment w f\np',
    's/[0-9]*/x/',
    '',
  ])('are plain: %s', (script) => {
    expect(readSedScript(script)).toBe('plain');
  });

  it.each([
    'e',
    'e rm x',
    '1e rm x',
    '/a/e',
    's/a/b/e',
    's/a/b/ge',
    's/a/rm x/eg',
    's/a/b/w f',
    's/a/b/pw f',
    'w f',
    '$w f',
    '/a/w f',
    'W f',
    'r /etc/shadow',
    'R f',
    'p;e',
    'p\ne rm x',
    '{e\n}',
    '/a/{p;w f\n}',
    's/a/b/;e',
    's,a,b,e',
    'y/a/b/;e',
    'a x\ne rm y',
    'i\\\nx\ne rm y',
    ':a\ne rm x',
    'ba;e rm x',
    's/a/b',
    's/[/]/b/e',
    's/[^]/]/b/w f',
    '\\eaee',
    'M',
    's a b e',
    '1,$e',
    '1!e',
    '1 ! e',
    '+1e',
    '/a/I,/b/Ie',
    'q5e',
    '#n\ne',
    'v 4.2\ne',
    '}e',
    'd}e',
  ])('are not plain: %s', (script) => {
    expect(readSedScript(script)).toBe('unknown');
  });
});
