import * as v from 'valibot'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { SeedPlan } from '../../model/seed-plan.ts'
import { projectDatabase, type ProjectDatabase } from '../../workflows/project-database.ts'
import { code } from '../markdown.ts'
import { oneLine } from '../one-line.ts'
import { fingerprintOf, sumLine, tableLines } from '../seed-lines.ts'
import { loadTestCall } from '../suggestion.ts'
import type { AgentSession } from '../session.ts'
import type { AgentTool, ToolContext } from '../tool.ts'

const input = v.strictObject({
  scale: v.pipe(
    v.picklist(['small', 'medium', 'production']),
    v.description('How many rows: "small" (enough to find N+1 queries), "medium" or "production".'),
  ),
  dry_run: v.optional(
    v.pipe(v.boolean(), v.description('true (default): only show the plan. false: write the rows.')),
    true,
  ),
})

type Scale = v.InferOutput<typeof input>['scale']

export const seedData: AgentTool<v.InferOutput<typeof input>> = {
  name: 'headroom_seed_data',
  title: 'Seed Database',
  description:
    'Fills the local development database with realistic rows, because load tests on a few rows prove nothing. First with dry_run=true: database and rows per table. Then with dry_run=false. Only databases on this machine; the rows can be taken away again exactly.',
  input,
  readOnly: false,
  destructive: false,
  async confirm({ scale, dry_run: dryRun }, context) {
    if (dryRun) return null
    const { database, plan } = await planFor(scale, context)
    context.session.agreed.set(scale, fingerprintOf(plan))
    return {
      title: l10n.t('Add rows to {0}?', oneLine(plan.database)),
      message: [
        database.variable === null
          ? l10n.t('Database: {0}', code(oneLine(plan.database)))
          : l10n.t('Database: a copy of {0}', code(oneLine(plan.database))),
        tableLines(plan)
          .map((line) => `- ${code(line.trim())}`)
          .join('\n'),
        l10n.t('Together: {0}. They can be taken away again exactly.', sumLine(plan)),
      ].join('\n\n'),
      binding: fingerprintOf(plan),
    }
  },
  async run({ scale, dry_run: dryRun }, context) {
    const { session } = context
    if (dryRun) return dryRunLines(scale, await planFor(scale, context), session)
    return session.alone(l10n.t('seeding'), () => seed(scale, context))
  },
}

interface Planned {
  readonly database: ProjectDatabase
  readonly plan: SeedPlan
}

async function planFor(
  scale: Scale,
  { session: { host }, signal, onProgress }: ToolContext,
): Promise<Planned> {
  onProgress('Planning rows')
  const database = await projectDatabase(host.root, await host.config())
  const order = { ...database, options: [{ scale, estimate: true }] }
  const [plan] = await host.call('planSeeds', order, () => undefined, signal)
  if (plan === undefined) throw new Failure('HR_STOPPED', l10n.t('Stopped. Nothing was written.'))
  return { database, plan }
}

function dryRunLines(scale: Scale, { database, plan }: Planned, { focus }: AgentSession): string[] {
  const where = database.variable === null ? 'into' : 'into a copy of'
  const test = focus === null ? '' : `, then ${loadTestCall(focus)}`
  return [
    `PLAN ${sumLine(plan)} ${where} ${oneLine(plan.database)}; nothing was written`,
    ...tableLines(plan),
    `next: headroom_seed_data scale=${scale} dry_run=false${test}`,
  ]
}

async function seed(scale: Scale, context: ToolContext): Promise<string[]> {
  const { session, signal, onProgress } = context
  const { database, plan } = await planFor(scale, context)
  const agreed = session.agreed.get(scale)
  session.agreed.delete(scale)
  if (agreed !== undefined && agreed !== fingerprintOf(plan)) {
    throw new Failure(
      'HR_PLAN_CHANGED',
      l10n.t('The database or its configuration changed since a person agreed. Nothing was written.'),
    )
  }
  const result = await session.host.call(
    'seedDatabase',
    { ...database, plan },
    ({ table, rowsDone, rowsTotal }) => onProgress(`${table}: ${rowsDone} of ${rowsTotal} rows`),
    signal,
  )
  session.hasSeeded = true
  const seconds = (result.durationMillis / 1000).toFixed(1)
  const where = result.copy === 'filled' ? 'a copy of ' : ''
  return [
    `${result.complete ? 'SEEDED' : 'STOPPED after'} ${result.rows} rows in ${seconds} s, into ${where}${oneLine(plan.database)}`,
    ...tableLines(plan),
    ...(result.copy === 'filled'
      ? ['a server that Headroom starts uses the copy; one that runs already does not']
      : []),
    'undo, for people: headroom seed --undo removes exactly these rows',
    session.focus === null ? 'next: headroom_list_routes' : `next: ${loadTestCall(session.focus)}`,
  ]
}
