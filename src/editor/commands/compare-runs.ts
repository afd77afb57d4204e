import type { Command } from '../headroom.ts'
import { chooseOtherRun, showCompared } from '../compare-runs.ts'
import { asRunReferences, findKeptRun, readKeptRun } from '../kept-runs.ts'

/** Shows two kept runs over each other: those that are selected, or the one that was clicked and another one. */
export const compareRuns: Command = {
  id: 'headroom.compareRuns',
  async run(headroom, clicked, selected) {
    const found = await Promise.all(asRunReferences(clicked, selected).map(findKeptRun))
    const [one, other] = found.filter((kept) => kept !== null)
    if (one === undefined) return
    const run = await readKeptRun(one)
    const second = other === undefined ? await chooseOtherRun(one.place, run) : await readKeptRun(other)
    if (second !== null) await showCompared(headroom, one.place, [run, second])
  },
}
