import type { Table } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { ChildCount, ChildReference, ColumnValues, Ledger } from '../database.ts'
import type { Connection } from './connection.ts'
import { foreign } from './dependents.ts'
import { asSqlValue, asText, queryPath, valueAt, valuesAt } from './reading.ts'

/** Different values of a path, spread evenly over all. */
export async function readValues(
  connection: Connection,
  table: Table,
  column: string,
  limit: number,
): Promise<ColumnValues> {
  const path = queryPath(column)
  const values = connection
    .collection(table.name)
    .aggregate([...unwinding(column), { $group: { _id: `$${path}` } }, { $sort: { _id: 1 } }], {
      allowDiskUse: true,
    })
  const found: string[] = []
  await connection.with(async () => {
    for await (const { _id } of values) if (_id !== null && _id !== undefined) found.push(asText(_id))
  })
  const total = found.length
  const wanted = Math.min(Math.max(0, Math.floor(limit)), total)
  return {
    values: Array.from({ length: wanted }, (_, n) => found[Math.floor((n * total) / wanted)] ?? ''),
    total,
  }
}

/** Parents by their number of children, most first, those with as many in order of key; which places are wanted. */
export async function readChildCounts(
  connection: Connection,
  { parent, key, child, column }: ChildReference,
  places: readonly number[],
): Promise<readonly ChildCount[]> {
  const counts = await countByValue(connection, child.name, column)
  const parents: ChildCount[] = []
  await connection.with(async () => {
    const all = connection
      .collection(parent.name)
      .find({}, { projection: { [key]: 1 } })
      .sort({ [key]: 1 })
    for await (const document of all) {
      const value = asText(valueAt(document, key))
      parents.push({ value, rows: counts.get(value) ?? 0 })
    }
  })
  // The sort is stable: parents with as many children stay in order of key.
  const ranked = parents.toSorted((a, b) => b.rows - a.rows)
  return places.flatMap((place) => ranked[Math.floor(place)] ?? [])
}

/** Documents by the value at a path; those that have it in a list by each of its values. */
async function countByValue(
  connection: Connection,
  name: string,
  column: string,
): Promise<ReadonlyMap<string, number>> {
  const path = queryPath(column)
  const counts = new Map<string, number>()
  const add = (value: unknown, rows: number) => {
    if (value === null || value === undefined) return
    counts.set(asText(value), (counts.get(asText(value)) ?? 0) + rows)
  }
  const collection = connection.collection(name)
  await connection.with(async () => {
    if (path === column) {
      const groups = collection.aggregate([{ $group: { _id: `$${path}`, n: { $sum: 1 } } }], {
        allowDiskUse: true,
      })
      for await (const { _id, n } of groups) add(_id, Number(n))
      return
    }
    // A document that has the value twice in its list is one document.
    for await (const document of collection.find({}, { projection: { [path]: 1 } })) {
      const values = valuesAt(document, path.split('.'))
      for (const [, value] of new Map(values.map((each) => [asText(each), each]))) add(value, 1)
    }
  })
  return counts
}

/** Keys in key order, of all documents or of others' alone. */
export async function readKeys(
  connection: Connection,
  table: Table,
  columns: readonly string[],
  { limit, ledger, seed }: { readonly limit: number; readonly ledger: Ledger | null; readonly seed: number },
): Promise<readonly (readonly SqlValue[])[]> {
  const present = columns.map((name) => ({ [name]: { $ne: null } }))
  const where = { $and: [...present, ...(ledger === null ? [] : foreign(table, ledger, seed))] }
  const ascending = Object.fromEntries(columns.map((name) => [name, 1] as const))
  const documents = await connection.with(() =>
    connection
      .collection(table.name)
      .find(where, { projection: ascending, sort: ascending })
      .limit(limit)
      .toArray(),
  )
  return documents.map((document) => columns.map((name) => asSqlValue(valueAt(document, name))))
}

/** The stages that take each element of the lists on the way for itself. */
function unwinding(column: string): readonly Record<string, unknown>[] {
  const parts = column.split('.')
  return parts.flatMap((part, at) =>
    /^\d+$/.test(part) ? [{ $unwind: `$${queryPath(parts.slice(0, at).join('.'))}` }] : [],
  )
}
