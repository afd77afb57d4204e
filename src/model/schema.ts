export type ColumnType = 'integer' | 'real' | 'text' | 'boolean' | 'datetime' | 'date' | 'json' | 'blob'

/** `iso`: 2025-01-31T12:00:00.000Z, `sql`: 2025-01-31 12:00:00, `day`: 2025-01-31. */
export type TimeFormat = 'iso' | 'sql' | 'day' | 'epoch-seconds' | 'epoch-millis'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** As the database declares it, for messages. */
  readonly declaredType: string
  readonly nullable: boolean
  readonly hasDefault: boolean
  /** Computed by the database: never written. */
  readonly generated: boolean
  readonly maxLength: number | null
  /** The values a CHECK … IN (…) or an enum allows, or null. */
  readonly allowedValues: readonly string[] | null
  /** How times are stored in this column, where its rows or its default say so. */
  readonly timeFormat?: TimeFormat
  /** The few different values that its rows have, where they look like a fixed set. */
  readonly sampleValues?: readonly string[]
}

export interface ForeignKey {
  readonly columns: readonly string[]
  readonly referencedTable: string
  readonly referencedColumns: readonly string[]
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  /** Unique column sets besides the primary key. */
  readonly uniques: readonly (readonly string[])[]
  readonly rowCount: number
  /** Triggers that run when a row is added or removed. */
  readonly triggers?: readonly string[]
}

/** A database's tables as they are now. */
export interface Schema {
  readonly dialect: string
  readonly tables: readonly Table[]
}
