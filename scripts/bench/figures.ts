/** One line of the table; `value` is null where it could not be measured. */
export interface Figure {
  readonly name: string
  readonly unit: 'MB' | 's' | 'ms' | 'modules' | '×'
  readonly value: number | null
  readonly goal: number | null
  readonly note: string
}

/** Whether a figure has no goal or meets it; what was not measured doesn't. */
export function isMet({ value, goal }: Figure): boolean {
  return goal === null || (value !== null && value <= goal)
}

/** A number with about three digits that count. */
export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2)
}

/** The middle one of some values, or null where there are none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}

/** The rows below one another, each column as wide as its widest cell. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The figures as a table for the terminal. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, unit, value, goal, note } = figure
    const verdict = goal === null ? '' : value === null ? '–' : isMet(figure) ? 'ok' : 'MISSED'
    const shown = value === null ? 'not measured' : `${round(value)} ${unit}`
    return [name, shown, goal === null ? '' : `≤ ${goal} ${unit}`, verdict, note]
  })
  return aligned([['', 'measured', 'goal', '', ''], ...rows])
}
