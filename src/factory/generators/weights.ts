const twoTo32 = 4294967296

/**
 * Draws a position by weights, of which at least one must be positive: gives the one that a 32-bit hash falls on. Exact to
 * 2^−32; where the position lies is looked up in 256 cells first.
 */
export function weighted(weights: readonly number[]): (hash: number) => number {
  const total = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0)
  let passed = 0
  const ends = Float64Array.from(weights, (weight, position) => {
    passed += Math.max(0, weight)
    return position === weights.length - 1 ? twoTo32 : Math.round((passed / total) * twoTo32)
  })
  // Those behind the last positive weight are never drawn.
  const last = weights.findLastIndex((weight) => weight > 0)
  ends.fill(twoTo32, last)
  const cells = Uint32Array.from({ length: 256 }, (_, cell) => ends.findIndex((end) => end > cell * 2 ** 24))
  return (hash) => {
    let position = cells[hash >>> 24] ?? 0
    while (hash >= (ends[position] ?? twoTo32)) position++
    return position
  }
}
