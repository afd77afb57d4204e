import * as l10n from '@vscode/l10n'
import type { GrowthClass, Volume } from '../model/volume.ts'

const remarks: Readonly<Record<GrowthClass, (table: string) => string>> = {
  constant: (table) => l10n.t('Latency does not grow with the rows of {0}.', table),
  logarithmic: (table) => l10n.t('Latency grows logarithmically with the rows of {0}.', table),
  linear: (table) => l10n.t('Latency grows linearly with the rows of {0}.', table),
  quadratic: (table) => l10n.t('Latency grows quadratically with the rows of {0}.', table),
}

/**
 * What a sweep found, in one sentence behind the verdict: `Latency grows linearly with the rows of activities.` It speaks of
 * the median, which noise moves least.
 */
export function growthRemark({ table, growth }: Pick<Volume, 'table' | 'growth'>): string {
  const median = growth.find(({ metric }) => metric === 'p50')
  if (median === undefined || median.class === null) {
    return l10n.t('How latency grows with the rows of {0} is not clear.', table)
  }
  return remarks[median.class](table)
}
