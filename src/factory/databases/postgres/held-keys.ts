import type { Chunk, Segment } from '../database.ts'
import type { Connection } from './connection.ts'
import { fullName } from './names.ts'
import { literal, quoted } from './sql.ts'
import type { TableStorage } from './storage.ts'

/** The code that {@link keyGuard}'s refusal comes with. */
export const keysTaken = 'HR001'

/**
 * What a run set aside in the table of this chunk, as long as none of it is made: nothing keeps the application from taking
 * such keys where no counter gives it its own. Else null.
 */
export async function untouchedSegment(
  connection: Connection,
  { table, firstIndex }: Chunk,
): Promise<Segment | null> {
  const [row] = await connection.query(
    `SELECT r.first_index, r.row_count, r.first_key FROM headroom.reservation AS r
     WHERE r.table_name = $1 AND $2 BETWEEN r.first_index AND r.first_index + r.row_count - 1 AND NOT EXISTS (
       SELECT FROM headroom.chunk AS c WHERE c.table_name = r.table_name
         AND c.first_index BETWEEN r.first_index AND r.first_index + r.row_count - 1)`,
    [table.name, firstIndex],
  )
  if (row === undefined) return null
  return {
    firstIndex: Number(row.first_index),
    rows: Number(row.row_count),
    firstKey: Number(row.first_key),
  }
}

/** Statements that end their transaction with {@link keysTaken} where somebody has keys of the segment; nobody can take one after them. */
export function keyGuard(
  storage: TableStorage,
  { key }: Chunk,
  { firstKey, rows }: Segment,
): readonly string[] {
  const name = fullName(storage)
  const taken = `EXISTS (SELECT FROM ${name} WHERE ${quoted(key.columns[0] ?? '')} BETWEEN ${firstKey} AND ${firstKey + rows - 1})`
  const refusal = `RAISE EXCEPTION USING ERRCODE = '${keysTaken}', MESSAGE = 'keys were taken'`
  return [
    `LOCK TABLE ${name} IN SHARE ROW EXCLUSIVE MODE`,
    `DO ${literal(`BEGIN IF ${taken} THEN ${refusal}; END IF; END`)}`,
  ]
}

/** Moves what a run set aside behind the largest key that is there. */
export async function moveSegment(
  connection: Connection,
  storage: TableStorage,
  { table, key }: Chunk,
  { firstIndex }: Segment,
): Promise<void> {
  await connection.query(
    `UPDATE headroom.reservation SET first_key = (SELECT max(${quoted(key.columns[0] ?? '')}) + 1 FROM ${fullName(storage)})
     WHERE table_name = $1 AND first_index = $2`,
    [table.name, firstIndex],
  )
}
