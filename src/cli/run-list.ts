import type { VerdictKind } from '../model/verdict.ts'
import type { RunEntry } from '../workflows/history.ts'
import { shorten, widthOf } from './text-shapes.ts'

const verdicts: Readonly<Record<VerdictKind, string>> = {
  holds: '✓ holds',
  breaks: '✗ breaks',
  'fails-before-load': '✗ fails before load',
  'not-measured': '? not measured',
  stopped: '■ stopped',
}

/** Widest that a route is shown. */
const routeColumns = 60

/** Runs as a table of lines, in their order; none for no runs. Ids are as short as still tells them apart. */
export function runLines(runs: readonly RunEntry[]): string[] {
  if (runs.length === 0) return []
  const ids = shortIds(runs.map(({ id }) => id))
  const rows = runs.map(({ route, profile, verdict, headline, baseline }, index) => [
    ids[index] ?? '',
    shorten(route, routeColumns),
    shorten(profile, routeColumns),
    verdicts[verdict],
    headline === 'not measured' ? '' : headline,
    baseline ? 'baseline' : '',
  ])
  const table = [['id', 'route', 'profile', 'verdict', 'latency', ''], ...rows]
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? '')))) ?? []
  return table.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  )
}

/** As long as a date and a time to the second. */
const shortestId = 19

/** The beginnings of ids, all of one length, that still tell them apart. */
function shortIds(ids: readonly string[]): string[] {
  const longest = Math.max(...ids.map(({ length }) => length))
  for (let length = shortestId; length < longest; length += 1) {
    const short = ids.map((id) => id.slice(0, length))
    if (new Set(short).size === ids.length) return short
  }
  return [...ids]
}
