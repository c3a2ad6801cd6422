/**
 * Random queries over the shop in which every value is text, so that most of
 * them run. Names are drawn from few words, to make shadowing, ambiguity and
 * lateral references likely. One seed, one query.
 */

interface Source {
  readonly alias: string;
  readonly columns: readonly string[];
}

const TABLES: readonly (readonly [string, readonly string[]])[] = [
  ['customers', ['id', 'name', 'email', 'ssn', 'card', 'note', 'profile', 'tags']],
  ['orders', ['id', 'customer_id', 'total', 'status']],
  ['order_lines', ['order_id', 'product', 'quantity']],
  ['payroll.salaries', ['employee', 'salary', 'iban']],
  ['scratch', ['id', 'a', 'b']],
  ['events', ['id', 'payload']],
  ['events_2026', ['id', 'payload']],
  ['people', ['id', 'phone']],
  ['staff', ['id', 'phone', 'badge']],
  ['customer_names', ['id', 'name', 'contact']],
  ['reporting.contacts', ['customer', 'c']],
  ['reporting.totals', ['name', 'email', 'total']],
  ['all_customers()', ['id', 'name', 'email', 'ssn']],
  ['contact_list()', ['who', 'mail']],
];
const WORDS = ['a', 'b', 'c', 'id', 'name', 'email', 'customers', 'x'];
/** Aliases; a few of them are column names too. */
const ALIASES = ['p', 'q', 'r', 's', 't', 'customers', 'email', 'a'];

export class QueryGenerator {
  #state: number;
  #ctes: Source[] = [];

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  query(): string {
    return this.#select(3, [], 1 + this.#below(3)).sql;
  }

  #below(limit: number): number {
    // xorshift32
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  #select(depth: number, outer: readonly Source[], width: number): { sql: string; columns: string[] } {
    const kept = this.#ctes;
    const withClause = depth > 1 && this.#below(4) === 0 ? this.#with(depth) : '';
    const body =
      depth > 1 && this.#below(5) === 0
        ? this.#setOperation(depth, outer, width)
        : this.#plain(depth, outer, width);
    this.#ctes = kept;
    return { sql: withClause + body.sql, columns: body.columns };
  }

  #with(depth: number): string {
    const parts: string[] = [];
    const made: string[] = [];
    const isRecursive = this.#below(3) === 0;
    for (let count = 1 + this.#below(2); count > 0; count--) {
      const name = this.#pick(WORDS.filter((word) => !made.includes(word)));
      made.push(name);
      const inner = this.#select(depth - 1, [], 2);
      const names = this.#columnNames(2);
      let sql = inner.sql;
      if (isRecursive && this.#below(2) === 0) {
        sql = `(${this.#plain(1, [], 2).sql}) UNION (SELECT ${this.#pick(names)}, ${this.#expression([{ alias: name, columns: names }], 1)} FROM ${name} LIMIT 3)`;
      }
      parts.push(`${name}(${names.join(', ')}) AS (${sql})`);
      this.#ctes = [...this.#ctes.filter((cte) => cte.alias !== name), { alias: name, columns: names }];
    }
    return `WITH ${isRecursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `;
  }

  #setOperation(depth: number, outer: readonly Source[], width: number): { sql: string; columns: string[] } {
    const left = this.#plain(depth - 1, outer, width);
    const right = this.#select(depth - 1, outer, width);
    const operator = this.#pick(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT']);
    return { sql: `(${left.sql}) ${operator} (${right.sql})`, columns: left.columns };
  }

  #columnNames(width: number): string[] {
    const names: string[] = [];
    while (names.length < width) {
      const name = this.#pick(WORDS);
      if (!names.includes(name)) names.push(name);
    }
    return names;
  }

  #plain(depth: number, outer: readonly Source[], width: number): { sql: string; columns: string[] } {
    const from: Source[] = [];
    const parts: string[] = [];
    for (let count = 1 + this.#below(2); count > 0; count--)
      parts.push(this.#fromItem(depth, outer, from, parts.length > 0));
    const scope = [...outer, ...from];
    const isAggregate = this.#below(6) === 0;
    const columns = this.#columnNames(width);
    const targets = columns.map((name) => {
      const value = this.#expression(this.#below(4) === 0 ? scope : from, isAggregate ? 0 : depth);
      return `${isAggregate ? this.#aggregate(value) : value} AS ${name}`;
    });
    const where = this.#below(3) === 0 ? ` WHERE ${this.#column(scope)} <> 'zz'` : '';
    const order = !isAggregate && this.#below(4) === 0 ? ` ORDER BY ${1 + this.#below(width)}` : '';
    const limit = this.#below(3) === 0 ? ' LIMIT 4' : '';
    const distinct = !isAggregate && this.#below(8) === 0 ? 'DISTINCT ' : '';
    return {
      sql: `SELECT ${distinct}${targets.join(', ')} FROM ${parts.join('')}${where}${order}${limit}`,
      columns,
    };
  }

  #aggregate(value: string): string {
    return this.#pick([
      `max(${value})`,
      `string_agg(${value}, ',')`,
      `glue(${value})`,
      `array_agg(${value})::text`,
      `json_agg(${value})::text`,
    ]);
  }

  #fromItem(depth: number, outer: readonly Source[], from: Source[], isJoined: boolean): string {
    const alias = this.#freeAlias(from);
    const isLateral = isJoined && this.#below(3) === 0;
    const { sql, columns } = this.#rows(depth, isLateral ? [...outer, ...from] : outer, isLateral);
    const names = this.#below(3) === 0 ? this.#columnNames(Math.min(2, columns.length)) : [];
    const shown = columns.map((column, index) => names[index] ?? column);
    const joinable = shown.filter((column) => from.some((source) => source.columns.includes(column)));
    from.push({ alias, columns: shown });
    const item = `${sql} AS ${alias}${names.length > 0 ? `(${names.join(', ')})` : ''}`;
    if (!isJoined) return item;
    if (joinable.length > 0 && from.length === 2 && this.#below(3) === 0)
      return ` FULL JOIN ${item} USING (${this.#pick(joinable)})`;
    return this.#pick([`, ${item}`, ` CROSS JOIN ${item}`, ` LEFT JOIN ${item} ON true`]);
  }

  #freeAlias(from: readonly Source[]): string {
    for (;;) {
      const alias = this.#pick(ALIASES);
      if (!from.some((source) => source.alias === alias)) return alias;
    }
  }

  #rows(
    depth: number,
    outer: readonly Source[],
    isLateral: boolean,
  ): { sql: string; columns: readonly string[] } {
    const choice = this.#below(10);
    if (depth > 1 && (choice < 4 || isLateral)) {
      const inner = this.#select(depth - 1, outer, 2);
      return { sql: `${isLateral ? 'LATERAL ' : ''}(${inner.sql})`, columns: inner.columns };
    }
    if (choice < 6 && this.#ctes.length > 0) {
      const cte = this.#pick(this.#ctes);
      return { sql: cte.alias, columns: cte.columns };
    }
    if (choice === 6)
      return { sql: `(VALUES ('v', ${this.#expression(outer, 1)}))`, columns: ['column1', 'column2'] };
    const [sql, columns] = this.#pick(TABLES);
    return { sql, columns };
  }

  /** A text value. */
  #expression(scope: readonly Source[], depth: number): string {
    if (scope.length === 0) return "'k'";
    if (depth <= 0) return this.#column(scope);
    const inner = (): string => this.#expression(scope, depth - 1);
    switch (this.#below(19)) {
      case 0:
        return `upper(${inner()})`;
      case 1:
        return `coalesce(${inner()}, ${inner()})`;
      case 2:
        return `CASE WHEN ${inner()} > 'm' THEN ${inner()} ELSE ${inner()} END`;
      case 3:
        return `(${inner()} || ${inner()})`;
      case 4:
        return `(SELECT ${this.#column(scope)})`;
      case 5:
        return `(${this.#select(depth - 1, scope, 1).sql} LIMIT 1)`.replace(
          / LIMIT 4 LIMIT 1\)$/,
          ' LIMIT 1)',
        );
      case 6:
        return `${this.#pick(scope).alias}::text`;
      case 7:
        return `row_to_json(${this.#pick(scope).alias})::text`;
      case 8:
        return `same(${inner()})`;
      case 9:
        return `array_to_string(ARRAY[${inner()}, ${inner()}], ',')`;
      case 10:
        return `ROW(${inner()}, ${inner()})::text`;
      case 11:
        return `jsonb_build_object('k', ${inner()}) ->> 'k'`;
      case 12:
        return `first_value(${inner()}) OVER (ORDER BY ${inner()})`;
      case 13:
        return `(SELECT string_agg(z.${this.#pick(['email', 'ssn'])}, ${inner()}) FROM customers z)`;
      case 14:
        return `array_to_string(ARRAY(${this.#select(depth - 1, scope, 1).sql}), ',')`;
      case 15:
        return `customer_email(${this.#pick(['1100001', '1100002'])})`;
      default:
        return this.#column(scope);
    }
  }

  #column(scope: readonly Source[]): string {
    const source = this.#pick(scope);
    const column = this.#pick(source.columns);
    switch (this.#below(5)) {
      case 0:
        return scope.filter(({ columns }) => columns.includes(column)).length > 1
          ? `${source.alias}.${column}::text`
          : `${column}::text`;
      case 1:
        return `(${source.alias}).${column}::text`;
      default:
        return `${source.alias}.${column}::text`;
    }
  }
}
