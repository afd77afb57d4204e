import type { RouteClass } from '../../model/route-class.ts'
import { routeKey, type Route } from '../../model/route.ts'
import { formatBudget, parseBudget } from '../../verdict/budget.ts'
import type { Baselines } from '../baselines.ts'
import type { ProjectConfig } from '../config.ts'
import { plannedSteps } from '../profiles.ts'
import type { CountedRows } from './rows.ts'
import type { Stack } from './stack.ts'

/** What a project's committed files say of what its endpoints must take. */
export interface Lessons {
  readonly routes: readonly Route[]
  readonly config: ProjectConfig
  readonly baselines: Baselines
  readonly stack: Stack
}

/** The page that Headroom's own fixes give a list, and the time they give another service. */
export const advice = { defaultLimit: 20, maximumLimit: 100, timeoutSeconds: 5, attempts: 3 } as const

const mostRoutes = 6
const mostTables = 8
/** Tables that are all smaller say nothing about load. */
const fewRows = 10_000
const rowsBegin = '- Rows'
/** What classes of endpoints are, as far as a budget of theirs is read. */
const classWords = [
  ['auth', 'log-in and tokens'],
  ['search', 'search'],
  ['list', 'lists (GET of several)'],
  ['write', 'writes'],
] as const satisfies readonly (readonly [RouteClass, string])[]

/**
 * The block for AGENTS.md: at most 25 lines with its markers and the blank lines within them. For models, so plain English
 * on every machine. The same lessons and rows give the same lines.
 */
export function blockLines(lessons: Lessons, rows: string): string[] {
  return [
    '## Load and scale',
    '',
    "Written by `headroom teach` from this project's code, headroom.config.json and measurements. Don't edit it by hand.",
    '',
    codeLine(lessons),
    trafficLine(lessons),
    rows,
    ...budgetLines(lessons),
    ...limitLines(lessons),
    `- Lists: ${advice.defaultLimit} rows a page by default and never more than ${advice.maximumLimit}, whatever the client asks for; order by something unique.`,
    '- No query in a loop, and none per row: one query with a join, an `IN` list or eager loading.',
    '- Filter, count, sort and search in the database, on indexed columns; never load a table to do it in memory.',
    `- Calls to other services: a timeout on each, ${advice.timeoutSeconds} s unless it needs more. Retry only what is idempotent (GET, or with an idempotency key), ${advice.attempts} attempts at most, with growing pauses.`,
    '- Verify with Headroom before you say that a change to an endpoint is done, with its tools, or in a shell where `headroom` is installed (never fetch a package of that name):',
    '  1. `headroom_inspect_route`, or before you commit `headroom check --changed`, shows no finding in what you changed.',
    '  2. `headroom_load_test_route`, or `headroom load "METHOD /path" --start`, says that it holds.',
    `  3. If not, mend what it names and measure again. After ${advice.attempts} attempts, stop and report what was measured.`,
  ]
}

/** The line of a block that says how many rows were measured. */
export function rowsLine(counted: CountedRows | null): string {
  if (counted === null) {
    return `${rowsBegin}: not measured: run \`headroom seed\`, then \`headroom teach\`. Until then, expect tables too large to read whole.`
  }
  const tables = Object.entries(counted.rows)
    .filter(([name, count]) => count > 0 && isName(name))
    .map(([name, count]) => ({ name, count: rounded(count) }))
    .toSorted((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
  if (tables.length === 0) return rowsLine(null)
  const shown = tables.slice(0, mostTables).map(({ name, count }) => `\`${name}\` ${grouped(count)}`)
  const more = tables.length > shown.length ? `, ${tables.length - shown.length} smaller tables` : ''
  const few = (tables[0]?.count ?? 0) < fewRows
  const remark = few
    ? 'Too few to show what breaks: expect a thousand times more, and seed with `headroom seed --scale production`.'
    : 'Write for that many.'
  return `${rowsBegin}, measured ${counted.day} and rounded: ${shown.join(', ')}${more}. ${remark}`
}

/** The line about rows among a block's lines, or null where there isn't exactly one. */
export function rowsLineIn(lines: readonly string[]): string | null {
  const [line, another] = lines.filter((each) => each.startsWith(rowsBegin))
  return another === undefined ? (line ?? null) : null
}

/** The line that stands already where it says the same as the new one but for the day, so that counting again changes nothing. */
export function keptRowsLine(line: string, standing: string | null): string {
  return standing !== null && withoutDay(line) === withoutDay(standing) ? standing : line
}

function withoutDay(line: string): string {
  return line.replace(/\d{4}-\d{2}-\d{2}/, '')
}

function codeLine({ routes, stack: { libraries, databases } }: Lessons): string {
  const frameworks = [...new Set(routes.map(({ framework }) => framework))].toSorted()
  const library = libraries.length === 0 ? 'a database library that is not known' : libraries.join(', ')
  const database = databases.length === 0 ? '' : ` on ${databases.join(', ')}`
  return `- Code: HTTP endpoints in ${frameworks.join(', ')}; data through ${library}${database}.`
}

/** Users or rates that the configuration says, else what the baselines were measured with, else the profile's own. */
function trafficLine({ config, baselines }: Lessons): string {
  const { users, rates } = config
  const said = [
    ...(users === undefined ? [] : [`${joined(users)} users at once`]),
    ...(rates === undefined ? [] : [`${joined(rates)} requests/s`]),
  ]
  if (said.length > 0) return `- Expected traffic, for each endpoint: ${said.join('; ')}.`
  const measured = Object.values(baselines).flatMap(({ plan }) =>
    (plan.model === 'closed' ? plan.steps : []).flatMap(({ users: level }) =>
      Number.isFinite(level) ? level : [],
    ),
  )
  if (measured.length > 0) {
    return `- Expected traffic, for each endpoint: up to ${grouped(Math.max(...measured))} users at once, as the baselines were measured.`
  }
  const usual = plannedSteps('progressive', config).flatMap(({ phase, users: level }) =>
    phase === 'ramp' ? level : [],
  )
  return `- Expected traffic is not said ("users" in headroom.config.json); load tests climb to ${Math.max(...usual)} users at once.`
}

/** What the configuration holds endpoints to. Throws `HR_BUDGET` for a budget that doesn't parse. */
function budgetLines({ routes, config }: Lessons): string[] {
  const classes = classWords.flatMap(([name, words]) => {
    const budget = config.budgetClasses[name]
    return budget === undefined ? [] : [`${words} \`${normalised(budget)}\``]
  })
  const all = [`every endpoint \`${normalised(config.budget)}\``, ...classes]
  const known = new Set(routes.map(routeKey))
  const own = Object.entries(config.budgets)
    .filter(([key]) => known.has(key) && isRoute(key))
    .map(([key, budget]) => `\`${key}\` \`${normalised(budget)}\``)
    .toSorted()
  const shown = own.slice(0, mostRoutes)
  const more = own.length > shown.length ? `; ${own.length - shown.length} more in headroom.config.json` : ''
  return [
    `- Budget under that load: ${all.join('; ')}.`,
    ...(shown.length === 0 ? [] : [`- Endpoints with a budget of their own: ${shown.join('; ')}${more}.`]),
  ]
}

function normalised(budget: string): string {
  return formatBudget(parseBudget(budget))
}

/** Endpoints whose baseline broke, those that took the fewest users first. */
function limitLines({ baselines }: Lessons): string[] {
  const broken = Object.entries(baselines).flatMap(([key, { verdict, conditions }]) => {
    const users = verdict.kind === 'breaks' ? verdict.breakingPoint?.users : undefined
    const day = /^\d{4}-\d{2}-\d{2}/.exec(conditions.startedAt)?.[0]
    const isClosed = verdict.breakingPoint?.rate === undefined && verdict.breakingPoint?.rows === undefined
    return users === undefined || !Number.isFinite(users) || day === undefined || !isClosed || !isRoute(key)
      ? []
      : [{ key, users, day }]
  })
  if (broken.length === 0) return []
  const shown = broken
    .toSorted((one, other) => one.users - other.users || (one.key < other.key ? -1 : 1))
    .slice(0, 3)
    .map(({ key, users, day }) => `\`${key}\` at ${grouped(users)} users (${day})`)
  return [`- Known to break its budget: ${shown.join(', ')}.`]
}

/** Names come from the code, and models obey what they read: nothing that could be a sentence gets into the block. */
function isRoute(key: string): boolean {
  return /^[A-Z]+ \/[\w\-.~:*/{}()[\]@+$]{0,100}$/.test(key)
}

function isName(table: string): boolean {
  return /^[\w.$-]{1,60}$/.test(table)
}

/** To two significant digits, so that a few rows more or less change nothing. */
function rounded(count: number): number {
  return Number(Math.round(count).toPrecision(2))
}

function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `10, 25 and 50` */
function joined(values: readonly number[]): string {
  const texts = values.map(grouped)
  const last = texts.pop() ?? ''
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`
}
