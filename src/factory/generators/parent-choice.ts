import type { GeneratorOptions, ValueContext } from './generator.ts'
import { nullRows } from './null-rows.ts'
import { chooseParentEach } from './parent-each.ts'
import { chooseParent } from './parent.ts'
import type { ParentChoice } from './reference.ts'

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
