import type { Expression } from './check-expressions.ts'

const mostColumns = 6

/**
 * The columns of a condition that is only about which of them are NULL, and that holds where exactly one of them has a
 * value: `num_nonnulls(a, b) = 1`, `(a IS NULL) <> (b IS NULL)`, `a IS NOT NULL OR b IS NOT NULL`. Null for all others.
 */
export function alternativeColumns(
  condition: Expression,
  columnOf: (expression: Expression) => string | null,
): readonly string[] | null {
  const columns = [...new Set(testedColumns(condition, columnOf))]
  if (columns.length < 2 || columns.length > mostColumns) return null
  const holds = columns.every((only) => valueOf(condition, only, columnOf) === 1)
  return holds ? columns : null
}

function testedColumns(
  expression: Expression,
  columnOf: (expression: Expression) => string | null,
): readonly string[] {
  if (expression.kind === 'is-null') return [columnOf(expression.inside) ?? []].flat()
  if (expression.kind === 'not') return testedColumns(expression.inside, columnOf)
  if (expression.kind === 'call') return expression.args.flatMap((arg) => columnOf(arg) ?? [])
  if (expression.kind !== 'binary') return []
  return [...testedColumns(expression.left, columnOf), ...testedColumns(expression.right, columnOf)]
}

/** What the condition gives where `only` has a value: a number, 1 for true; NaN where that depends on more. */
function valueOf(
  expression: Expression,
  only: string,
  columnOf: (expression: Expression) => string | null,
): number {
  const value = (part: Expression) => valueOf(part, only, columnOf)
  if (expression.kind === 'literal' && !expression.isText) {
    if (expression.value === 'true') return 1
    return expression.value === 'false' ? 0 : Number(expression.value ?? Number.NaN)
  }
  if (expression.kind === 'is-null') {
    const column = columnOf(expression.inside)
    return column === null ? Number.NaN : Number(column !== only)
  }
  if (expression.kind === 'not') return 1 - value(expression.inside)
  if (expression.kind === 'call') {
    const columns = expression.args.map(columnOf)
    if (columns.includes(null)) return Number.NaN
    const filled = columns.filter((column) => column === only).length
    if (expression.name === 'num_nonnulls') return filled
    return expression.name === 'num_nulls' ? columns.length - filled : Number.NaN
  }
  if (expression.kind !== 'binary') return Number.NaN
  const operate = operators[expression.operator]
  return operate === undefined ? Number.NaN : operate(value(expression.left), value(expression.right))
}

/** A comparison with NaN gives NaN. */
function comparing(holds: (a: number, b: number) => boolean): (a: number, b: number) => number {
  return (a, b) => (Number.isNaN(a + b) ? Number.NaN : Number(holds(a, b)))
}

const equal = comparing((a, b) => a === b)
const different = comparing((a, b) => a !== b)
const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  and: (a, b) => a * b,
  or: (a, b) => (Number.isNaN(a + b) ? Number.NaN : Math.max(a, b)),
  '+': (a, b) => a + b,
  '=': equal,
  '<>': different,
  '!=': different,
  'is distinct from': different,
  '<': comparing((a, b) => a < b),
  '<=': comparing((a, b) => a <= b),
  '>': comparing((a, b) => a > b),
  '>=': comparing((a, b) => a >= b),
}
