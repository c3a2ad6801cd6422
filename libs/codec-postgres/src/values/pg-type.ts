/** The built-in types whose values can be masked with their type kept, by OID (pg_type.dat; these never change). */

/** What a value's text has to stay valid as; the same words as the masking lib's ValueKind. */
export type PgValueKind =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'uuid'
  | 'json'
  | 'bytes'
  | 'inet'
  | 'array'
  | 'other';

export type ScalarTypeName =
  | 'bool'
  | 'bytea'
  | 'char'
  | 'name'
  | 'int8'
  | 'int2'
  | 'int4'
  | 'text'
  | 'oid'
  | 'json'
  | 'xml'
  | 'cidr'
  | 'float4'
  | 'float8'
  | 'unknown'
  | 'inet'
  | 'bpchar'
  | 'varchar'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'timetz'
  | 'numeric'
  | 'uuid'
  | 'jsonb';

interface ScalarType {
  readonly name: ScalarTypeName;
  readonly kind: PgValueKind;
  readonly oid: number;
  /** Of the type's array; 0 where it has none. */
  readonly arrayOid: number;
}

const SCALARS: readonly ScalarType[] = [
  { name: 'bool', kind: 'boolean', oid: 16, arrayOid: 1000 },
  { name: 'bytea', kind: 'bytes', oid: 17, arrayOid: 1001 },
  { name: 'char', kind: 'text', oid: 18, arrayOid: 1002 },
  { name: 'name', kind: 'text', oid: 19, arrayOid: 1003 },
  { name: 'int8', kind: 'integer', oid: 20, arrayOid: 1016 },
  { name: 'int2', kind: 'integer', oid: 21, arrayOid: 1005 },
  { name: 'int4', kind: 'integer', oid: 23, arrayOid: 1007 },
  { name: 'text', kind: 'text', oid: 25, arrayOid: 1009 },
  { name: 'oid', kind: 'integer', oid: 26, arrayOid: 1028 },
  { name: 'json', kind: 'json', oid: 114, arrayOid: 199 },
  { name: 'xml', kind: 'text', oid: 142, arrayOid: 143 },
  { name: 'cidr', kind: 'inet', oid: 650, arrayOid: 651 },
  { name: 'float4', kind: 'float', oid: 700, arrayOid: 1021 },
  { name: 'float8', kind: 'float', oid: 701, arrayOid: 1022 },
  { name: 'unknown', kind: 'text', oid: 705, arrayOid: 0 },
  { name: 'inet', kind: 'inet', oid: 869, arrayOid: 1041 },
  { name: 'bpchar', kind: 'text', oid: 1042, arrayOid: 1014 },
  { name: 'varchar', kind: 'text', oid: 1043, arrayOid: 1015 },
  { name: 'date', kind: 'date', oid: 1082, arrayOid: 1182 },
  { name: 'time', kind: 'time', oid: 1083, arrayOid: 1183 },
  { name: 'timestamp', kind: 'timestamp', oid: 1114, arrayOid: 1115 },
  { name: 'timestamptz', kind: 'timestamptz', oid: 1184, arrayOid: 1185 },
  { name: 'interval', kind: 'interval', oid: 1186, arrayOid: 1187 },
  { name: 'timetz', kind: 'time', oid: 1266, arrayOid: 1270 },
  { name: 'numeric', kind: 'decimal', oid: 1700, arrayOid: 1231 },
  { name: 'uuid', kind: 'uuid', oid: 2950, arrayOid: 2951 },
  { name: 'jsonb', kind: 'json', oid: 3802, arrayOid: 3807 },
];

/** A type by its OID: a scalar, or an array of one. */
export interface PgType {
  readonly element: ScalarTypeName;
  readonly elementOid: number;
  readonly array: boolean;
  readonly kind: PgValueKind;
}

const TYPES = new Map<number, PgType>();
for (const { name, kind, oid, arrayOid } of SCALARS) {
  TYPES.set(oid, { element: name, elementOid: oid, array: false, kind });
  if (arrayOid !== 0) TYPES.set(arrayOid, { element: name, elementOid: oid, array: true, kind: 'array' });
}

/** The type, or undefined for one that is not known: ranges, composites, enums and extensions' types. */
export function pgType(typeOid: number): PgType | undefined {
  return TYPES.get(typeOid);
}

/** The kind of a type's values; `other` for one that is not known, whose values can only become NULL. */
export function kindOfType(typeOid: number): PgValueKind {
  return TYPES.get(typeOid)?.kind ?? 'other';
}
