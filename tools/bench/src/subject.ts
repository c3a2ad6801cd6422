/** All that there are, the one that the others are measured against first. */
export const SUBJECTS = ['direct', 'pipe', 'pgbouncer', 'sallyport'] as const;
export type SubjectName = (typeof SUBJECTS)[number];

/** Something that is measured, whatever its protocol. */
export interface MeasuredSubject {
  readonly name: SubjectName;
  /** The processes on the data path, for their CPU time. */
  readonly pids: readonly number[];
  /** Processes that work on what passed, beside the data path and after it: they share the machine here. */
  readonly backgroundPids: readonly number[];
}

/** A way to a database that load is sent through, to be compared with the others. */
export interface Subject extends MeasuredSubject, AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Read anew before each run: tokens are short-lived. */
  password(): string;
}

/** A subject that cannot be had on this machine, and why. */
export interface AbsentSubject {
  readonly name: SubjectName;
  readonly absent: string;
}
