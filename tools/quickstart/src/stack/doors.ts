/** A door that this quick start has, with its target. PostgreSQL is always there; SSH, where the machine has a server for it. */
export type DoorName = 'postgres' | 'ssh';
