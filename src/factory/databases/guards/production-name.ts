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
      `The ${what} \`${name}\` sounds like production, where Headroom never writes.`,
      'Use a database, user and host for development that are named otherwise.',
    )
  }
}
