import { formatBytes, formatCount } from '../model/format.ts'
import type { SeedPlan, SeedResult, TablePlan } from '../model/seed-plan.ts'

/** A plan as people agree to it: tables in order, rows each, why, and what it takes. */
export function planText(plan: SeedPlan, place: Place): string {
  return [...tableLines(plan), ...takesLines(plan), ...placeLines(place), ...notes(plan)].join('\n')
}

/** A plan in full: besides, how every column gets its values, and why. */
export function fullPlanText(plan: SeedPlan, place: Place): string {
  const columns = adding(plan).flatMap((table) => ['', `${table.table.name}:`, ...columnLines(table)])
  const summary = [...tableLines(plan), ...takesLines(plan), ...placeLines(place), ...notes(plan)]
  return [...summary, ...columns].join('\n')
}

/** Where rows go: the variable that names the copy to the server, null for the database itself. */
export interface Place {
  readonly variable: string | null
}

/** What was done, and what can be done next. */
export function resultText(
  result: SeedResult,
  { undo, variable }: Place & { readonly undo: boolean },
): string {
  const seconds = (result.durationMillis / 1000).toFixed(1)
  const rate = `${formatCount(Math.round(result.rowsPerSecond))} rows/s`
  const done = `${undo ? 'Removed' : 'Added'} ${formatCount(result.rows)} rows in ${seconds} s (${rate}).`
  if (result.copy === 'removed') {
    const copy = 'Removed the copy with all its rows.'
    return result.rows === 0 ? copy : `${copy} ${done}`
  }
  const where =
    result.copy === 'filled'
      ? ` They are in the copy ${result.database}: headroom load --start uses it, and so does a server whose ${variable ?? ''} names it.`
      : ''
  if (result.complete) return `${done}${where}`
  return `Stopped. ${done} ${undo ? 'Run --undo again for the rest.' : '--resume adds the rest, --undo removes exactly these.'}`
}

function placeLines({ variable }: Place): string[] {
  return variable === null ? [] : ['  Into a copy: the database itself stays as it is.']
}

function adding({ tables }: SeedPlan): readonly TablePlan[] {
  return tables.filter(({ rows }) => rows > 0)
}

function tableLines(plan: SeedPlan): string[] {
  const tables = adding(plan)
  const width = Math.max(0, ...tables.map(({ table }) => table.name.length))
  const sizes = tables.map(({ bytes }) => (typeof bytes === 'number' ? formatBytes(bytes) : ''))
  const sizeWidth = Math.max(0, ...sizes.map((size) => size.length))
  const lines = tables.map(({ table, rows, reason }, at) => {
    const size = sizeWidth === 0 ? '' : `  ${(sizes[at] ?? '').padStart(sizeWidth)}`
    return `  ${table.name.padEnd(width)}  +${formatCount(rows).padStart(11)}${size}  ${reason}`
  })
  return [`${plan.database}:`, ...lines]
}

/** Bytes, time and free disk, where a sample was loaded to foresee them. */
function takesLines({ estimate }: SeedPlan): string[] {
  if (estimate === undefined) return []
  const { bytes, seconds, freeBytes } = estimate
  const parts = [
    ...(bytes === null ? [] : [`about ${formatBytes(bytes)}`]),
    ...(seconds === null ? [] : [`about ${duration(seconds)}`]),
    ...(freeBytes === null ? [] : [`${formatBytes(freeBytes)} free`]),
  ]
  return parts.length === 0 ? [] : [`  Takes ${parts.join(', ')}.`]
}

function duration(seconds: number): string {
  if (seconds < 1) return 'a second'
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}

function notes({ warnings }: SeedPlan): string[] {
  return warnings.map((warning) => `  Note: ${warning}`)
}

function columnLines({ columns }: TablePlan): string[] {
  const width = Math.max(0, ...columns.map(({ column }) => column.length))
  const makers = Math.max(0, ...columns.map(({ generator }) => generator.length))
  return columns.map(
    ({ column, generator, reason }) => `  ${column.padEnd(width)}  ${generator.padEnd(makers)}  ${reason}`,
  )
}
