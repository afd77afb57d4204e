import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import { orms } from '../orms/index.ts'
import type { Orm } from '../orms/orm.ts'
import type { Context } from './context.ts'

/** Adds an index to a table where the schema or entity declares it. */
export function addIndex(
  { orm: id, table, columns }: Extract<Intention, { kind: 'add-index' }>,
  { program, resolver }: Context,
): FileEdit[] | null {
  const registry: readonly Orm[] = orms
  const orm = registry.find((candidate) => candidate.id === id)
  return orm?.addIndex?.(table, columns, program, resolver) ?? null
}
