import type { Column, ColumnType } from '../../../model/schema.ts'

/** Layouts of COPY's binary format that are more than a type's text. `text` is the bytes of the text itself. */
export type BinaryFormat =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'float4'
  | 'float8'
  | 'numeric'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
  | 'bytea'
  | 'jsonb'
  | 'text'

/** A type as PostgreSQL stores it: domains are resolved to what they are made of. */
export interface StorageType {
  readonly oid: number
  /** As `pg_type` names it: `int4`, `_text`, `mood`. */
  readonly name: string
  /** Null where values can only be handed over as text. Arrays have their element's. */
  readonly binary: BinaryFormat | null
  /** Of an array. */
  readonly element: StorageType | null
}

/** A row of `pg_type`. */
export interface TypeRow {
  readonly oid: number
  readonly name: string
  /** `b` base, `c` composite, `d` domain, `e` enum, `r` range, `m` multirange. */
  readonly kind: string
  readonly builtin: boolean
  readonly base: number
  /** Of a domain: the modifier of what it is made of. */
  readonly modifier: number
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** Of an array, else 0. */
  readonly element: number
  /** Of an enum, in its order. */
  readonly labels: readonly string[] | null
  /** Of a domain, about VALUE. */
  readonly checks: readonly string[] | null
}

interface Meaning {
  readonly type: ColumnType
  readonly binary: BinaryFormat | null
}

const text: Meaning = { type: 'text', binary: 'text' }
const unknown: Meaning = { type: 'other', binary: null }

/** What the types of `pg_catalog` mean; all that are not here are `other` and go over as text. */
const meanings: Readonly<Record<string, Meaning>> = {
  int2: { type: 'integer', binary: 'int2' },
  int4: { type: 'integer', binary: 'int4' },
  int8: { type: 'integer', binary: 'int8' },
  float4: { type: 'real', binary: 'float4' },
  float8: { type: 'real', binary: 'float8' },
  numeric: { type: 'decimal', binary: 'numeric' },
  money: { type: 'decimal', binary: null },
  bool: { type: 'boolean', binary: 'bool' },
  text,
  varchar: text,
  bpchar: text,
  name: text,
  char: text,
  bytea: { type: 'blob', binary: 'bytea' },
  json: { type: 'json', binary: 'text' },
  jsonb: { type: 'json', binary: 'jsonb' },
  uuid: { type: 'uuid', binary: 'uuid' },
  date: { type: 'date', binary: 'date' },
  time: { type: 'time', binary: 'time' },
  timetz: { type: 'time', binary: null },
  timestamp: { type: 'datetime', binary: 'timestamp' },
  timestamptz: { type: 'datetime', binary: 'timestamptz' },
}

const integerRanges: Readonly<Record<string, NonNullable<Column['range']>>> = {
  int2: { min: -32_768, max: 32_767 },
  int4: { min: -2_147_483_648, max: 2_147_483_647 },
  int8: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
}

/** A type with its domains resolved: what is stored, and what each domain on the way demands. */
export interface ResolvedType {
  readonly row: TypeRow
  /** -1 where there is none. */
  readonly modifier: number
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** About VALUE. */
  readonly checks: readonly string[]
}

/** Follows domains down to what they are made of. Null for a type that isn't in `types`. */
export function resolveType(
  types: ReadonlyMap<number, TypeRow>,
  oid: number,
  modifier: number,
): ResolvedType | null {
  const row = types.get(oid)
  if (row === undefined) return null
  if (row.kind !== 'd') return { row, modifier, notNull: false, hasDefault: false, checks: [] }
  const base = resolveType(types, row.base, row.modifier)
  return base === null
    ? null
    : {
        ...base,
        notNull: base.notNull || row.notNull,
        hasDefault: base.hasDefault || row.hasDefault,
        checks: [...base.checks, ...(row.checks ?? [])],
      }
}

/** How values of a resolved type are stored, for COPY. */
export function storageType(types: ReadonlyMap<number, TypeRow>, { row }: ResolvedType): StorageType {
  const inside = row.element === 0 ? null : resolveType(types, row.element, -1)
  // Elements go over under the name of their domain, where they have one.
  const element = inside === null ? null : { ...storageType(types, inside), oid: row.element }
  const binary = element === null ? meaningOf(row).binary : element.binary
  return { oid: row.oid, name: row.name, binary, element }
}

/** What of a `Column` its resolved type alone tells. */
export function typeFacts(
  types: ReadonlyMap<number, TypeRow>,
  { row, modifier }: ResolvedType,
): Pick<Column, 'type' | 'maxLength' | 'allowedValues' | 'range' | 'digits' | 'timeFormat' | 'element'> {
  const element = row.element === 0 ? null : resolveType(types, row.element, modifier)
  if (element !== null) {
    const { type, maxLength, allowedValues } = typeFacts(types, element)
    return {
      type: 'array',
      maxLength: null,
      allowedValues: null,
      element: { type, declaredType: element.row.name, maxLength, allowedValues },
    }
  }
  const { type } = meaningOf(row)
  const range = row.builtin ? integerRanges[row.name] : undefined
  const digits = type === 'decimal' ? digitsOf(row.name, modifier) : null
  return {
    type,
    maxLength: maxLengthOf(row, modifier),
    allowedValues: row.kind === 'e' ? (row.labels ?? []) : null,
    ...(range === undefined ? {} : { range }),
    ...(digits === null ? {} : { digits }),
    ...(type === 'datetime' || type === 'date' ? { timeFormat: 'epoch-millis' } : {}),
  }
}

/** What a type that is no domain means. */
export function meaningOf(row: TypeRow): Meaning {
  if (row.kind === 'e') return text
  if (row.kind !== 'b') return unknown
  if (row.builtin) return meanings[row.name] ?? unknown
  // An extension's type of texts that ignore case.
  return row.name === 'citext' ? text : unknown
}

function maxLengthOf(row: TypeRow, modifier: number): number | null {
  if (!row.builtin) return null
  if (row.name === 'name') return 63
  if (row.name === 'char') return 1
  // The modifier counts its own four bytes.
  return (row.name === 'varchar' || row.name === 'bpchar') && modifier >= 4 ? modifier - 4 : null
}

/** `numeric(precision, scale)`: two numbers in one, of which the scale may be negative. */
function digitsOf(name: string, modifier: number): NonNullable<Column['digits']> | null {
  if (name === 'money') return { precision: 17, scale: 2 }
  if (modifier < 4) return null
  const scale = ((modifier - 4) & 0x7ff) ^ 1024
  return { precision: ((modifier - 4) >> 16) & 0xffff, scale: scale - 1024 }
}
