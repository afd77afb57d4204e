import * as v from 'valibot'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { Run } from '../../model/run.ts'
import { routeKey } from '../../model/route.ts'
import { baselineOf } from '../../workflows/baselines.ts'
import { findRun, listRuns, type RunEntry } from '../../workflows/history.ts'
import { chooseRoute } from '../chosen-route.ts'
import { text } from '../input.ts'
import { nextAfterRun } from '../after-run.ts'
import { readKeptRun } from '../kept-run.ts'
import { oneLine, quoted } from '../one-line.ts'
import { comparisonLine, runLines } from '../run-lines.ts'
import type { AgentSession } from '../session.ts'
import type { AgentTool } from '../tool.ts'

const input = v.strictObject({
  route: v.optional(text('"GET /users/:userId"; without it the newest run of all.')),
  compare_to: v.optional(
    text('What to compare it with: "previous", "baseline", or the id of an earlier run.', 200),
  ),
})

export const getLastResult: AgentTool<v.InferOutput<typeof input>> = {
  name: 'headroom_get_last_result',
  title: 'Show Last Load Test',
  description:
    'The last load test that was kept, by an agent or a person, without sending anything: verdict, numbers of each step, likely cause. With compare_to also whether it is better or worse than another run beyond noise.',
  input,
  readOnly: true,
  destructive: false,
  confirm: () => Promise.resolve(null),
  async run({ route, compare_to: other }, { session }) {
    const { host } = session
    const report = await host.check()
    const keys = route === undefined ? report.routes.map(routeKey) : [chooseRoute(route, report.routes).key]
    const runs = (await listRuns(host.root)).filter((run) => keys.includes(run.route))
    const [entry] = runs
    if (entry === undefined) {
      throw new Failure('HR_NO_RUN', l10n.t('No load test of it has been kept yet.'))
    }
    const run = await readKeptRun(entry)
    const before = other === undefined ? null : await runToCompare(other, entry, runs, session)
    return [
      ...runLines(run),
      `route ${quoted(run.route)}; run ${quoted(entry.id)}`,
      ...(before === null ? [] : [comparisonLine(before, run) ?? 'the two runs share no load to compare at']),
      `next: ${await nextAfterRun(session, run, report)}`,
    ]
  },
}

/** The run that a model wants to compare with. Throws `HR_RUN_FILE` or `HR_BASELINE` where there is none. */
async function runToCompare(
  name: string,
  entry: RunEntry,
  runs: readonly RunEntry[],
  { host }: AgentSession,
): Promise<Run> {
  if (name === 'baseline') {
    const baseline = await baselineOf(host.root, entry.route)
    if (baseline !== null) return baseline
    throw new Failure('HR_RUN_FILE', l10n.t('{0} has no baseline.', oneLine(entry.route)))
  }
  if (name === 'previous') {
    const previous = runs.find(({ id, route }) => route === entry.route && id !== entry.id)
    if (previous !== undefined) return readKeptRun(previous)
    throw new Failure('HR_RUN_FILE', l10n.t('{0} has no earlier run.', oneLine(entry.route)))
  }
  // Only what the project kept: an id is no path.
  return readKeptRun(await findRun(host.root, oneLine(name)))
}
