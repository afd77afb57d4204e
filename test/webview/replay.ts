import type { PanelSnapshot, ToView } from '../../src/model/panel.ts'
import type { Run } from '../../src/model/run.ts'
import { initialSnapshot, reduce } from '../../webview/state.ts'

/** The state after all messages. */
export function replay(messages: readonly ToView[]): PanelSnapshot {
  return messages.reduce(reduce, initialSnapshot)
}

/** A finished state as the run it shows. */
export function runOf(state: PanelSnapshot, id: string): Run {
  const { plan, conditions: known, verdict } = state
  if (plan === null || known === null || verdict === null)
    throw new Error('The recording does not end with a verdict.')
  const { preflight, ticks, steps, volume } = state
  return {
    schema: 'headroom.run/1',
    id,
    route: state.route,
    file: 'src/routes/activities.ts',
    line: 12,
    plan,
    conditions: known,
    preflight,
    ticks,
    steps,
    verdict,
    ...(volume === undefined ? {} : { volume }),
  }
}

/** One message a line. */
export function ndjson(messages: readonly ToView[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('')
}
