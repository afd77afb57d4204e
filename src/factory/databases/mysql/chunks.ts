import type { Chunk, ChunkColumn, Probe } from '../database.ts'
import type { Connection } from './connection.ts'
import { Failure } from '../../../model/failure.ts'
import { withJsonChecked } from './json-checks.ts'
import { keyListName } from './ledger.ts'
import { insertRows, type WrittenColumn } from './rows.ts'
import { quoted, text } from './sql.ts'
import { estimateBytes } from './storage.ts'

const probeTable = 'headroom_probe'
const keyNumber = { name: 'id', type: 'integer', declaredType: 'bigint unsigned' } as const

/** Adds a chunk's rows and its ledger row in one transaction. Throws `HR_STOPPED`, with nothing added, after an abort. */
export async function appendChunk(connection: Connection, chunk: Chunk, signal: AbortSignal): Promise<void> {
  // Foreign keys are not looked up row by row: references are valid by construction, and `finishRun` looks at all at once.
  await connection.enforceForeignKeys(false)
  const { name } = chunk.table
  const checked = await withJsonChecked(connection, name, chunk.columns)
  await connection.enforceChecks(checked === null)
  const work = async () => {
    await insertRows(
      connection,
      { name, like: name },
      columnsFrom(checked ?? chunk.columns, (n) => chunk.firstIndex + n),
      chunk.rows,
    )
    if (chunk.key.kind === 'list') {
      const list = { name: keyListName(name), like: name }
      await insertRows(connection, list, keyColumns(chunk), chunk.rows)
    }
    await recordMade(connection, chunk)
  }
  await connection.transaction(work, { signal })
}

/** Temporary tables take no full-text indexes and no partitions, and LIKE can't leave them out. */
async function createProbeTable(connection: Connection, table: string): Promise<void> {
  const special = await connection.number(
    `SELECT (SELECT count(*) FROM information_schema.STATISTICS
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_TYPE = 'FULLTEXT')
       + (SELECT count(*) FROM information_schema.PARTITIONS
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND PARTITION_NAME IS NOT NULL) AS n`,
    [table, table],
  )
  if (special === 0) {
    await connection.run(`CREATE TEMPORARY TABLE ${probeTable} LIKE ${quoted(table)}`)
    return
  }
  const [row] = await connection.rows(`SHOW CREATE TABLE ${quoted(table)}`)
  const [, ...lines] = text(row?.['Create Table']).split('\n')
  const parts = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith(')')),
  )
  const kept = parts
    .filter((line) => !/^\s*(?:FULLTEXT KEY|CONSTRAINT .* FOREIGN KEY) /.test(line))
    // A check's name is taken in MySQL, whichever table has it.
    .map((line) => line.replace(/,$/, '').replace(/^\s*CONSTRAINT `(?:[^`]|``)+` CHECK/, 'CHECK'))
  const [options = ''] = lines.slice(parts.length)
  await connection.run(`CREATE TEMPORARY TABLE ${probeTable} (\n${kept.join(',\n')}\n${options}`)
}

function columnsFrom(
  columns: readonly ChunkColumn[],
  indexAt: (n: number) => number,
): readonly WrittenColumn[] {
  return columns.map(({ column, valueOf }) => ({ column, valueOf: (n) => valueOf(indexAt(n)) }))
}

function keyColumns({ key, columns, firstIndex, firstKey }: Chunk): readonly WrittenColumn[] {
  const keys = key.columns.flatMap((name) => columns.filter(({ column }) => column.name === name))
  const parts = columnsFrom(keys, (n) => firstIndex + n).map((part, i) => ({ ...part, name: `k${i}` }))
  const id: WrittenColumn = {
    column: {
      ...keyNumber,
      nullable: false,
      hasDefault: false,
      generated: false,
      maxLength: null,
      allowedValues: null,
    },
    valueOf: (n) => firstKey + n,
  }
  return [id, ...parts]
}

/** Chunks that follow each other are one entry, so that the ledger stays small. */
async function recordMade(connection: Connection, { table, firstIndex, rows }: Chunk): Promise<void> {
  // Two writers' entries come one after the other: each would lock the gap that the other wants to write into.
  await connection.rows('SELECT 1 FROM headroom_table WHERE table_name = ? FOR UPDATE', [table.name])
  const grown = await connection.run(
    'UPDATE headroom_chunk SET row_count = row_count + ? WHERE table_name = ? AND first_index + row_count = ?',
    [rows, table.name, firstIndex],
  )
  if (grown.affectedRows === 0)
    await connection.run('INSERT INTO headroom_chunk VALUES (?, ?, ?)', [table.name, firstIndex, rows])
}

/**
 * Inserts the rows of these indices into a temporary table like the chunk's: types, lengths and CHECKs are those of the
 * table, and nobody else's rows or locks are met. Throws what the database says about them.
 */
export async function probeChunk(
  connection: Connection,
  { table, columns }: Chunk,
  indices: readonly number[],
): Promise<Probe> {
  const half = Math.floor(indices.length / 2)
  const insert = (from: number, to: number) => {
    const written = columnsFrom(columns, (n) => indices[from + n] ?? 0)
    return insertRows(connection, { name: probeTable, like: table.name }, written, to - from)
  }
  await connection.run(`DROP TEMPORARY TABLE IF EXISTS ${probeTable}`)
  await createProbeTable(connection, table.name)
  try {
    return await connection.transaction(
      async () => {
        if (half > 0) await insert(0, half)
        // Only the second half is timed: code that has just been loaded is slow.
        const beganAt = performance.now()
        await insert(half, indices.length)
        const millis = (performance.now() - beganAt) * (indices.length / Math.max(1, indices.length - half))
        return { rows: indices.length, bytes: await estimateBytes(connection, table, probeTable), millis }
      },
      { keep: false },
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.data.code, error.message.replaceAll(probeTable, table.name), {
      cause: error.cause,
    })
  } finally {
    await connection.run(`DROP TEMPORARY TABLE IF EXISTS ${probeTable}`).catch(() => {})
  }
}
