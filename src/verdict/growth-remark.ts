import { growthWords, type Volume } from '../model/volume.ts'

/**
 * What a sweep found, in one sentence behind the verdict: `Latency grows linearly with the rows of activities.` It speaks of
 * the median, which noise moves least.
 */
export function growthRemark({ table, growth }: Pick<Volume, 'table' | 'growth'>): string {
  const median = growth.find(({ metric }) => metric === 'p50')
  if (median === undefined || median.class === null) {
    return `How latency grows with the rows of ${table} is not clear.`
  }
  return `Latency ${growthWords(median.class)} with the rows of ${table}.`
}
