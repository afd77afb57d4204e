import type { Provenance } from '../model/provenance.ts'

const aiInserted = 0.8
const insertedBlock = 0.4

/** How sure independent pieces of evidence make it together: 1 − Π(1 − weight). */
export function combinedScore(weights: readonly number[]): number {
  const doubt = weights.reduce((product, weight) => product * (1 - weight), 1)
  // Rounded, so that 0.5 and 0.6 together are 0.8 and not a bit less.
  return Math.round((1 - doubt) * 1e6) / 1e6
}

/** What a score is shown as; null where it is too low to be shown. */
export function labelOf(score: number): Provenance['label'] | null {
  if (score >= aiInserted) return 'ai-inserted'
  return score >= insertedBlock ? 'inserted-block' : null
}
