import * as l10n from '@vscode/l10n'
import { formatCount, formatMicros } from '../../model/format.ts'
import { loadOf, loadText } from '../../model/load-level.ts'
import type { LoadPlan } from '../../model/load-plan.ts'
import type { Conditions, Preflight, StepResult } from '../../model/run.ts'
import { budgetText } from './budget.ts'
import { correctionSentence } from './correction.ts'
import { preflightSentence } from './summary.ts'

/** How users went about it, where they did more than ask for the endpoint again and again on one connection. */
function mannerRows({ flows = [], thinkTime, transport }: LoadPlan): [term: string, text: string][] {
  const rows: [string, string][] = []
  if (flows.length > 1 || flows.some(({ requests }) => requests.length > 1)) {
    const texts = flows.map(({ name, weight, requests }) => {
      const share = flows.length > 1 ? ` (${l10n.t('weight {0}', weight)})` : ''
      return `${name}${share}: ${requests.map(({ method, path }) => `${method} ${path}`).join(', ')}`
    })
    rows.push([l10n.t('Flows'), texts.join('; ')])
  }
  if (thinkTime !== undefined) {
    const times = [...new Set([thinkTime.minMillis, thinkTime.maxMillis])]
    const [least = '', most] = times.map((millis) => formatMicros(millis * 1000))
    rows.push([l10n.t('Think time'), most === undefined ? least : l10n.t('{0} to {1}', least, most)])
  }
  if (transport?.protocol === 'http2') rows.push([l10n.t('Protocol'), 'HTTP/2'])
  if (transport?.connection === 'new')
    rows.push([l10n.t('Connections'), l10n.t('a new one for each request')])
  return rows
}

/** The load model by its name; what a run's own words say where they are of another version. */
function loadModelText({ model }: LoadPlan): string {
  return model === 'closed'
    ? l10n.t('closed: users wait for their answer')
    : l10n.t('open: arrivals continue whatever the server does')
}

/** `progressive: 10, 25, 50 users`. */
function profileText({ profile, model, steps, volume }: LoadPlan): string {
  const ramp = steps.filter((step) => step.phase === 'ramp')
  const levels = [...new Set(ramp.map((step) => formatCount(loadOf(step).value)))]
  const list = levels.join(', ')
  const loads =
    volume !== undefined
      ? l10n.t('{0} rows of {1}', list, volume.table)
      : model === 'open'
        ? l10n.t('{0} requests/s', list)
        : l10n.t('{0} users', list)
  return ramp.length > levels.length
    ? l10n.t('{0}: {1}, in {2} parts', profile, loads, ramp.length)
    : `${profile}: ${loads}`
}

function warmUpText({ steps }: LoadPlan): string {
  const warmUp = steps.find((step) => step.phase === 'warm-up')
  return warmUp === undefined
    ? l10n.t('none')
    : l10n.t('{0} s with {1}, left out of the results', warmUp.durationSeconds, loadText(warmUp))
}

function parametersText({ request }: LoadPlan): string {
  const parts = Object.entries(request.parameters).map(([name, { source, values }]) =>
    l10n.t(':{0} from {1} ({2} values)', name, source, formatCount(values.length)),
  )
  return parts.join('; ') || l10n.t('none')
}

/**
 * What a reader must know to repeat or to doubt the run, as pairs of a term and its text. With the steps that were measured
 * it says as well what raw and corrected latencies are.
 */
export function conditionRows(
  plan: LoadPlan,
  conditions: Conditions,
  preflight: Preflight | null,
  steps: readonly StepResult[] = [],
): [term: string, text: string][] {
  const rows = Object.entries(conditions.rows).map(([table, count]) => `${table} ${formatCount(count)}`)
  const correction = correctionSentence(plan, steps)
  const { platform, cores } = conditions
  const node = conditions.node.replace(/^v/, '')
  return [
    [l10n.t('Load model'), loadModelText(plan)],
    [l10n.t('Target'), l10n.t('{0} {1} on {2}', plan.request.method, plan.request.path, plan.baseUrl)],
    [l10n.t('Profile'), profileText(plan)],
    ...mannerRows(plan),
    [l10n.t('Warm-up'), warmUpText(plan)],
    [l10n.t('Budget'), budgetText(plan)],
    [l10n.t('Parameters'), parametersText(plan)],
    [
      plan.volume === undefined ? l10n.t('Rows in the database') : l10n.t('Rows before it grew'),
      rows.length === 0 ? l10n.t('not measured') : rows.join(', '),
    ],
    [l10n.t('Before the load'), preflight === null ? l10n.t('not measured') : preflightSentence(preflight)],
    ...(conditions.verified ?? []).map((line): [string, string] => [l10n.t('Rows in answers'), line]),
    [l10n.t('Latency'), l10n.t('of good answers only; failures are counted apart')],
    ...(correction === '' ? [] : [[l10n.t('Raw and corrected'), correction] satisfies [string, string]]),
    [
      l10n.t('Machine'),
      l10n.t('Node {0}, {1}, {2} cores, server and load on the same machine', node, platform, cores),
    ],
    [l10n.t('Started'), conditions.startedAt],
  ]
}
