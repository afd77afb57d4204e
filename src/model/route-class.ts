import type { HttpMethod } from './route.ts'

/** What a route is for, by which people set budgets. `other` has none of its own. */
export const routeClasses = ['auth', 'search', 'list', 'write', 'other'] as const
export type RouteClass = (typeof routeClasses)[number]

const authWords = new Set(
  'auth authenticate authorize oauth oauth2 sso saml oidc login logout signin signout signup register session sessions token tokens refresh password passwords passkey otp mfa 2fa csrf'.split(
    ' ',
  ),
)
const searchWords = new Set(
  'search searches find lookup query autocomplete typeahead suggest suggestions suggestion'.split(' '),
)
const listWords = new Set(
  'list all feed timeline index history inbox recent latest popular trending'.split(' '),
)
/** End in -s without being several of something. */
const singular = new Set(
  'status health address progress access process business news series analytics metrics settings'.split(' '),
)

/**
 * The class of a route, from its method, the words of its path, and the tables that its handler reads, where they are
 * known: what changes data is `write`, but for log-ins and searches by POST; a GET whose path ends in several of something
 * is a `list`, unless the handler is known to read no table.
 */
export function routeClass(
  { method, path }: { readonly method: HttpMethod; readonly path: string },
  reads: readonly string[] | null,
): RouteClass {
  const [place = '', query = ''] = path.split('?')
  const segments = place.split('/').filter((segment) => segment !== '')
  const words = segments.filter((segment) => !isParameter(segment)).flatMap(wordsOf)
  if (
    words.some((word) => authWords.has(word)) ||
    /\b(sign|log)[-_](in|out|up)\b/.test(place.toLowerCase())
  ) {
    return 'auth'
  }
  if (words.some((word) => searchWords.has(word)) || /(^|&)(q|query|search)=/.test(query)) return 'search'
  if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'ALL') return 'write'
  return isList(segments.at(-1) ?? '', reads) ? 'list' : 'other'
}

function isList(last: string, reads: readonly string[] | null): boolean {
  if (last === '' || isParameter(last) || reads?.length === 0) return false
  const word = wordsOf(last).at(-1) ?? ''
  if (listWords.has(word)) return true
  if (singular.has(word)) return reads?.some((table) => wordsOf(table).at(-1) === word) ?? false
  return /[^su]s$/.test(word) || word === 'people' || word === 'children'
}

function isParameter(segment: string): boolean {
  return /^[:*{[]/.test(segment)
}

/** `userProfiles`, `user-profiles` and `user_profiles` as `user`, `profiles`. */
function wordsOf(segment: string): string[] {
  return segment
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}
