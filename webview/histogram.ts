import { unzlibSync } from 'fflate'
import { type Counts, deflatedPayload, readCounts } from '../src/model/histogram.ts'

function decode(encoded: string): Counts | null {
  try {
    const deflated = deflatedPayload(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)))
    return deflated === null ? null : readCounts(unzlibSync(deflated))
  } catch {
    return null
  }
}

const known = new WeakMap<object, Counts | null>()

/** What a step's histogram counts, in microseconds; null where it has none. Decoded once a step. */
export function countsOf(step: { readonly histogram: string }): Counts | null {
  const kept = known.get(step)
  if (kept !== undefined) return kept
  const counts = step.histogram === '' ? null : decode(step.histogram)
  known.set(step, counts)
  return counts
}
