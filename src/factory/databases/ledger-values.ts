/** The names in a list that a ledger keeps as JSON. */
export function stringList(json: string): readonly string[] {
  const value: unknown = JSON.parse(json)
  return Array.isArray(value) ? value.map(String) : []
}

/** The numbers in a record that a ledger keeps as JSON. */
export function numberRecord(json: string): Readonly<Record<string, number>> {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, number]) => [name, Number(number)]))
}
