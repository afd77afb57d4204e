import * as l10n from '@vscode/l10n'
import { refusal } from './refusal.ts'

const productionWords: ReadonlySet<string> = new Set(['prod', 'prods', 'prd', 'production', 'live'])

/** Whether a name has a word that says production: `shop_prod`, `liveDb`, `prod-2`; not `products` or `olive`. */
export function looksLikeProduction(name: string): boolean {
  const words =
    name
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  return words.some((word) => productionWords.has(word))
}

/** Throws `HR_DATABASE_PRODUCTION` where one of the names, by what they name, looks like production. */
export function refuseProductionNames(names: Readonly<Record<string, string>>): void {
  for (const [what, name] of Object.entries(names)) {
    if (!looksLikeProduction(name)) continue
    throw refusal(
      'HR_DATABASE_PRODUCTION',
      problemOf(what, name),
      l10n.t('Use a database, user and host for development that are named otherwise.'),
    )
  }
}

function problemOf(what: string, name: string): string {
  if (what === 'host')
    return l10n.t('The host `{0}` sounds like production, where Headroom never writes.', name)
  if (what === 'user')
    return l10n.t('The user `{0}` sounds like production, where Headroom never writes.', name)
  return what === 'database'
    ? l10n.t('The database `{0}` sounds like production, where Headroom never writes.', name)
    : l10n.t('The {0} `{1}` sounds like production, where Headroom never writes.', what, name)
}
