/** A kind of database that whole schemas are seeded in. */
export interface Engine {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** Why this machine can't run its tests; false where it can. */
  readonly skip: string | false
  readonly start: () => Promise<RunningEngine>
}

export interface RunningEngine {
  /** Makes a database with what the statements make; gives its URL. */
  create(sql: string): Promise<string>
  /** All that is in a database, counters and definitions too, as text that is equal where they are. */
  dump(url: string): Promise<string>
  /** What of the database's constraints its rows break, as the database itself finds when it looks at all rows again. */
  violations(url: string): Promise<readonly string[]>
  /** Rows by table as `Table.name` has it. */
  count(url: string, table: string): Promise<number>
  stop(): Promise<void>
}
