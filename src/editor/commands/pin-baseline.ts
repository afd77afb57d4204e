import type { Command } from '../headroom.ts'
import { asRunReference, findKeptRun, readKeptRun } from '../kept-runs.ts'
import { pinRun } from '../pin-run.ts'

/** Makes a kept run the baseline of its route. */
export const pinBaseline: Command = {
  id: 'headroom.pinBaseline',
  async run(_headroom, argument) {
    const reference = asRunReference(argument)
    const kept = reference === null ? null : await findKeptRun(reference)
    if (kept !== null) await pinRun(kept.place, await readKeptRun(kept))
  },
}

/** Takes the baseline of a kept run's route away. */
export const unpinBaseline: Command = {
  id: 'headroom.unpinBaseline',
  async run(_headroom, argument) {
    const reference = asRunReference(argument)
    const kept = reference === null ? null : await findKeptRun(reference)
    if (kept === null) return
    const { workflows } = await import('../workflows.ts')
    const baselines = await workflows.baselines()
    await baselines.unpinBaseline(kept.place.uri.fsPath, kept.entry.route)
  },
}
