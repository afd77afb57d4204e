import type { Column, Relation } from '../../../facts.ts'

/** The declared columns, those that hold keys of other tables marked, and the ones that only a relation declares. */
export function withForeignKeys(columns: readonly Column[], relations: readonly Relation[]): Column[] {
  const keys = relations.flatMap(({ columns: held, span }) => held.map((name) => ({ name, span })))
  const marked = columns.map((column) => ({
    ...column,
    foreignKey: keys.some(({ name }) => name === column.name),
  }))
  const added = keys
    .filter(
      ({ name }, index) =>
        !columns.some((column) => column.name === name) &&
        keys.findIndex((key) => key.name === name) === index,
    )
    .map(({ name, span }) => ({ name, type: null, foreignKey: true, span }))
  return [...marked, ...added]
}
