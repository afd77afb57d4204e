import * as l10n from '@vscode/l10n'
import type { Factory } from '../factory/client.ts'
import { findProfile } from '../load/profiles/index.ts'
import { Failure } from '../model/failure.ts'
import { formatBytes, formatCount } from '../model/format.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import type { Table } from '../model/schema.ts'
import type { ProjectConfig } from './config.ts'
import { growingTable, rowsFor } from './growing-table.ts'
import type { PlanOptions } from './plan-options.ts'
import { endpointKey, matchRoute, type LoadTestOrder } from './prepare.ts'

/** What a sweep is going to do to the database. */
export interface GrowthPlan {
  readonly table: string
  readonly levels: readonly number[]
  readonly per: Readonly<Record<string, number>>
  /** What the configuration says of values; how many rows there are is the sweep's business. */
  readonly rules: ValueRules
  /** What the whole of it adds; null where that is not clear before some of it is done. */
  readonly whole: SeedPlan | null
}

type ValueRules = Pick<PlanOptions, 'tables' | 'seed'>

function valueRules({ factory: { tables = {}, seed } }: ProjectConfig): ValueRules {
  const withoutCounts = Object.entries(tables).map(([name, { rows: _rows, per: _per, ...rule }]) => [
    name,
    rule,
  ])
  return { tables: Object.fromEntries(withoutCounts), ...(seed === undefined ? {} : { seed }) }
}

/** A growth is told from a constant by three levels at least. */
const fewestLevels = 3

/** Decides which table grows to how many rows. Throws where that can't be decided, or can't be done. */
export async function planGrowth(
  factory: Factory,
  order: Omit<LoadTestOrder, 'target'>,
): Promise<GrowthPlan> {
  const { config, endpoint, routes, reads = {}, volume = {} } = order
  const schema = await factory.schema()
  const route = endpointKey(order)
  const given = volume.table ?? config.growTables[route]
  const path = matchRoute(endpoint, routes)?.path ?? endpoint.path
  const table = growingTable({ route, path, given, reads: reads[route] ?? [] }, schema)
  const levels = levelsFor(table, volume.rowsAt ?? config.rowsAt)
  const per = volume.per ?? {}
  const bare = { table: table.name, levels, per, rules: valueRules(config) }
  return { ...bare, whole: await planTo(factory, bare, levels.at(-1) ?? 0) }
}

/** The levels that can be had: rows that are there stay, so that the first level is no less than those. */
function levelsFor({ name, rowCount }: Table, asked: readonly number[] | undefined): number[] {
  const steps = findProfile('volume').steps(asked === undefined ? {} : { rows: asked })
  const all = steps.flatMap(({ phase, rows }) => (phase === 'ramp' && rows !== undefined ? [rows] : []))
  const kept = all.filter((rows) => rows >= rowCount)
  const isCut = kept.length < all.length
  const fits = kept[0] === undefined || rowCount * 1.5 <= kept[0]
  const levels = isCut && fits ? [rowCount, ...kept] : kept
  if (levels.length >= fewestLevels) return levels
  throw tooFewLevels(
    isCut ? { name, rows: formatCount(rowCount), left: levels.length, all: all.length } : null,
  )
}

/** `cut`: the levels that the rows which are there already leave; null where too few were asked for. */
function tooFewLevels(cut: { name: string; rows: string; left: number; all: number } | null): Failure {
  const code = 'HR_VOLUME_LEVELS'
  if (cut === null) {
    return new Failure(
      code,
      l10n.t(
        'How latency grows takes {0} levels at least. Give more levels, such as --rows-at 100,1k,10k,100k',
        fewestLevels,
      ),
    )
  }
  const { name, rows, left, all } = cut
  return new Failure(
    code,
    left === 1
      ? l10n.t(
          'How latency grows takes {0} levels at least. `{1}` has {2} rows already, so that 1 level is left of {3}. Rows that Headroom added can be taken away with: headroom seed --undo',
          fewestLevels,
          name,
          rows,
          all,
        )
      : l10n.t(
          'How latency grows takes {0} levels at least. `{1}` has {2} rows already, so that {3} levels are left of {4}. Rows that Headroom added can be taken away with: headroom seed --undo',
          fewestLevels,
          name,
          rows,
          left,
          all,
        ),
  )
}

/** The plan that brings the table to so many rows, with what it takes; null where it has them. */
async function planTo(
  factory: Factory,
  { table: name, per, rules }: Omit<GrowthPlan, 'whole'>,
  rows: number,
): Promise<SeedPlan | null> {
  const schema = await factory.schema()
  const table = schema.tables.find((candidate) => candidate.name === name)
  if (table === undefined) throw new Failure('HR_VOLUME_TABLE', l10n.t('The table `{0}` is gone.', name))
  if (table.rowCount >= rows) return null
  return factory.plan({ ...rules, ...rowsFor(table, rows, per, schema), per, estimate: true })
}

/** No level is worth waiting longer for. */
const mostSeconds = 600
const reserveBytes = 2 * 1024 ** 3

/** Why a plan is too much, in words without full stop; null where it isn't. */
function tooMuch({ estimate }: SeedPlan): string | null {
  const { seconds = null, bytes = null, freeBytes = null } = estimate ?? {}
  if (seconds !== null && seconds > mostSeconds) {
    return l10n.t('adding them would take about {0} minutes', Math.round(seconds / 60))
  }
  if (bytes !== null && freeBytes !== null && bytes + reserveBytes > freeBytes) {
    return l10n.t(
      'they need about {0}, and {1} are free on the disk',
      formatBytes(bytes),
      formatBytes(freeBytes),
    )
  }
  return null
}

export interface Growing {
  readonly onBegin: (plan: SeedPlan) => void
  readonly onProgress: (progress: SeedProgress) => void
  readonly signal: AbortSignal
}

/** Adds rows until the table has so many. Gives what was added, or in words without full stop why it can't be. */
export async function growTo(
  factory: Factory,
  growth: Omit<GrowthPlan, 'whole'>,
  rows: number,
  { onBegin, onProgress, signal }: Growing,
): Promise<{ readonly added: SeedResult | null } | { readonly obstacle: string }> {
  try {
    const plan = await planTo(factory, growth, rows)
    if (plan === null) return { added: null }
    const obstacle = tooMuch(plan)
    if (obstacle !== null) return { obstacle }
    onBegin(plan)
    return { added: await factory.seed(plan, onProgress, signal) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { obstacle: withoutFullStop(explained(error).message) }
  }
}

/** Of failures that offer what only `headroom seed` takes, what to do here. */
function explained(failure: Failure): Failure {
  const { code } = failure.data
  if (code !== 'HR_SEED_MISMATCH' && code !== 'HR_SEED_UNFINISHED') return failure
  return new Failure(
    code,
    code === 'HR_SEED_MISMATCH'
      ? l10n.t(
          'The database has rows made with another seed. Take them away first with: headroom seed --undo',
        )
      : l10n.t(
          'The database has rows of a seeding that was interrupted. Take them away first with: headroom seed --undo',
        ),
  )
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

/** The failure where nobody has agreed that rows are added: what would be, how much that is, and how they go again. */
export function growthConsent({ table, levels, whole }: GrowthPlan, undoAfter: boolean): Failure {
  const tables = whole?.tables ?? []
  const rows = tables
    .map((each) => l10n.t('{0} to `{1}`', formatCount(each.rows), each.table.name))
    .join(l10n.t(' and '))
  const steps = levels.map(formatCount).join(', ')
  const end = undoAfter
    ? l10n.t('They are taken away again at the end.')
    : l10n.t('They stay there; `headroom seed --undo` takes them away again.')
  return new Failure('HR_VOLUME_CONSENT', `${additionSentence({ table, steps, rows, whole })} ${end}`, {
    actions: [{ id: 'agree', title: l10n.t('Add the Rows'), commandLine: '--yes' }],
  })
}

/** What would be added, and what that takes as far as it is known. */
function additionSentence({
  table,
  steps,
  rows,
  whole,
}: Pick<GrowthPlan, 'table' | 'whole'> & { steps: string; rows: string }): string {
  const { bytes = null, seconds = null } = whole?.estimate ?? {}
  const database = whole?.database ?? l10n.t('the database')
  const [size, time] = [formatBytes(bytes), Math.ceil(seconds ?? 0)]
  const isQuick = seconds === null || seconds < 1
  if (bytes === null) {
    return isQuick
      ? l10n.t('Measuring `{0}` at {1} rows adds up to {2} in {3}.', table, steps, rows, database)
      : l10n.t(
          'Measuring `{0}` at {1} rows adds up to {2} in {3}, in about {4} s.',
          table,
          steps,
          rows,
          database,
          time,
        )
  }
  return isQuick
    ? l10n.t(
        'Measuring `{0}` at {1} rows adds up to {2} in {3}, about {4}.',
        table,
        steps,
        rows,
        database,
        size,
      )
    : l10n.t(
        'Measuring `{0}` at {1} rows adds up to {2} in {3}, about {4}, in about {5} s.',
        table,
        steps,
        rows,
        database,
        size,
        time,
      )
}
