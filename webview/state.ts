import { formatCount } from '../src/model/format.ts'
import { loadText } from '../src/model/load-level.ts'
import type { Step } from '../src/model/load-plan.ts'
import type { SeedProgress } from '../src/model/seed-plan.ts'
import { emptySnapshot, type PanelSnapshot, type ToView } from '../src/model/panel.ts'

/** What the panel shows before the extension has said anything. */
export const initialSnapshot: PanelSnapshot = { ...emptySnapshot('', null), activity: 'Opening' }

function stepActivity(step: Step, secondsLeft: number): string {
  const seconds = Math.max(1, Math.round(secondsLeft))
  const left = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
  return `${loadText(step)}, about ${left} left`
}

function seedingActivity({ phase, table, rowsDone, rowsTotal }: SeedProgress): string {
  if (phase === 'prepare' || phase === 'index') return `Indexing ${table}`
  const done = `${formatCount(rowsDone)} of ${formatCount(rowsTotal)} rows`
  return phase === 'undo' ? `Taking rows of ${table} back: ${done}` : `Adding rows to ${table}: ${done}`
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
      return message.snapshot
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
      return { ...state, status: 'running', ticks: [...state.ticks, message.tick] }
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
