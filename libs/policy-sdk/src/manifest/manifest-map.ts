import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { formatDuration, parseDuration } from '../quantity/duration.ts';
import { parseSize } from '../quantity/size.ts';
import { nearestWord } from './nearest-word.ts';
import type { ProblemList } from './problem-list.ts';
import {
  entriesOf,
  isPlain,
  joinPath,
  nodeName,
  offsetInScalar,
  offsetOf,
  type Entry,
  type Place,
} from './yaml-node.ts';

/** Says what is wrong with a value, or nothing. */
export type Check = (value: string) => string | undefined;

export interface TextOptions {
  readonly required?: boolean;
  readonly check?: Check;
  /** In characters; 4096 unless told. */
  readonly maxLength?: number;
}

export interface ListOptions {
  /** The key must be there and hold something. */
  readonly required?: boolean;
  readonly check?: Check;
  /** 512 unless told. */
  readonly maxItems?: number;
}

export interface NumberOptions {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
}

const DEFAULT_MAX_LENGTH = 4096;
const DEFAULT_MAX_ITEMS = 512;

/**
 * A map of a manifest, read key by key. Each method reads one key, reports
 * what is wrong with it, and gives back undefined (or nothing in a list) where
 * it is absent or wrong, so that reading goes on and every problem is found.
 * Keys that were never asked for are unknown and reported when reading ends.
 */
export class ManifestMap {
  readonly place: Place;
  readonly #source: string;
  readonly #problems: ProblemList;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #asked = new Set<string>();

  private constructor(map: YAMLMap, place: Place, source: string, problems: ProblemList) {
    this.place = place;
    this.#source = source;
    this.#problems = problems;
    this.#entries = entriesOf(map, place, problems);
  }

  /** Reads a map with `read`, then reports the keys that it did not ask for. */
  static read<T>(
    map: YAMLMap,
    place: Place,
    source: string,
    problems: ProblemList,
    read: (map: ManifestMap) => T,
  ): T {
    const reader = new ManifestMap(map, place, source, problems);
    const result = read(reader);
    reader.#reportUnknownKeys();
    return result;
  }

  /** Whether the key is written, whatever its value. */
  has(key: string): boolean {
    this.#asked.add(key);
    return this.#entries.has(key);
  }

  /** The keys written. */
  get keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Reports a problem of this map, or of one of its keys. */
  problem(key: string | undefined, message: string): void {
    const entry = key === undefined ? undefined : this.#entries.get(key);
    this.#problems.add(
      entry === undefined ? this.place.offset : offsetOf(entry.value, entry.keyOffset),
      key === undefined ? this.place.path : joinPath(this.place.path, key),
      message,
    );
  }

  /** Reports a problem at a character of a text, where that can be told. */
  problemInText(key: string, index: number, message: string): void {
    const entry = this.#entries.get(key);
    const offset = entry === undefined ? this.place.offset : offsetInScalar(entry.value, this.#source, index);
    this.#problems.add(offset, joinPath(this.place.path, key), message);
  }

  text(key: string, options: TextOptions = {}): string | undefined {
    const entry = this.#take(key, options.required === true);
    if (entry === undefined) return undefined;
    return this.#textOf(
      entry.value,
      this.#placeOf(entry),
      options.check,
      options.maxLength ?? DEFAULT_MAX_LENGTH,
    );
  }

  /** One of a closed set of words. */
  choice<W extends string>(
    key: string,
    words: readonly W[],
    options: { readonly required?: boolean } = {},
  ): W | undefined {
    const text = this.text(key, options);
    if (text === undefined) return undefined;
    const word = words.find((each) => each === text);
    if (word === undefined) this.problem(key, `"${text}" is not one of ${words.join(', ')}`);
    return word;
  }

  boolean(key: string): boolean | undefined {
    const entry = this.#take(key, false);
    if (entry === undefined) return undefined;
    if (isScalar(entry.value) && typeof entry.value.value === 'boolean') return entry.value.value;
    this.#wrongType(entry, 'true or false');
    return undefined;
  }

  integer(key: string, options: NumberOptions = {}): number | undefined {
    const entry = this.#take(key, options.required === true);
    if (entry === undefined) return undefined;
    const value = isScalar(entry.value) ? entry.value.value : undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      this.#wrongType(entry, 'a whole number');
      return undefined;
    }
    return this.#inRange(key, value, options, String);
  }

  /** A length of time ("90s", "1h30m"), in milliseconds. */
  duration(key: string, options: NumberOptions = {}): number | undefined {
    const text = this.text(key, { required: options.required === true });
    if (text === undefined) return undefined;
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) {
      this.problem(key, `"${text}" is not a length of time; write one like 90s, 2m or 1h30m`);
      return undefined;
    }
    return this.#inRange(key, milliseconds, options, formatDuration);
  }

  /** A number of bytes ("64Mi", 1500). */
  size(key: string): bigint | undefined {
    const entry = this.#take(key, false);
    if (entry === undefined) return undefined;
    const value = isScalar(entry.value) ? entry.value.value : undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      this.#wrongType(entry, 'a size like 64Mi');
      return undefined;
    }
    const bytes = parseSize(String(value));
    if (bytes === undefined) this.problem(key, `"${value}" is not a size; write one like 64Mi, 10k or 1500`);
    return bytes;
  }

  /** A list of texts. */
  texts(key: string, options: ListOptions = {}): readonly string[] {
    return this.#list(key, options).flatMap(({ value, place }) => {
      const text = this.#textOf(value, place, options.check, DEFAULT_MAX_LENGTH);
      return text === undefined ? [] : [text];
    });
  }

  /** A map from text to text, such as labels. */
  textMap(key: string, check?: Check): Readonly<Record<string, string>> {
    const texts = this.map(key, (map) =>
      map.keys.map((name): [string, string] => [
        name,
        map.text(name, check === undefined ? {} : { check }) ?? '',
      ]),
    );
    return Object.fromEntries(texts ?? []);
  }

  /** A map within this one. */
  map<T>(
    key: string,
    read: (map: ManifestMap) => T,
    options: { readonly required?: boolean } = {},
  ): T | undefined {
    const entry = this.#take(key, options.required === true);
    if (entry === undefined) return undefined;
    if (!isMap(entry.value)) {
      this.#wrongType(entry, 'a map');
      return undefined;
    }
    return ManifestMap.read(entry.value, this.#placeOf(entry), this.#source, this.#problems, read);
  }

  /** A list of maps. */
  maps<T>(
    key: string,
    read: (map: ManifestMap, index: number) => T,
    options: ListOptions = {},
  ): readonly T[] {
    return this.#list(key, options).flatMap(({ value, place }, index) => {
      if (!isPlain(value, place, this.#problems)) return [];
      if (isMap(value)) {
        return [ManifestMap.read(value, place, this.#source, this.#problems, (map) => read(map, index))];
      }
      this.#problems.add(place.offset, place.path, `must be a map, and is ${nodeName(value)}`);
      return [];
    });
  }

  #list(key: string, options: ListOptions): readonly { value: unknown; place: Place }[] {
    const entry = this.#take(key, options.required === true);
    if (entry === undefined) return [];
    if (!isSeq(entry.value)) {
      this.#wrongType(entry, 'a list');
      return [];
    }
    const { items } = entry.value;
    const max = options.maxItems ?? DEFAULT_MAX_ITEMS;
    if (items.length === 0 && options.required === true) this.problem(key, 'must not be empty');
    if (items.length > max) this.problem(key, `has more than ${max} items`);
    const { offset, path } = this.#placeOf(entry);
    return items
      .slice(0, max)
      .map((value, i) => ({ value, place: { offset: offsetOf(value, offset), path: `${path}[${i}]` } }));
  }

  #take(key: string, required: boolean): Entry | undefined {
    this.#asked.add(key);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      if (required) this.#problems.add(this.place.offset, this.place.path, `"${key}" is missing`);
      return undefined;
    }
    if (!isPlain(entry.value, this.#placeOf(entry), this.#problems)) return undefined;
    if (nodeName(entry.value) !== 'empty') return entry;
    this.problem(key, 'is empty; write a value or leave the key out');
    return undefined;
  }

  #placeOf(entry: Entry): Place {
    return { offset: offsetOf(entry.value, entry.keyOffset), path: joinPath(this.place.path, entry.key) };
  }

  #textOf(value: unknown, place: Place, check: Check | undefined, maxLength: number): string | undefined {
    if (!isPlain(value, place, this.#problems)) return undefined;
    const text = isScalar(value) ? value.value : undefined;
    if (typeof text !== 'string') {
      const hint = typeof text === 'number' || typeof text === 'boolean' ? '; put it in quotes' : '';
      this.#problems.add(place.offset, place.path, `must be text, and is ${nodeName(value)}${hint}`);
      return undefined;
    }
    const wrong = text.length > maxLength ? `has more than ${maxLength} characters` : check?.(text);
    if (wrong === undefined) return text;
    this.#problems.add(place.offset, place.path, wrong);
    return undefined;
  }

  #wrongType(entry: Entry, wanted: string): void {
    this.problem(entry.key, `must be ${wanted}, and is ${nodeName(entry.value)}`);
  }

  #inRange(
    key: string,
    value: number,
    { min, max }: NumberOptions,
    write: (value: number) => string,
  ): number | undefined {
    if (min !== undefined && value < min) this.problem(key, `must be at least ${write(min)}`);
    else if (max !== undefined && value > max) this.problem(key, `must be at most ${write(max)}`);
    else return value;
    return undefined;
  }

  #reportUnknownKeys(): void {
    for (const { key, keyOffset } of this.#entries.values()) {
      if (this.#asked.has(key)) continue;
      const nearest = nearestWord(key, this.#asked);
      const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
      this.#problems.add(keyOffset, joinPath(this.place.path, key), `"${key}" is not known here${hint}`);
    }
  }
}
