export type ColumnType =
  | 'integer'
  | 'real'
  | 'decimal'
  | 'text'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'time'
  | 'json'
  | 'blob'
  | 'uuid'
  | 'array'
  /** Only the database knows what this is: left to its default or NULL. */
  | 'other'

/**
 * `iso`: 2025-01-31T12:00:00.000Z, `sql`: 2025-01-31 12:00:00, `day`: 2025-01-31. Servers' own date types take
 * `epoch-millis` whatever they store: the adapter writes them in its own way.
 */
export type TimeFormat = 'iso' | 'sql' | 'day' | 'epoch-seconds' | 'epoch-millis'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** As the database declares it, for messages. */
  readonly declaredType: string
  readonly nullable: boolean
  readonly hasDefault: boolean
  /** Computed by the database, or filled by a trigger: never written. */
  readonly generated: boolean
  /** In characters. */
  readonly maxLength: number | null
  /** The values a CHECK … IN (…) or an enum allows, or null. */
  readonly allowedValues: readonly string[] | null
  /** How times are stored in this column, where its rows or its default say so. */
  readonly timeFormat?: TimeFormat
  /** The few different values that its rows have, where they look like a fixed set. */
  readonly sampleValues?: readonly string[]
  /** Smallest and largest number that the type and its CHECKs allow; of dates in milliseconds since 1970. */
  readonly range?: { readonly min?: number; readonly max?: number }
  /** In characters, from a CHECK. */
  readonly minLength?: number
  /** Digits in all and behind the point, of a `decimal`. */
  readonly digits?: { readonly precision: number; readonly scale: number }
  /** The form of a text, as rules of the `pattern` generator give it. */
  readonly pattern?: string
  /** What an `array` holds. */
  readonly element?: Pick<Column, 'type' | 'declaredType' | 'maxLength' | 'allowedValues'>
}

export interface ForeignKey {
  readonly columns: readonly string[]
  readonly referencedTable: string
  readonly referencedColumns: readonly string[]
  /** Where no constraint of the database says so: why it is taken for a reference. */
  readonly inferred?: string
}

/** A CHECK that compares two columns: `lesser < greater`, or `≤`. */
export interface Comparison {
  readonly lesser: string
  readonly greater: string
  readonly orEqual: boolean
}

export interface Table {
  /** With its schema in front (`auth.users`) where that isn't the usual one. */
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  /** Unique column sets besides the primary key; also those that hold for a part of the rows only. */
  readonly uniques: readonly (readonly string[])[]
  /** Those of {@link uniques} that hold for a part of the rows only: they don't tell rows apart. */
  readonly partialUniques?: readonly (readonly string[])[]
  readonly rowCount: number
  /** Triggers that run when a row is added or removed, and may do more than fill columns of a new row. */
  readonly triggers?: readonly string[]
  readonly comparisons?: readonly Comparison[]
  /** Columns of which a CHECK wants exactly one, or at least one, to have a value. */
  readonly alternatives?: readonly (readonly string[])[]
  /** CHECKs and exclusion constraints that no column tells about, as the database words them. */
  readonly otherChecks?: readonly string[]
}

/** A database's tables as they are now. */
export interface Schema {
  readonly dialect: string
  readonly tables: readonly Table[]
}
