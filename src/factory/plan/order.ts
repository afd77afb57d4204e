import { Failure } from '../../model/failure.ts'
import type { ForeignKey, Table } from '../../model/schema.ts'

export interface InsertionOrder {
  /** Parents before their children. */
  readonly tables: readonly Table[]
  /** Foreign keys that stay empty because they would close a circle. */
  readonly broken: ReadonlySet<ForeignKey>
}

/**
 * The order in which tables can be filled, in order of name where the foreign keys leave a choice. A circle is broken
 * where all references from one of its tables to the next may be NULL; one that cannot be broken throws
 * `HR_SEED_CYCLE` with its names, or is broken anywhere when `breakRequired` is set.
 */
export function insertionOrder(
  tables: readonly Table[],
  { breakRequired }: { readonly breakRequired: boolean },
): InsertionOrder {
  const waiting = new Map(tables.toSorted(byName).map((table) => [table.name, table]))
  const ordered: Table[] = []
  const broken = new Set<ForeignKey>()
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((table) => parentsOf(table, waiting, broken).length === 0)
    if (ready !== undefined) {
      waiting.delete(ready.name)
      ordered.push(ready)
    } else {
      for (const foreignKey of weakestLink(circleIn(waiting, broken), breakRequired)) broken.add(foreignKey)
    }
  }
  return { tables: ordered, broken }
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
  broken: ReadonlySet<ForeignKey>,
): readonly Table[] {
  return table.foreignKeys.flatMap((foreignKey) => {
    const parent = waiting.get(foreignKey.referencedTable)
    return parent === undefined || parent === table || broken.has(foreignKey) ? [] : [parent]
  })
}

/** Follows references among tables that all have one, until a table comes again. */
function circleIn(waiting: ReadonlyMap<string, Table>, broken: ReadonlySet<ForeignKey>): readonly Table[] {
  const path: Table[] = []
  let [current] = waiting.values()
  while (current !== undefined && !path.includes(current)) {
    path.push(current)
    current = parentsOf(current, waiting, broken)[0]
  }
  return current === undefined ? path : path.slice(path.indexOf(current))
}

function weakestLink(circle: readonly Table[], breakRequired: boolean): readonly ForeignKey[] {
  const links = circle.map((table, i) => {
    const next = circle[(i + 1) % circle.length]
    return { table, foreignKeys: table.foreignKeys.filter((key) => key.referencedTable === next?.name) }
  })
  const optional = links.find(({ table, foreignKeys }) => foreignKeys.every((key) => isOptional(table, key)))
  const chosen = optional ?? (breakRequired ? links[0] : undefined)
  if (chosen !== undefined) return chosen.foreignKeys
  const names = circle.map((table) => table.name)
  throw new Failure(
    'HR_SEED_CYCLE',
    `${names.map((name) => `\`${name}\``).join(' → ')} → \`${names[0] ?? ''}\`: each of these tables needs a row of the next one first. ` +
      `Let one of the references be NULL, or leave the tables out with --exclude ${names.join(',')}.`,
  )
}
