export type ColumnType = 'integer' | 'real' | 'text' | 'boolean' | 'datetime' | 'date' | 'json' | 'blob'

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
}

/** A database's tables as they are now. */
export interface Schema {
  readonly dialect: string
  readonly tables: readonly Table[]
}
