import type { Connection } from './connection.ts'
import { numberOrNull, quoted } from './sql.ts'

/** A table's AUTO_INCREMENT. */
export interface Counter {
  readonly column: string
  /** The number that the next row gets. */
  readonly next: number
}

/** The counter of a table, or null where it has none. */
export async function readCounter(connection: Connection, table: string): Promise<Counter | null> {
  const [row] = await connection.rows(
    `SELECT c.COLUMN_NAME AS name, t.AUTO_INCREMENT AS next FROM information_schema.COLUMNS AS c
     JOIN information_schema.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
     WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = ? AND c.EXTRA LIKE '%auto_increment%'`,
    [table],
  )
  if (row === undefined) return null
  // MySQL tells none before the first row.
  return { column: String(row.name), next: Math.max(1, numberOrNull(row.next) ?? 1) }
}

/**
 * Moves the counter of a table; the server moves it on behind the largest number that is there. Waits until transactions
 * that have used the table are over, and commits.
 */
export async function setCounter(connection: Connection, table: string, next: number): Promise<void> {
  await connection.run(`ALTER TABLE ${quoted(table)} AUTO_INCREMENT = ${next}, ALGORITHM = INPLACE`)
}
