import { oneLine } from '../../agent/one-line.ts'
import { verdictWord } from '../../agent/verdict-words.ts'
import type { Finding } from '../../model/finding.ts'
import { formatMicros } from '../../model/format.ts'
import { representativeStep } from '../../model/headline.ts'
import { loadText } from '../../model/load-level.ts'
import type { Run } from '../../model/run.ts'

/** What an assistant is told of a finding that it is to fix. */
export interface PromptFacts {
  readonly finding: Finding
  /** The last run of the finding's route, and whether its code has changed since. */
  readonly kept: { readonly run: Run; readonly stale: boolean } | null
  /** What the route is held to; null where the finding is in no route. */
  readonly budget: string | null
  /** What the rule's page says of it. */
  readonly guidance: string
}

const longest = 300

/**
 * The request to an assistant: the finding, what was measured, what must stay, and how to verify it. English, as all that
 * models read. Holds no code, no answers of the server and nothing of the environment; what others wrote is cut to one line.
 */
export function assistantPrompt({ finding, kept, budget, guidance }: PromptFacts): string {
  const { rule, message, file, line, route, path } = finding
  const calls = path.map((place) => `${oneLine(place.file)}:${place.line}`).join(' → ')
  const lines = [
    `Fix this finding of Headroom, and nothing else: ${oneLine(rule)}.`,
    `Finding: ${oneLine(message, longest)}`,
    `Place: ${oneLine(file)}:${line}`,
    ...(route === null ? [] : [`Endpoint: ${oneLine(route)}`]),
    ...(path.length < 2 ? [] : [`Reached by: ${oneLine(calls, longest)}`]),
    ...(kept === null ? [] : [measured(kept.run, kept.stale)]),
    ...(budget === null ? [] : [`Budget: ${oneLine(budget)}`]),
    '',
    guidance,
    '',
    'Keep the response contract: same status codes, same fields, same order. Say so where you cannot.',
    verification(route),
  ]
  return lines.join('\n').trim()
}

/** The figures of a run in one line; what was not measured is said to be so. */
function measured(run: Run, stale: boolean): string {
  const step = representativeStep(run)
  const { kind, breakingPoint } = run.verdict
  const when = stale ? 'Last load test, of the code before it was changed' : 'Last load test'
  if (step === null) return `${when}: not measured.`
  const { latencyMicros, server } = step
  const p95 = latencyMicros.p95 === null ? 'p95 not measured' : `p95 ${formatMicros(latencyMicros.p95)}`
  const queries =
    server.queriesPerRequest === null
      ? 'queries per request not measured'
      : `${Math.round(server.queriesPerRequest * 10) / 10} queries per request`
  // The run's file may come with a repository, and so from anybody.
  const broken = /^[a-z0-9.]{3,6}[<>][\d.]+(?:[uµm]?s|m|%)?$/.exec(breakingPoint?.threshold ?? '')?.[0]
  const end =
    breakingPoint === null
      ? verdictWord(kind)
      : `breaks at ${loadText(breakingPoint)}${broken === undefined ? '' : ` (${broken})`}`
  return oneLine(`${when}: ${p95} at ${loadText(step)}; ${queries}; ${end}.`, longest)
}

function verification(route: string | null): string {
  const inspect = 'headroom_inspect_route (or `headroom check`) no longer reports it'
  if (route === null) return `Then verify with headroom: ${inspect}.`
  const load = 'headroom_load_test_route (or `headroom load`)'
  return `Then verify with headroom: ${inspect}, and ${load} holds for ${JSON.stringify(oneLine(route))}.`
}

/** What a rule's page in `docs/rules` says of defect and remedy: all but its heading, its note on Headroom's own fix, and its examples. */
export function guidanceOf(page: string): string {
  const [introduction = '', ...sections] = page.split(/^## Example/m)[0]?.split(/^(?=## )/m) ?? []
  const about = introduction.split('\n').filter((each) => !/^(#|`[a-z-]+` ·)/.test(each))
  const others = sections.filter((section) => !section.startsWith('## The fix'))
  return [about.join('\n'), ...others.map((section) => section.replace(/^## (.*)$/m, '$1:'))]
    .map((part) => part.trim().replaceAll(/\n{2,}/g, '\n'))
    .filter((part) => part !== '')
    .join('\n')
}
