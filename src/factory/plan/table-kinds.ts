import type { Table } from '../../model/schema.ts'
import { words } from '../generators/text.ts'

export type Scale = 'small' | 'medium' | 'production'

/** What a table is for, as far as its name and its references tell; decides how many rows it gets by itself. */
export type TableKind = 'look-up' | 'group' | 'root' | 'child' | 'join' | 'log'

const lookups: readonly (readonly [RegExp, number])[] = [
  [/countr/, 200],
  [/currenc/, 30],
  [/language|locale/, 20],
  [/timezone/, 60],
  [/permission|capabilit/, 40],
  [/role/, 6],
  [/plan|tier/, 5],
  [/status|state|stage|phase/, 8],
  [/type|kind/, 10],
  [/priorit|severit|level/, 5],
  [/categor/, 40],
  [/genre|topic/, 25],
  [/tag|label|keyword/, 200],
  [/feature|flag|setting|config/, 30],
  [/unit|colou?r|size|region/, 20],
]

const logWords =
  /^(?:activit(?:y|ies)|events?|logs?|audits?|histor(?:y|ies)|views?|visits?|clicks?|hits?|impressions?|metrics?|measurements?|readings?|samples?|messages?|notifications?|transactions?|traces?|requests?|feeds?|telemetry|analytics|logins?|deliver(?:y|ies))$/

const groupWords =
  /^(?:tenants?|organi[sz]ations?|orgs?|compan(?:y|ies)|workspaces?|teams?|departments?|stores?|shops?|warehouses?|branch(?:es)?|vendors?|suppliers?|brands?|schools?|clinics?|hospitals?|publishers?)$/

const rootWords =
  /^(?:users?|people|persons?|customers?|clients?|members?|accounts?|contacts?|profiles?|patients?|students?|players?|subscribers?|guests?|products?|items?|articles?|books?|films?|movies?|songs?|tracks?)$/

/** People and the like, who cause what logs record. */
const actorWords =
  /^(?:users?|people|persons?|customers?|clients?|members?|accounts?|patients?|students?|players?|subscribers?|devices?|sensors?)$/

/** The table's kind; `parents` are the kinds of the other tables that its rows refer to, `isTuple` whether they are unique by that alone. */
export function kindOf(table: Table, parents: readonly TableKind[], isTuple: boolean): TableKind {
  const parts = nameParts(table.name)
  const last = parts.at(-1) ?? ''
  const real = parents.filter((kind) => kind !== 'look-up')
  if (isTuple && parents.length > 1) return 'join'
  if (real.every((kind) => kind === 'group')) {
    if (real.length === 0 && logWords.test(last)) return 'log'
    if (groupWords.test(last)) return 'group'
    if (rootWords.test(last)) return 'root'
    if (real.length === 0) return lookupRows(table.name) === null ? 'root' : 'look-up'
  }
  if (isTuple) return 'join'
  return parts.some((part) => logWords.test(part)) ? 'log' : 'child'
}

/** Whether a table holds people and the like. */
export function isActor(name: string): boolean {
  return actorWords.test(nameParts(name).at(-1) ?? '')
}

/** Rows of a look-up table of that name, at production scale; null where it isn't one. */
export function lookupRows(name: string): number | null {
  const last = nameParts(name).at(-1) ?? ''
  return lookups.find(([pattern]) => pattern.test(last))?.[1] ?? null
}

function nameParts(name: string): readonly string[] {
  return words(name.slice(name.lastIndexOf('.') + 1))
    .split('_')
    .filter((part) => part !== '')
}

/** What a scale makes of the kinds: rows of tables that stand alone, and rows for each row of a parent. */
export interface ScaleRows {
  readonly root: number
  readonly group: number
  /** At most, of the usual number of a look-up table. */
  readonly lookup: number
  readonly perParent: Readonly<Record<'child' | 'join' | 'log', number>>
  /** At most in one table that was not asked for, by kind. */
  readonly most: Readonly<Record<'child' | 'join' | 'log', number>>
  /** At most in all tables that were not asked for. */
  readonly total: number
}

export const scales: Readonly<Record<Scale, ScaleRows>> = {
  small: {
    root: 1000,
    group: 20,
    lookup: 50,
    perParent: { child: 5, join: 3, log: 20 },
    most: { child: 20_000, join: 20_000, log: 50_000 },
    total: 500_000,
  },
  medium: {
    root: 10_000,
    group: 100,
    lookup: 100,
    perParent: { child: 5, join: 3, log: 100 },
    most: { child: 200_000, join: 200_000, log: 1_000_000 },
    total: 5_000_000,
  },
  production: {
    root: 100_000,
    group: 500,
    lookup: 200,
    perParent: { child: 5, join: 5, log: 500 },
    most: { child: 2_000_000, join: 2_000_000, log: 50_000_000 },
    total: 120_000_000,
  },
}
