import { formatBytes, formatCount } from '../model/format.ts'
import type { SeedPlan } from '../model/seed-plan.ts'
import { oneLine } from './one-line.ts'

const mostTables = 24

/** The tables of a plan that get rows, a line each: `users: +1,000 rows`. */
export function tableLines({ tables }: SeedPlan): string[] {
  const filled = tables.filter(({ rows }) => rows > 0)
  const lines = filled
    .slice(0, mostTables)
    .map(({ table, rows }) => `  ${oneLine(table.name, 60)}: +${formatCount(rows)} rows`)
  return filled.length > mostTables ? [...lines, `  … ${filled.length - mostTables} more tables`] : lines
}

/** What a plan takes, in a line: rows, bytes and time as far as they are foreseen. */
export function sumLine({ tables, estimate }: SeedPlan): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const bytes = estimate?.bytes ?? null
  const seconds = estimate?.seconds ?? null
  return [
    `${formatCount(rows)} rows`,
    ...(bytes === null ? [] : [`about ${formatBytes(bytes)}`]),
    ...(seconds === null ? [] : [`about ${Math.max(1, Math.ceil(seconds))} s`]),
  ].join(', ')
}

/** What tells one plan from another for whoever agrees to it. */
export function fingerprintOf({ database, tables }: SeedPlan): string {
  return JSON.stringify([database, tables.map(({ table, rows }) => [table.name, rows])])
}
