/** What the caller wants, from the database name: `TARGET` or `TARGET/DATABASE`. */
export interface RequestedTarget {
  readonly target: string;
  /** Null: the target's own default. */
  readonly database: string | null;
}

/** The first slash parts the two, so a database may have one in its name; libpq's default, the user's name, is a target's name too. */
export function parseTargetName(database: string): RequestedTarget {
  const slash = database.indexOf('/');
  if (slash < 0) return { target: database, database: null };
  const name = database.slice(slash + 1);
  return { target: database.slice(0, slash), database: name === '' ? null : name };
}
