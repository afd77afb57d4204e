import * as l10n from '@vscode/l10n'
import { type Counts, percentileOf } from '../../src/model/histogram.ts'
import { levelText, loadOf, loadText } from '../../src/model/load-level.ts'
import { countedSteps, fewestSamples } from '../../src/model/measure.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { StepResult } from '../../src/model/run.ts'
import { countsOf } from '../histogram.ts'
import type { Chart, Series } from './chart.ts'

const looks = [
  { colour: 'blue', shape: 'circle' },
  { colour: 'orange', shape: 'square' },
  { colour: 'purple', shape: 'triangle' },
] as const satisfies readonly Pick<Series, 'colour' | 'shape'>[]

/** p0 to p99.99 as 1/(1−p): the usual percentiles, and what is needed between them for a smooth line. */
const allOdds = [
  1, 1.33, 1.6, 2, 2.5, 3.3, 5, 7, 10, 14, 20, 30, 50, 70, 100, 140, 200, 333, 500, 700, 1000, 1400, 2000,
  3333, 5000, 10_000,
]

interface Distribution {
  readonly label: string
  readonly counts: Counts
}

/** The highest odds that so many answers support: ten must lie above it, or one in twenty, as for the percentiles in tables. */
export function highestOdds(total: number): number {
  return total < fewestSamples.p95 ? 2 : Math.max(20, total / 10)
}

function valuesOf({ counts }: Distribution, odds: readonly number[]): (number | undefined)[] {
  const highest = highestOdds(counts.total)
  return odds.map((odd) =>
    odd > highest ? undefined : (percentileOf(counts, 100 * (1 - 1 / odd)) ?? undefined),
  )
}

/** The steps that tell a run: the lightest, the heaviest that was good, and the first that broke or else the heaviest. */
function tellingSteps({ steps, verdict }: PanelSnapshot): StepResult[] {
  const counted = countedSteps(steps)
    .filter((step) => (countsOf(step)?.total ?? 0) > 0)
    .toSorted((one, other) => loadOf(one).value - loadOf(other).value)
  const broken = verdict?.breakingPoint ?? null
  const at = broken === null ? Number.POSITIVE_INFINITY : loadOf(broken).value
  const good = counted.findLast((step) => loadOf(step).value < at)
  const last = counted.findLast((step) => loadOf(step).value <= at) ?? counted.at(-1)
  return [...new Set([counted[0], good, last])].filter((step) => step !== undefined)
}

function distributionOf(step: StepResult): Distribution[] {
  const counts = countsOf(step)
  return counts === null ? [] : [{ label: loadText(step), counts }]
}

/** The run before at the heaviest load that both held, so that the two compare. */
function before({ before: run, steps }: PanelSnapshot): Distribution[] {
  const held = new Set(countedSteps(steps).map((step) => levelText(loadOf(step))))
  const step = countedSteps(run?.steps ?? [])
    .filter((each) => held.has(loadText(each)) && (countsOf(each)?.total ?? 0) > 0)
    .toSorted((one, other) => loadOf(other).value - loadOf(one).value)[0]
  const counts = step === undefined ? null : countsOf(step)
  if (step === undefined || counts === null) return []
  return [{ label: l10n.t('{0} before', loadText(step)), counts }]
}

/** Latency of good answers by percentile, on an axis of 1/(1−p); only as far as the number of answers supports it. */
export const percentiles = {
  id: 'percentiles',
  place: 'percentiles',
  build(state: PanelSnapshot) {
    const now = tellingSteps(state).flatMap(distributionOf)
    const past = before(state)
    const all = [...now, ...past]
    if (now.length === 0) return null
    const most = Math.max(...all.map(({ counts }) => highestOdds(counts.total)))
    const odds = allOdds.filter((odd) => odd <= most)
    const line = (distribution: Distribution): Pick<Series, 'label' | 'values' | 'breached'> => ({
      label: distribution.label,
      values: valuesOf(distribution, odds),
      breached: odds.map(() => false),
    })
    return {
      id: 'percentiles',
      title: l10n.t('Latency by percentile'),
      unit: 'micros',
      loads: odds,
      loadUnit: 'odds',
      loadName: l10n.t('percentile, at 1/(1−p)'),
      range: [1, odds.at(-1) ?? 2],
      isLogarithmic: true,
      series: [
        ...now.map((distribution, index): Series => {
          const look = looks[index] ?? looks[0]
          const emphasised = index === now.length - 1
          return { id: `step-${index}`, ...look, dashed: false, emphasised, ...line(distribution) }
        }),
        ...past.map((distribution): Series => ({
          id: 'before',
          colour: 'foreground',
          shape: 'none',
          dashed: true,
          emphasised: false,
          ...line(distribution),
        })),
      ],
      limits: (state.plan?.budget ?? []).flatMap(({ metric, limit, text }) =>
        metric === 'errors' || metric === 'rps' ? [] : [{ value: limit, label: l10n.t('budget {0}', text) }],
      ),
      markers: [],
      liveIndex: null,
    }
  },
} as const satisfies Chart
