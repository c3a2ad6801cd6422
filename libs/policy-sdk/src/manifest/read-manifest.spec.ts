import { describe, expect, it } from '@jest/globals';
import { cpuMs } from '../fixtures/cpu-time.ts';
import type { ManifestMap } from './manifest-map.ts';
import { MAX_MANIFEST_LENGTH, readManifest, type ManifestFile } from './read-manifest.ts';

const HEAD = 'apiVersion: sallyport.dev/v1\nkind: Thing\nmetadata: { name: a }\n';

function read(text: string): ManifestFile {
  return readManifest(text, ['Thing', 'Other']);
}

/** Problems of a spec, read with `reader`. */
function problemsOf(spec: string, reader: (map: ManifestMap) => unknown): string[] {
  const file = read(`${HEAD}spec:\n${spec}`);
  for (const manifest of file.manifests) manifest.readSpec(reader);
  return file.problems().map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

/** What `reader` makes of a spec without problems. */
function valueOf<T>(spec: string, reader: (map: ManifestMap) => T): T | undefined {
  const file = read(`${HEAD}spec:\n${spec}`);
  const value = file.manifests[0]?.readSpec(reader);
  expect(file.problems()).toEqual([]);
  return value;
}

describe('readManifest', () => {
  it('gives each document with its head and its own text', () => {
    const file = read(
      `# first\n${HEAD}spec: { a: 1 }\n---\n${HEAD.replace('name: a', 'name: b, labels: { env: x }, description: d').replace('Thing', 'Other')}spec: {}\n`,
    );
    expect(file.problems()).toEqual([]);
    expect(file.manifests).toMatchObject([
      { kind: 'Thing', name: 'a', description: '', labels: {} },
      { kind: 'Other', name: 'b', description: 'd', labels: { env: 'x' } },
    ]);
    expect(file.manifests.map(({ text }) => text.includes('---'))).toEqual([false, false]);
    // Each text is a manifest of its own again.
    for (const { text, name } of file.manifests) expect(read(text).manifests).toMatchObject([{ name }]);
  });

  it('reads every type', () => {
    const spec =
      '  text: hello\n  word: b\n  flag: true\n  count: 3\n  wait: 1h30m\n  size: 64Ki\n  list: [x, y]\n  labels: { k: v }\n  inner: { a: z }\n  items: [{ a: p }, { a: q }]\n';
    const value = valueOf(spec, (map) => ({
      text: map.text('text', { required: true }),
      word: map.choice('word', ['a', 'b']),
      flag: map.boolean('flag'),
      count: map.integer('count', { min: 1, max: 5 }),
      wait: map.duration('wait'),
      size: map.size('size'),
      list: map.texts('list'),
      labels: map.textMap('labels'),
      inner: map.map('inner', (inner) => inner.text('a')),
      items: map.maps('items', (item, i) => `${i}${item.text('a') ?? ''}`),
      absent: [
        map.text('no1'),
        map.integer('no2'),
        map.map('no3', () => 1),
        map.texts('no4'),
        map.maps('no5', () => 1),
      ],
    }));
    expect(value).toEqual({
      text: 'hello',
      word: 'b',
      flag: true,
      count: 3,
      wait: 5_400_000,
      size: 65536n,
      list: ['x', 'y'],
      labels: { k: 'v' },
      inner: 'z',
      items: ['0p', '1q'],
      absent: [undefined, undefined, undefined, [], []],
    });
  });

  it('reports every wrong type with its place', () => {
    const spec =
      '  text: [a]\n  flag: "yes"\n  count: 1.5\n  wait: 5\n  list: x\n  inner: []\n  items: [a]\n  many: [1, true]\n  none:\n';
    const problems = problemsOf(spec, (map) => [
      map.text('text'),
      map.boolean('flag'),
      map.integer('count'),
      map.duration('wait'),
      map.texts('list'),
      map.map('inner', () => 1),
      map.maps('items', () => 1),
      map.texts('many'),
      map.text('none'),
      map.text('missing', { required: true }),
    ]);
    expect(problems).toEqual([
      '5:3 spec: "missing" is missing',
      '5:9 spec.text: must be text, and is a list',
      '6:9 spec.flag: must be true or false, and is text',
      '7:10 spec.count: must be a whole number, and is a number',
      '8:9 spec.wait: must be text, and is a number; put it in quotes',
      '9:9 spec.list: must be a list, and is text',
      '10:10 spec.inner: must be a map, and is a list',
      '11:11 spec.items[0]: must be a map, and is text',
      '12:10 spec.many[0]: must be text, and is a number; put it in quotes',
      '12:13 spec.many[1]: must be text, and is a boolean; put it in quotes',
      expect.stringMatching(/spec\.none: is empty; write a value or leave the key out$/),
    ]);
  });

  it('reports keys that nobody asked for, and keys that are there twice', () => {
    expect(problemsOf('  addres: x\n  other: y\n', (map) => map.text('address'))).toEqual([
      '5:3 spec.addres: "addres" is not known here; did you mean "address"?',
      '6:3 spec.other: "other" is not known here',
    ]);
    expect(problemsOf('  a: 1\n  a: 2\n', (map) => map.integer('a'))).toEqual([
      '6:3 spec.a: "a" is there twice',
    ]);
  });

  it('takes keys that objects inherit for keys like any other', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(problemsOf(`  ${key}: x\n`, () => 1)).toEqual([`5:3 spec.${key}: "${key}" is not known here`]);
      const labels = valueOf(`  labels: { ${key}: x }\n`, (map) => map.textMap('labels'));
      expect(Object.entries(labels ?? {})).toEqual([[key, 'x']]);
    }
  });

  it.each<[string, string, string]>([
    ['aliases', '  a: &x [b]\n  c: *x\n', 'spec.c: aliases are not available in manifests; write it out'],
    [
      'aliases in a list',
      '  a: &x b\n  c: [*x]\n',
      'spec.c[0]: aliases are not available in manifests; write it out',
    ],
    ['merge keys', '  a: &x { c: [] }\n  <<: *x\n', 'spec.<<: "<<" is not known here'],
    ['tags', '  c: !!set { a }\n', 'spec.c: tags are not available in manifests'],
    ['tags on text', '  c: [!!str 5]\n', 'spec.c[0]: tags are not available in manifests'],
  ])('refuses %s', (_name, spec, problem) => {
    const problems = problemsOf(spec, (map) => [map.has('a'), map.texts('c')]);
    expect(problems.map((each) => each.replace(/^\S+ /, ''))).toContain(problem);
  });

  it('refuses a name that is there twice for one kind, not for two', () => {
    const text = `${HEAD}spec: {}\n---\n${HEAD}spec: {}\n---\n${HEAD.replace('Thing', 'Other')}spec: {}\n`;
    expect(read(text).problems()).toMatchObject([{ line: 8, message: 'Thing "a" is there twice' }]);
  });

  it('goes on with the other documents after one that is no YAML', () => {
    const file = read(`a: [1\n---\n${HEAD}spec: {}\n---\n- x\n`);
    expect(file.manifests).toMatchObject([{ name: 'a' }]);
    expect(file.problems().length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    '',
    '\n# only a comment\n',
    '---\n---\n',
    'text',
    '- list',
    '[]',
    '7',
    '\u0000',
    '\ufeff',
    '%YAML 9.9\n---\n',
    'a:\n\t- b',
    '"',
  ])('gives a problem, never an object or an error, for %j', (text) => {
    const file = read(text);
    expect(file.manifests).toEqual([]);
    expect(file.problems().length).toBeGreaterThan(0);
  });
});

describe('a spec that is taken as a whole', () => {
  const head = 'apiVersion: sallyport.dev/v1\nkind: Thing\nmetadata: { name: a }\n';
  const take = (spec: string) => {
    const file = read(`${head}spec:\n${spec}`);
    const value = file.manifests[0]?.specValue();
    return {
      value,
      problems: file.problems().map(({ line, path, message }) => `${line} ${path}: ${message}`),
    };
  };

  it('is a plain value', () => {
    const { value, problems } = take(
      "  a: [1, 'x', { b: true, c: null }]\n  d: {}\n  __proto__: { evil: 1 }\n",
    );
    expect(JSON.stringify(value)).toBe('{"a":[1,"x",{"b":true,"c":null}],"d":{},"__proto__":{"evil":1}}');
    expect(Reflect.get({}, 'evil')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('has none of what a manifest may not have, however deep it is', () => {
    const { problems } = take(
      '  a: [{ b: &x 1 }]\n  c: { d: [*x] }\n  e: { f: !!str g }\n  h: { i: 1, i: 2 }\n',
    );
    expect(problems).toEqual([
      expect.stringMatching(/^6 spec\.c\.d\[0\]: aliases are not available/),
      expect.stringMatching(/^7 spec\.e\.f: tags are not available/),
      expect.stringMatching(/^8 spec\.h\.i: "i" is there twice/),
    ]);
  });

  it('is nothing where there is none', () => {
    expect(read(head).manifests[0]?.specValue()).toBeUndefined();
  });

  it('has its problems told at the key, or at the nearest that is there', () => {
    const [manifest] = read(`${head}spec:\n  a:\n    - b: 1\n`).manifests;
    const placeOf = (...path: PropertyKey[]) => {
      const problem = manifest?.problemAt(path, 'm');
      return `${problem?.line}:${problem?.column} ${problem?.path}`;
    };
    expect(placeOf('spec', 'a', 0, 'b')).toBe('6:7 spec.a[0].b');
    expect(placeOf('spec', 'a', 0, 'c', 'd')).toBe('6:7 spec.a[0].c.d');
    expect(placeOf('spec', 'a', 1)).toBe('5:3 spec.a[1]');
    expect(placeOf('spec', 'z')).toBe('4:1 spec.z');
    expect(placeOf()).toBe('1:1 ');
  });
});

describe('a hostile manifest', () => {
  // A sixteenth of the longest: enough for what grows with the square to show.
  const fill = (piece: string): string => piece.repeat(MAX_MANIFEST_LENGTH / 16 / piece.length);
  const bomb = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}`;

  it.each<[string, string]>([
    ['aliases that double', bomb],
    ['lists in lists', fill('[')],
    ['lists in lists, closed', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['items in items', fill('- ')],
    ['maps in maps', fill('{')],
    ['keys of keys', fill('? ')],
    ['thousands of keys', Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['thousands of documents', fill('---\na: 1\n')],
    ['thousands of anchors', fill('&a ')],
    ['thousands of tags', fill('!a ')],
    ['thousands of directives', fill('%a\n')],
    ['thousands of comments', fill('#\n')],
    ['an open quote', fill('"')],
    ['more than the longest manifest', 'a'.repeat(MAX_MANIFEST_LENGTH + 1)],
  ])('%s is refused in time', (_name, text) => {
    const ms = cpuMs(() => {
      const file = read(text);
      expect(file.manifests).toEqual([]);
      expect(file.problems().length).toBeGreaterThan(0);
      expect(file.problems().length).toBeLessThanOrEqual(100);
    });
    expect(ms).toBeLessThan(2000);
  });

  it('that nests too deep is told so', () => {
    expect(read(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`).problems()[0]?.message).toBe(
      'the document nests too deep to be read',
    );
  });
});
