import type { Command } from '../headroom.ts'
import { asRunReference, findKeptRun, readKeptRun } from '../kept-runs.ts'
import { keptRunContent } from '../panel-content.ts'

/** Opens a kept run in the results panel. */
export const openRun: Command = {
  id: 'headroom.openRun',
  async run({ panel }, argument) {
    const reference = asRunReference(argument)
    const kept = reference === null ? null : await findKeptRun(reference)
    if (kept !== null) panel.show(keptRunContent(kept.place, await readKeptRun(kept)))
  },
}
