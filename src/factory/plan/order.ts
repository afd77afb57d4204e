import type { ForeignKey, Table } from '../../model/schema.ts'

export interface InsertionOrder {
  /** Parents before their children. */
  readonly tables: readonly Table[]
  /** Foreign keys that close a circle: they refer to a table that comes later. */
  readonly forward: ReadonlySet<ForeignKey>
}

/**
 * The order in which tables are filled, in order of name where the foreign keys leave a choice. In a circle a table comes
 * before its parent where all references between the two may be NULL, else where the circle was found.
 */
export function insertionOrder(tables: readonly Table[]): InsertionOrder {
  const waiting = new Map(tables.toSorted(byName).map((table) => [table.name, table]))
  const ordered: Table[] = []
  const forward = new Set<ForeignKey>()
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((table) => parentsOf(table, waiting, forward).length === 0)
    if (ready !== undefined) {
      waiting.delete(ready.name)
      ordered.push(ready)
    } else {
      for (const foreignKey of weakestLink(circleIn(waiting, forward))) forward.add(foreignKey)
    }
  }
  return { tables: ordered, forward }
}

/** Whether a reference may be NULL: all its columns may, and none belongs to the primary key. */
export function isOptional(table: Table, foreignKey: ForeignKey): boolean {
  return foreignKey.columns.every((name) => {
    const column = table.columns.find((candidate) => candidate.name === name)
    return column?.nullable === true && !table.primaryKey.includes(name)
  })
}

function byName(a: Table, b: Table): number {
  return a.name < b.name ? -1 : 1
}

function parentsOf(
  table: Table,
  waiting: ReadonlyMap<string, Table>,
  forward: ReadonlySet<ForeignKey>,
): readonly Table[] {
  return table.foreignKeys.flatMap((foreignKey) => {
    const parent = waiting.get(foreignKey.referencedTable)
    return parent === undefined || parent === table || forward.has(foreignKey) ? [] : [parent]
  })
}

/** Follows references among tables that all have one, until a table comes again. */
function circleIn(waiting: ReadonlyMap<string, Table>, forward: ReadonlySet<ForeignKey>): readonly Table[] {
  const path: Table[] = []
  let [current] = waiting.values()
  while (current !== undefined && !path.includes(current)) {
    path.push(current)
    current = parentsOf(current, waiting, forward)[0]
  }
  return current === undefined ? path : path.slice(path.indexOf(current))
}

/** The references from one table of a circle to the next that count least. */
function weakestLink(circle: readonly Table[]): readonly ForeignKey[] {
  const links = circle.map((table, i) => {
    const next = circle[(i + 1) % circle.length]
    return { table, foreignKeys: table.foreignKeys.filter((key) => key.referencedTable === next?.name) }
  })
  const optional = links.find(({ table, foreignKeys }) => foreignKeys.every((key) => isOptional(table, key)))
  return (optional ?? links[0])?.foreignKeys ?? []
}
