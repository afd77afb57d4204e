import type { GeneratorOptions, ValueContext } from './generator.ts'
import { nullRows } from './null-rows.ts'
import { chooseParentEach } from './parent-each.ts'
import { chooseParent } from './parent.ts'
import type { ParentChoice } from './reference.ts'

/** How many of a table's rows refer to each of its parents. */
export interface ChildCounts {
  /** By the index of Headroom's parent row. */
  readonly seeded: Uint32Array
  /** By the position of a row that Headroom did not make, in key order. */
  readonly existing: Uint32Array
  /** Rows that refer to none. */
  readonly none: number
}

/** Which parent each row of a reference's column has, NULLs included; null for a generator that chooses none. */
export function parentChoice(
  generator: string,
  options: GeneratorOptions,
  context: ValueContext,
): ParentChoice | null {
  const choice =
    generator === 'parent'
      ? chooseParent(options, context)
      : generator === 'parent-each'
        ? chooseParentEach(options, context)
        : null
  const isNull = nullRows(options, context)
  if (choice === null || isNull === null) return choice
  return { ...choice, positionOf: (index) => (isNull(index) ? -1 : choice.positionOf(index)) }
}

/**
 * The exact number of children that the rows `firstIndex` … `firstIndex + rows` give each parent, without asking the
 * database: one pass over the indices, some ten million rows a second. Null for a generator that chooses no parent.
 * Rows of several runs are counted run by run, each with the context it had: later parents change later rows only.
 */
export function childCounts(
  generator: string,
  options: GeneratorOptions,
  context: ValueContext,
  { firstIndex, rows }: { readonly firstIndex: number; readonly rows: number },
): ChildCounts | null {
  const choice = parentChoice(generator, options, context)
  if (choice === null) return null
  const { existing, positions, positionOf } = choice
  const counts = new Uint32Array(positions)
  let none = 0
  for (let index = firstIndex; index < firstIndex + rows; index++) {
    const position = positionOf(index)
    if (position < 0) none++
    else counts[position] = (counts[position] ?? 0) + 1
  }
  return { existing: counts.slice(0, existing), seeded: counts.slice(existing), none }
}
