import { Node, type SourceFile } from 'ts-morph'

/** Whether two answers say the same: equal data with the same nodes in it. What has methods is only equal to itself. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Node || b instanceof Node) return false
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b)
  if (a instanceof Map) return b instanceof Map && isSameList([...a].flat(), [...b].flat())
  if (a instanceof Set) return b instanceof Set && isSameList([...a], [...b])
  if (!isPlain(a) || !isPlain(b)) return false
  const entries = Object.entries(a)
  const others = new Map<string, unknown>(Object.entries(b))
  return (
    entries.length === others.size &&
    entries.every(([name, value]) => others.has(name) && isSame(value, others.get(name)))
  )
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => isSame(value, b[index]))
}

/** The files whose nodes an answer holds. What has methods is code, not data, and isn't looked into. */
export function filesOf(answer: unknown): SourceFile[] {
  if (typeof answer !== 'object' || answer === null) return []
  if (answer instanceof Node) return [answer.getSourceFile()]
  if (Array.isArray(answer) && answer.length === 0) return []
  const files = new Set<SourceFile>()
  const seen = new Set<object>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    if (value instanceof Node) return void files.add(value.getSourceFile())
    seen.add(value)
    if (value instanceof Map) for (const [key, held] of value) [key, held].forEach(visit)
    else if (Array.isArray(value) || value instanceof Set) for (const held of value) visit(held)
    else if (isPlain(value)) Object.values(value).forEach(visit)
  }
  visit(answer)
  return [...files]
}

function isPlain(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  return !Object.values(value).some((held) => typeof held === 'function')
}
