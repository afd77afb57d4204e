import * as l10n from '@vscode/l10n'
import type { Schema } from '../model/schema.ts'
import type { SeedPlan, TablePlan } from '../model/seed-plan.ts'
import { Failure } from '../model/failure.ts'
import { checkOptions } from './plan/options.ts'
import { planTables } from './plan/tables.ts'
import { checkRules } from './plan/rule-checks.ts'
import type { Distribution, TableRule } from './plan/rules.ts'
import type { SoftReference } from './plan/soft-references.ts'
import { withSoftReferences } from './plan/soft-references.ts'
import type { Scale } from './plan/table-kinds.ts'
import { tableWarnings } from './plan/warnings.ts'

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
  /** What the user wants of tables and columns; `rows` and `per` above win over these. */
  readonly tables?: Readonly<Record<string, TableRule>>
  /** References that no constraint states but the code knows. */
  readonly references?: readonly SoftReference[]
  /** What people should know beforehand, from elsewhere: it becomes part of the plan's warnings. */
  readonly warnings?: readonly string[]
  /** Free where the database keeps its data: usual numbers of rows are lowered so that they fit. */
  readonly freeBytes?: number | null
  /** Whether a sample is loaded and taken back, to foresee bytes and time. */
  readonly estimate?: boolean
  /** The database as people may see it. */
  readonly database?: string
}

/** Tables in which tools keep what they have done to the schema. */
const bookkeeping =
  /^(?:.+\.)?(?:knex_migrations(?:_lock)?|_prisma_migrations|__drizzle_migrations|drizzle_migrations|SequelizeMeta|SequelizeData|typeorm_metadata|kysely_migration(?:_lock)?|mikro_orm_migrations|migrations?|schema_migrations|flyway_schema_history|pgmigrations|spatial_ref_sys|ar_internal_metadata|_cf_.*|d1_migrations|sqlite_.*|headroom_.*)$/i

/**
 * What seeding will do: tables in insertion order with their new rows and how each column gets its values.
 * Pure: the same schema and options give the same plan. Throws a `Failure`: `HR_SEED_TABLE` for an unknown table,
 * `HR_SEED_ROWS` for numbers that cannot be kept, `HR_SEED_RULE` for a rule that cannot be,
 * `HR_SEED_LEFT_OUT` where a table that was asked for cannot be seeded, `HR_SEED_EMPTY` where there is nothing to seed.
 */
export function planSeed(schema: Schema, options: PlanOptions = {}): SeedPlan {
  const { scale = 'small', seed = 1, exclude = [], tables: rules = {}, references = [] } = options
  const wishes = { ...wishesOf(options, rules), scale }
  checkOptions(schema, wishes, seed, exclude)
  checkRules(schema, rules)
  const asked = new Set([...Object.keys(wishes.rows), ...Object.keys(wishes.per)])
  const tables = withSoftReferences(schema.tables, references)
  const candidates = tables.filter(
    (table) => !exclude.includes(table.name) && (asked.has(table.name) || !bookkeeping.test(table.name)),
  )
  const { plans, leftOut, warnings } = planTables({
    tables: new Map(tables.map((table) => [table.name, table])),
    candidates,
    wishes,
    rules,
    seed,
    freeBytes: options.freeBytes ?? null,
  })
  for (const [name, obstacle] of leftOut) {
    if (asked.has(name) && wishes.rows[name] !== 0)
      throw new Failure('HR_SEED_LEFT_OUT', l10n.t('`{0}` cannot be seeded: {1}.', name, obstacle))
  }
  const omitted = leftOut.map(([name, obstacle]) => l10n.t('`{0}` is left out: {1}.', name, obstacle))
  if (plans.length === 0) {
    throw new Failure('HR_SEED_EMPTY', [l10n.t('There is no table to seed.'), ...omitted].join(' '))
  }
  const written = plans.map((plan) => withoutInferred(plan))
  return {
    schema: 'headroom.seed-plan/1',
    database: options.database ?? schema.dialect,
    dialect: schema.dialect,
    seed,
    tables: written,
    warnings: [...(options.warnings ?? []), ...omitted, ...warnings, ...plans.flatMap(tableWarnings)],
  }
}

/** References that stay unused are no part of the plan. */
function withoutInferred(plan: TablePlan): TablePlan {
  const isUsed = (columns: readonly string[]) =>
    plan.columns.some(({ column, generator }) => columns.includes(column) && generator.startsWith('parent'))
  const foreignKeys = plan.table.foreignKeys.filter(
    ({ inferred, columns }) => inferred === undefined || isUsed(columns),
  )
  return foreignKeys.length === plan.table.foreignKeys.length
    ? plan
    : { ...plan, table: { ...plan.table, foreignKeys } }
}

function wishesOf(
  { rows = {}, per = {} }: PlanOptions,
  rules: Readonly<Record<string, TableRule>>,
): {
  readonly rows: Record<string, number>
  readonly per: Record<string, number>
  readonly distributions: Record<string, Distribution>
} {
  const wishes = { rows: { ...rows }, per: { ...per }, distributions: {} as Record<string, Distribution> }
  for (const [name, rule] of Object.entries(rules)) {
    const isNamed = rows[name] !== undefined || per[name] !== undefined
    if (!isNamed && rule.rows !== undefined) wishes.rows[name] = rule.rows
    if (!isNamed && rule.per !== undefined) wishes.per[name] = rule.per
    if (rule.distribution !== undefined) wishes.distributions[name] = rule.distribution
  }
  return wishes
}
