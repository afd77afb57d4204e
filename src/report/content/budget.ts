import * as l10n from '@vscode/l10n'
import type { BudgetSource } from '../../model/budget.ts'
import type { LoadPlan } from '../../model/load-plan.ts'

/** A plan's budget, and where it came from where that says something: `p95<300ms (the budget of list routes)`. */
export function budgetText({ budget, budgetSource }: Pick<LoadPlan, 'budget' | 'budgetSource'>): string {
  const text = budget.map((threshold) => threshold.text).join(', ')
  if (text === '') return l10n.t('none')
  const source = budgetSource === undefined ? '' : sourceText(budgetSource)
  return source === '' ? text : `${text} (${source})`
}

function sourceText(source: BudgetSource): string {
  switch (source) {
    case 'order':
      return l10n.t('given for this run')
    case 'route':
      return l10n.t("this route's own budget")
    case 'auth':
      return l10n.t('the budget of auth routes')
    case 'search':
      return l10n.t('the budget of search routes')
    case 'list':
      return l10n.t('the budget of list routes')
    case 'write':
      return l10n.t('the budget of routes that write')
    default:
      return ''
  }
}
