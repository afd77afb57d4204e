import type { Answer } from '../model/run.ts'

/** The answers to the same requests, in the same order. */
export type Asking = readonly Answer[]

/** In what the answers to the same requests differ after a change. Places as `$.items[].id`; never a value. */
export interface ContractDifference {
  /** `200 → 500`, each once. */
  readonly statuses: readonly string[]
  readonly gone: readonly string[]
  readonly added: readonly string[]
  /** `$.id: number → string` */
  readonly retyped: readonly string[]
  /** Rows of the first answer whose number changed. */
  readonly rows: { readonly before: number; readonly after: number } | null
}

/**
 * Holds what clients get before a change against what they get after it. Both sides were asked several times: what differs
 * from one asking to the next on the same side, as where rows are drawn at random, says nothing about the change.
 */
export function compareAnswers(before: readonly Asking[], after: readonly Asking[]): ContractDifference {
  const [earlier, later] = [before.map(typesByPlace), after.map(typesByPlace)]
  const difference = { gone: [] as string[], added: [] as string[], retyped: [] as string[] }
  const places = new Set([...earlier, ...later].flatMap((types) => [...types.keys()]))
  for (const place of [...places].toSorted()) {
    const one = steady(earlier.map((types) => types.get(place) ?? null))
    const other = steady(later.map((types) => types.get(place) ?? null))
    if (one === undefined || one === other) continue
    // What lies inside of something that is gone needs no words of its own.
    if (other === null) outermost(difference.gone, place)
    else if (one === null) outermost(difference.added, place)
    else difference.retyped.push(`${place}: ${one} → ${other ?? '?'}`)
  }
  return { ...difference, statuses: changedStatuses(before, after), rows: changedRows(before, after) }
}

/** Whether clients see no difference at all. */
export function isSameContract({ statuses, gone, added, retyped, rows }: ContractDifference): boolean {
  return [statuses, gone, added, retyped].every((list) => list.length === 0) && rows === null
}

/** What all sides agree on; undefined where they don't. */
function steady<Value>(values: readonly Value[]): Value | undefined {
  const [first, ...others] = values
  return others.every((value) => value === first) ? first : undefined
}

/** The types at each place over all answers of an asking, as `null | string`. */
function typesByPlace(asking: Asking): Map<string, string> {
  const types = new Map<string, Set<string>>()
  for (const line of asking.flatMap(({ shape = [] }) => shape)) {
    const at = line.lastIndexOf(' ')
    const place = line.slice(0, at)
    types.set(place, (types.get(place) ?? new Set()).add(line.slice(at + 1)))
  }
  return new Map([...types].map(([place, names]) => [place, [...names].toSorted().join(' | ')]))
}

function outermost(places: string[], place: string): void {
  const isInside = places.some((outer) => place.startsWith(`${outer}.`) || place.startsWith(`${outer}[`))
  if (!isInside) places.push(place)
}

function changedStatuses(before: readonly Asking[], after: readonly Asking[]): string[] {
  const changes = (before[0] ?? []).flatMap((_, index) => {
    const one = steady(before.map((asking) => asking[index]?.status ?? null))
    const other = steady(after.map((asking) => asking[index]?.status ?? null))
    if (one === undefined || one === other) return []
    const worst = other === undefined ? worstOf(after.map((asking) => asking[index]?.status ?? null)) : other
    return [`${one ?? '–'} → ${worst ?? '–'}`]
  })
  return [...new Set(changes)]
}

/** The status that comes only sometimes: none at all counts more than any other. */
function worstOf(statuses: readonly (number | null)[]): number | null {
  return statuses.includes(null) ? null : Math.max(...statuses.map((status) => status ?? 0))
}

function changedRows(before: readonly Asking[], after: readonly Asking[]): ContractDifference['rows'] {
  for (const index of (before[0] ?? []).keys()) {
    const one = steady(before.map((asking) => asking[index]?.rows ?? null))
    const other = steady(after.map((asking) => asking[index]?.rows ?? null))
    if (typeof one === 'number' && typeof other === 'number' && one !== other) {
      return { before: one, after: other }
    }
  }
  return null
}
