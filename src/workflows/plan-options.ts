import type { Table as CodeTable } from '../analysis/facts.ts'
import { holdsSource } from '../analysis/source-tree.ts'
import type { Factory } from '../factory/client.ts'
import type { PlanOptions } from '../factory/plan.ts'
import type { ProjectConfig } from './config.ts'
import { openInspection } from './inspect.ts'
import { codeReferences, compareSchemas } from './schema-comparison.ts'

export type { PlanOptions }

/** What a project knows of its data: what its configuration wants, and what its code says. */
export interface ProjectData {
  readonly factory: ProjectConfig['factory']
  readonly codeTables: readonly CodeTable[]
}

/** Reads what the project's code says of its tables; code that can't be read says nothing. */
export async function readProjectData(root: string, config: ProjectConfig): Promise<ProjectData> {
  // Spares the compiler's start, which takes longer than the whole plan.
  if (!holdsSource(root)) return { factory: config.factory, codeTables: [] }
  const inspection = openInspection(root)
  try {
    return { factory: config.factory, codeTables: await inspection.tables().catch(() => []) }
  } finally {
    await inspection.dispose()
  }
}

/** The options of a plan: what was asked for just now, else what the configuration says, with what the code knows. */
export async function planOptions(
  factory: Factory,
  { factory: config, codeTables }: ProjectData,
  asked: PlanOptions,
): Promise<PlanOptions> {
  const options = mergeOptions(config, asked)
  if (codeTables.length === 0) return options
  const schema = await factory.schema()
  return {
    ...options,
    references: codeReferences(codeTables, schema),
    warnings: compareSchemas(codeTables, schema),
  }
}

/** What was asked for wins over the configuration, table by table. */
export function mergeOptions(config: ProjectConfig['factory'], asked: PlanOptions): PlanOptions {
  const named = new Set([...Object.keys(asked.rows ?? {}), ...Object.keys(asked.per ?? {})])
  const unnamed = (counts: Readonly<Record<string, number>> = {}) =>
    Object.fromEntries(Object.entries(counts).filter(([name]) => !named.has(name)))
  const scale = asked.scale ?? config.scale
  const seed = asked.seed ?? config.seed
  return {
    ...asked,
    rows: { ...unnamed(config.rows), ...asked.rows },
    per: { ...unnamed(config.per), ...asked.per },
    exclude: [...(config.exclude ?? []), ...(asked.exclude ?? [])],
    ...(config.tables === undefined ? {} : { tables: config.tables }),
    ...(scale === undefined ? {} : { scale }),
    ...(seed === undefined ? {} : { seed }),
  }
}
