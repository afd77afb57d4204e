import * as l10n from '@vscode/l10n'
import { formatCount } from '../src/model/format.ts'
import type { Step } from '../src/model/load-plan.ts'
import type { SeedProgress } from '../src/model/seed-plan.ts'
import type { Tick } from '../src/model/run.ts'
import { loadText } from '../src/model/load-level.ts'
import { thinTicks } from '../src/report/content/ticks.ts'
import { emptySnapshot, type PanelSnapshot, type ToView } from '../src/model/panel.ts'

/** What the panel shows before the extension has said anything. */
export const initialSnapshot: PanelSnapshot = emptySnapshot('', null)

/** Ten minutes of ticks; when there are more, they are made half as many, so that hours take no more memory than minutes. */
const mostTicks = 2400

function stepActivity(step: Step, secondsLeft: number): string {
  const seconds = Math.max(1, Math.round(secondsLeft))
  return seconds < 90
    ? l10n.t('{0}, about {1} s left', loadText(step), seconds)
    : l10n.t('{0}, about {1} min left', loadText(step), Math.round(seconds / 60))
}

function seedingActivity({ phase, table, rowsDone, rowsTotal }: SeedProgress): string {
  if (phase === 'prepare' || phase === 'index') return l10n.t('Indexing {0}', table)
  const [done, total] = [formatCount(rowsDone), formatCount(rowsTotal)]
  return phase === 'undo'
    ? l10n.t('Taking rows of {0} back: {1} of {2} rows', table, done, total)
    : l10n.t('Adding rows to {0}: {1} of {2} rows', table, done, total)
}

/** The panel draws percentiles, not the histograms of intervals, which are most of a tick. */
function withoutHistogram(tick: Tick): Tick {
  return tick.histogram === '' ? tick : { ...tick, histogram: '' }
}

function withTick(ticks: readonly Tick[], tick: Tick): readonly Tick[] {
  const kept = ticks.length < mostTicks ? ticks : thinTicks(ticks, mostTicks / 2)
  return [...kept, withoutHistogram(tick)]
}

function taken(snapshot: PanelSnapshot): PanelSnapshot {
  if (snapshot.ticks.length <= mostTicks && snapshot.ticks.every(({ histogram }) => histogram === ''))
    return snapshot
  return { ...snapshot, ticks: thinTicks(snapshot.ticks, mostTicks / 2).map(withoutHistogram) }
}

/** Nothing is measured any more. */
function withoutStep({ step: _over, ...state }: PanelSnapshot): PanelSnapshot {
  return state
}

/**
 * The next state after one message of the protocol; pure, and parts that a message doesn't touch keep their identity.
 * A message of an unknown kind (from a newer extension) changes nothing.
 */
export function reduce(state: PanelSnapshot, message: ToView): PanelSnapshot {
  switch (message.kind) {
    case 'snapshot':
      return taken(message.snapshot)
    case 'activity':
      return { ...state, activity: message.activity }
    case 'plan':
      return { ...state, plan: message.plan, conditions: message.conditions }
    case 'preflight':
      return { ...state, preflight: message.preflight }
    case 'step-started':
      return {
        ...state,
        status: 'running',
        activity: stepActivity(message.step, message.secondsLeft),
        step: message.step,
      }
    case 'tick':
      return { ...state, status: 'running', ticks: withTick(state.ticks, message.tick) }
    case 'seeding':
      return { ...withoutStep(state), status: 'preparing', activity: seedingActivity(message.progress) }
    case 'volume':
      return { ...state, volume: message.volume }
    case 'step':
      return { ...state, steps: [...state.steps, message.step] }
    case 'verdict':
      return {
        ...withoutStep(state),
        status: 'finished',
        activity: '',
        verdict: message.verdict,
        comparison: message.comparison,
      }
    case 'failure':
      return { ...withoutStep(state), status: 'failed', activity: '', failure: message.failure }
    default:
      return state
  }
}
