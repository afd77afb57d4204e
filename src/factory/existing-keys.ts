import type { ExistingKeyList, PlainKeyPart, SeedPlan } from '../model/seed-plan.ts'
import type { Database } from './databases/database.ts'
import { mostExistingKeys } from './plan/counting.ts'
import type { SqlValue } from './sql-value.ts'

/** Keys of rows that Headroom did not make, by {@link referenceName}. */
export type ExistingKeys = ReadonlyMap<string, readonly (readonly SqlValue[])[]>

/** Names a referenced key in {@link ExistingKeys}. */
export function referenceName(table: string, columns: readonly string[]): string {
  return JSON.stringify([table, ...columns])
}

/** The keys that rows can refer to: of tables that the plan fills those of others' rows, of all other tables any. */
export async function readExistingKeys(
  database: Database,
  plan: SeedPlan,
): Promise<readonly ExistingKeyList[]> {
  const planned = new Set(plan.tables.map(({ table }) => table.name))
  const schema = await database.readSchema()
  const lists = new Map<string, ExistingKeyList>()
  for (const { referencedTable, referencedColumns } of plan.tables.flatMap(
    ({ table }) => table.foreignKeys,
  )) {
    const table = schema.tables.find((candidate) => candidate.name === referencedTable)
    const name = referenceName(referencedTable, referencedColumns)
    if (table === undefined || lists.has(name)) continue
    const options = { limit: mostExistingKeys, foreignOnly: planned.has(referencedTable) }
    const keys = await database.readKeys(table, referencedColumns, options)
    lists.set(name, {
      table: referencedTable,
      columns: referencedColumns,
      keys: keys.map((key) => key.map(plain)),
    })
  }
  return [...lists.values()]
}

/** The keys as the database gave them. */
export function existingKeys(lists: readonly ExistingKeyList[]): ExistingKeys {
  return new Map(
    lists.map(({ table, columns, keys }) => [
      referenceName(table, columns),
      keys.map((key) => key.map(sqlValue)),
    ]),
  )
}

function plain(value: SqlValue): PlainKeyPart {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (typeof value !== 'bigint') return value
  const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
  return isSafe ? Number(value) : { integer: value.toString() }
}

function sqlValue(value: PlainKeyPart): SqlValue {
  if (value === null || typeof value !== 'object') return value
  return 'integer' in value ? BigInt(value.integer) : Buffer.from(value.bytes, 'hex')
}
