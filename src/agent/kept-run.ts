import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { Failure } from '../model/failure.ts'
import type { Run } from '../model/run.ts'
import type { RunEntry } from '../workflows/history.ts'
import { ruleIds } from '../workflows/inspect.ts'
import { readRun } from '../workflows/runs.ts'
import { verdictWord } from './verdict-words.ts'

/*
 * Files in `.headroom` may come with a repository, and so from anybody. Of what they hold, models read numbers, places, and
 * words that Headroom knows.
 */

const figure = v.number()
const measured = v.nullable(figure)
const clause = v.pipe(
  v.string(),
  v.regex(/^(?:p\d{2,3}|p99\.9|max|errors|rps)[<>]\d+(?:\.\d+)?(?:[uµm]?s|m|%)?$/),
)
const level = { users: figure, rate: v.optional(figure), rows: v.optional(figure) }
const keptRun = v.object({
  route: v.string(),
  plan: v.object({
    budget: v.array(v.object({ text: clause, limit: figure })),
    steps: v.array(v.object(level)),
  }),
  preflight: v.nullish(v.object({ rows: measured })),
  steps: v.array(
    v.object({
      ...level,
      requests: figure,
      achievedRate: figure,
      complete: v.boolean(),
      latencyMicros: v.record(v.string(), measured),
      errors: v.record(v.string(), figure),
      statuses: v.record(v.pipe(v.string(), v.regex(/^\d{3}$/)), figure),
      server: v.object({ queriesPerRequest: measured }),
    }),
  ),
  verdict: v.object({
    kind: v.picklist(['holds', 'breaks', 'fails-before-load', 'not-measured', 'stopped']),
    breakingPoint: v.nullable(v.object({ ...level, threshold: clause, measured: figure })),
    causes: v.array(v.object({ rule: v.string(), file: v.string(), line: figure })),
  }),
})

/**
 * A kept run without the sentences in its file, and with the causes alone that name a rule and a place. Throws `HR_RUN_FILE`
 * where the file is missing, and `HR_RUN_FOREIGN` where it is of another route than the list of runs says, or holds anything
 * else than a run's numbers.
 */
export async function readKeptRun(entry: Pick<RunEntry, 'id' | 'file' | 'route'>): Promise<Run> {
  const run = await readRun(entry.file)
  if (run.route !== entry.route || !v.is(keptRun, run)) {
    throw new Failure(
      'HR_RUN_FOREIGN',
      l10n.t('{0} holds something else than the numbers of a run.', entry.id),
    )
  }
  return withoutSentences(run)
}

function withoutSentences(run: Run): Run {
  const { verdict } = run
  const causes = verdict.causes.filter(({ rule, file }) => ruleIds.includes(rule) && /^[^\s"`]+$/.test(file))
  return { ...run, verdict: { ...verdict, sentence: '', reasons: [], causes } }
}

/** The last load test in a few words, of the list of runs: `FAIL p95 1.2 s @ 50`. */
export function lastResult({ verdict, headline }: Pick<RunEntry, 'verdict' | 'headline'>): string {
  const isFigure = /^p95 [\d.,]+ (?:µs|ms|s) @ [\d.,]+(?:\/s| \p{L}+)?$/u.test(headline)
  return isFigure ? `${verdictWord(verdict)} ${headline.slice(0, 40)}` : verdictWord(verdict)
}
