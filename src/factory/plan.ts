import { Failure } from '../model/failure.ts'
import type { ForeignKey, Schema, Table } from '../model/schema.ts'
import type { SeedPlan, TablePlan } from '../model/seed-plan.ts'
import { planColumns } from './plan/columns.ts'
import { keyStrategy } from './plan/keys.ts'
import { insertionOrder, isOptional } from './plan/order.ts'
import type { Progress, Scale } from './plan/rows.ts'
import { countRows } from './plan/rows.ts'

export interface PlanOptions {
  /** New rows by table. */
  readonly rows?: Readonly<Record<string, number>>
  /** Rows for each row of the table's main parent: the one named in `rows`, else the one with the most rows. */
  readonly per?: Readonly<Record<string, number>>
  /** For tables that are not named; `small` unless told. */
  readonly scale?: Scale
  /** An integer that decides all values; 1 unless told. */
  readonly seed?: number
  readonly exclude?: readonly string[]
  /** The database as people may see it. */
  readonly database?: string
}

/** Tables in which tools keep what they have done to the schema. */
const bookkeeping =
  /^(?:knex_migrations(?:_lock)?|_prisma_migrations|__drizzle_migrations|drizzle_migrations|SequelizeMeta|SequelizeData|typeorm_metadata|migrations?|schema_migrations|ar_internal_metadata|_cf_.*|d1_migrations|sqlite_.*|headroom_.*)$/i

/**
 * What seeding will do: tables in insertion order with their new rows and how each column gets its values.
 * Pure: the same schema and options give the same plan. Throws a `Failure`: `HR_SEED_TABLE` for an unknown table,
 * `HR_SEED_ROWS` for numbers that cannot be kept, `HR_SEED_CYCLE` for tables that need each other,
 * `HR_SEED_LEFT_OUT` where a table that was asked for cannot be seeded, `HR_SEED_EMPTY` where there is nothing to seed.
 */
export function planSeed(schema: Schema, options: PlanOptions = {}): SeedPlan {
  const { rows = {}, per = {}, scale = 'small', seed = 1, exclude = [] } = options
  checkOptions(schema, rows, per, seed, exclude)
  const asked = new Set([...Object.keys(rows), ...Object.keys(per)])
  const excluded = new Set(exclude)
  const candidates = schema.tables.filter(
    (table) => !excluded.has(table.name) && (asked.has(table.name) || !bookkeeping.test(table.name)),
  )
  const { tables, broken } = insertionOrder(candidates, { breakRequired: false })
  const newRows = new Map<string, number>()
  const progress: Progress = {
    rows,
    per,
    scale,
    newRows,
    tables: new Map(schema.tables.map((table) => [table.name, table])),
  }
  const plans: TablePlan[] = []
  const warnings: string[] = []
  for (const table of tables) {
    const plan = planTable(table, progress, broken)
    if ('obstacle' in plan) {
      if (asked.has(table.name))
        throw new Failure('HR_SEED_LEFT_OUT', `\`${table.name}\` cannot be seeded: ${plan.obstacle}.`)
      warnings.push(`\`${table.name}\` is left out: ${plan.obstacle}.`)
    } else if (plan.rows > 0) {
      newRows.set(table.name, plan.rows)
      plans.push(plan)
    }
  }
  if (plans.length === 0) {
    throw new Failure('HR_SEED_EMPTY', ['There is no table to seed.', ...warnings].join(' '))
  }
  return {
    schema: 'headroom.seed-plan/1',
    database: options.database ?? schema.dialect,
    dialect: schema.dialect,
    seed,
    tables: plans,
    warnings,
  }
}

function planTable(
  table: Table,
  progress: Progress,
  broken: ReadonlySet<ForeignKey>,
): TablePlan | { readonly obstacle: string } {
  if (table.triggers !== undefined && table.triggers.length > 0) {
    return {
      obstacle: `undo could not take back what its trigger ${table.triggers.join(', ')} changes elsewhere`,
    }
  }
  const empty = new Map<ForeignKey, string>()
  for (const foreignKey of table.foreignKeys) {
    const reason = emptyReason(table, foreignKey, progress, broken)
    if (reason === null) continue
    if (!isOptional(table, foreignKey))
      return { obstacle: `it needs rows in \`${foreignKey.referencedTable}\`, which gets none` }
    empty.set(foreignKey, reason)
  }
  const foreignKeys = table.foreignKeys.filter((foreignKey) => !empty.has(foreignKey))
  const shared = sharedColumn(foreignKeys)
  if (shared !== null) return { obstacle: `two of its foreign keys share the column ${shared}` }
  const strategy = keyStrategy(table, foreignKeys)
  if ('obstacle' in strategy) return strategy
  const count = countRows(table, foreignKeys, strategy, progress)
  const columns = planColumns({ table, foreignKeys, empty, strategy, count, progress })
  if ('obstacle' in columns) return columns
  return { table, rows: count.rows, reason: count.reason, columns }
}

/** Why a reference stays NULL, or null when it does not. */
function emptyReason(
  table: Table,
  foreignKey: ForeignKey,
  progress: Progress,
  broken: ReadonlySet<ForeignKey>,
): string | null {
  if (broken.has(foreignKey))
    return `left empty: it would close a circle with \`${foreignKey.referencedTable}\``
  if (foreignKey.referencedTable === table.name) return null
  const parent = progress.tables.get(foreignKey.referencedTable)
  const hasColumns = foreignKey.referencedColumns.every((name) =>
    parent?.columns.some((column) => column.name === name),
  )
  const hasRows = (parent?.rowCount ?? 0) > 0 || (progress.newRows.get(foreignKey.referencedTable) ?? 0) > 0
  return hasColumns && hasRows ? null : `left empty: \`${foreignKey.referencedTable}\` has no rows`
}

function sharedColumn(foreignKeys: readonly ForeignKey[]): string | null {
  const columns = foreignKeys.flatMap((foreignKey) => foreignKey.columns)
  return columns.find((column, i) => columns.indexOf(column) !== i) ?? null
}

function checkOptions(
  schema: Schema,
  rows: Readonly<Record<string, number>>,
  per: Readonly<Record<string, number>>,
  seed: number,
  exclude: readonly string[],
): void {
  const known = schema.tables.map((table) => table.name)
  for (const name of [...Object.keys(rows), ...Object.keys(per), ...exclude]) {
    if (known.includes(name)) continue
    const list = known.length === 0 ? 'The database has no tables yet' : `The tables are ${known.join(', ')}`
    throw new Failure('HR_SEED_TABLE', `There is no table \`${name}\`. ${list}.`)
  }
  for (const [name, value] of [...Object.entries(rows), ...Object.entries(per)]) {
    if (Number.isSafeInteger(value) && value >= 0) continue
    throw new Failure('HR_SEED_ROWS', `The number of rows for \`${name}\` must be a whole number, 0 or more.`)
  }
  const both = Object.keys(rows).find((name) => per[name] !== undefined)
  if (both !== undefined) {
    throw new Failure('HR_SEED_ROWS', `\`${both}\` has both --rows and --per. Choose one.`)
  }
  if (!Number.isSafeInteger(seed)) throw new Failure('HR_SEED_ROWS', 'The seed must be a whole number.')
}
