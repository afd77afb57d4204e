/** What work leaves behind besides its result: a row of these that is missing or written twice does no harm. */
const words = new Set([
  'log',
  'audit',
  'timeline',
  'notification',
  'notify',
  'session',
  'history',
  'activity',
  'token',
  'otp',
  'cache',
  'visit',
  'visitor',
  'hit',
  'metric',
  'tracking',
  'analytic',
  'seen',
  'view',
  'impression',
])

/** Whether a table holds by-products of other work, by the words of its name: `auditLogs`, `page_views`, not `reviews`. */
export function isByProduct(table: string): boolean {
  return wordsOf(table).some((word) => words.has(word))
}

/** The words of a name in camel case or with underscores, in lower case and the singular. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => word.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, ''))
}
