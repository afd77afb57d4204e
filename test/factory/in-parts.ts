import type { Chunk, Database } from '../../src/factory/databases/database.ts'

/** A database that splits each chunk into parts of so many rows. */
export function inPartsOf(database: Database, rows: number): Database {
  return {
    ...database,
    append: async (chunk: Chunk, signal: AbortSignal) => {
      for (let n = 0; n < chunk.rows; n += rows) {
        const part = { firstIndex: chunk.firstIndex + n, firstKey: chunk.firstKey + n }
        await database.append({ ...chunk, ...part, rows: Math.min(rows, chunk.rows - n) }, signal)
      }
    },
  }
}
