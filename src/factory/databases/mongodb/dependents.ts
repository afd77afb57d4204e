import type { ForeignKey, Table } from '../../../model/schema.ts'
import type { Dependents, Ledger, Segment } from '../database.ts'
import { madeSegments } from '../segments.ts'
import type { Connection } from './connection.ts'
import { DocumentKeys } from './keys.ts'
import { queryPath, valuesAt } from './reading.ts'

/** Whose documents are looked at. */
export interface DependentsOrder {
  readonly tables: readonly Table[]
  readonly ledger: Ledger
  readonly seed: number
  /** Only these of one collection's documents. */
  readonly only?: { readonly table: string; readonly segments: readonly Segment[] }
}

/** Counts the documents that Headroom did not make and that refer to documents that it did. */
export async function countDependents(
  connection: Connection,
  order: DependentsOrder,
): Promise<readonly Dependents[]> {
  const found: Dependents[] = []
  const paths = new Set<string>()
  for (const child of order.tables) {
    for (const foreignKey of child.foreignKeys) {
      const path = queryPath(foreignKey.columns[0] ?? '')
      const name = JSON.stringify([child.name, path])
      if (paths.has(name)) continue
      paths.add(name)
      const rows = await countReferring(connection, order, { child, foreignKey, path })
      if (rows > 0) found.push({ table: child.name, referencedTable: foreignKey.referencedTable, rows })
    }
  }
  return found
}

interface Reference {
  readonly child: Table
  readonly foreignKey: ForeignKey
  readonly path: string
}

async function countReferring(
  connection: Connection,
  { tables, ledger, seed, only }: DependentsOrder,
  { child, foreignKey, path }: Reference,
): Promise<number> {
  const { referencedTable } = foreignKey
  const target = tables.find(({ name }) => name === referencedTable)
  const own = ledger.tables.find(({ table }) => table === referencedTable)
  if (target === undefined || own === undefined || (only !== undefined && only.table !== referencedTable))
    return 0
  const keys = new DocumentKeys(seed, target)
  const segments = only?.segments ?? madeSegments(own)
  const referring = keys.inSegments(segments, path)
  if (referring === null) return 0
  const where = { $and: [referring, ...foreign(child, ledger, seed)] }
  const cursor = connection.collection(child.name).find(where, { projection: { [path]: 1 } })
  let rows = 0
  // Of a list, one element may be above the lower end and another below the upper one: each is looked at.
  await connection.with(async () => {
    for await (const document of cursor)
      if (valuesAt(document, path.split('.')).some((value) => isIn(segments, keys.numberOf(value)))) rows++
  })
  return rows
}

function isIn(segments: readonly Segment[], number: number | null): boolean {
  return (
    number !== null && segments.some(({ firstKey, rows }) => number >= firstKey && number < firstKey + rows)
  )
}

/** The condition for documents of a collection that Headroom did not make; none where it made none. */
export function foreign(table: Table, ledger: Ledger, seed: number): readonly Record<string, unknown>[] {
  const own = ledger.tables.find((candidate) => candidate.table === table.name)
  const mine = own === undefined ? null : new DocumentKeys(seed, table).inSegments(madeSegments(own))
  return mine === null ? [] : [{ $nor: [mine] }]
}
