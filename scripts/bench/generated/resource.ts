/** One kind of thing that the generated application keeps, from which all of its files follow. */
export interface Resource {
  readonly index: number
  /** `billing` of `billing/account`. */
  readonly area: string
  readonly noun: string
  /** `BillingAccount`. */
  readonly type: string
  /** `billingAccount`. */
  readonly name: string
  /** `billing_accounts`. */
  readonly table: string
  readonly columns: readonly Column[]
}

/** A column, named as in code and as in the table. */
export interface Column {
  readonly name: string
  readonly column: string
  readonly kind: 'string' | 'number' | 'boolean' | 'Date'
}

const areas = [
  'billing',
  'catalog',
  'contacts',
  'fleet',
  'hiring',
  'inventory',
  'legal',
  'marketing',
  'payroll',
  'planning',
  'support',
]
const nouns = ['account', 'document', 'entry', 'event', 'item', 'note', 'plan', 'request', 'schedule']

const columnPool: readonly (readonly [name: string, kind: Column['kind']])[] = [
  ['title', 'string'],
  ['status', 'string'],
  ['reference', 'string'],
  ['amount', 'number'],
  ['isActive', 'boolean'],
  ['startsAt', 'Date'],
  ['description', 'string'],
  ['priority', 'number'],
  ['isArchived', 'boolean'],
  ['endsAt', 'Date'],
  ['currency', 'string'],
  ['quantity', 'number'],
  ['isShared', 'boolean'],
  ['reviewedAt', 'Date'],
  ['region', 'string'],
  ['score', 'number'],
  ['language', 'string'],
  ['duration', 'number'],
]
const columnsEach = 11

/** The resources of the generated application, the same in every run. */
export const resources: readonly Resource[] = areas
  .flatMap((area) => nouns.map((noun) => ({ area, noun })))
  .map(({ area, noun }, index) => ({
    index,
    area,
    noun,
    type: capitalized(area) + capitalized(noun),
    name: area + capitalized(noun),
    table: `${area}_${noun.replace(/y$/, 'ie')}s`,
    columns: columnsOf(index),
  }))

/** The resource that every row of another one belongs to. */
export function parentOf({ index }: Resource): Resource {
  return at(resources, index * 7 + 5)
}

/** A resource that another one reads beside its own rows. */
export function neighbourOf({ index }: Resource): Resource {
  return at(resources, index * 3 + 11)
}

/** The item at an index that may run past the end, where it starts again. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('There is nothing to choose from.')
  return item
}

/** The relative import of a resource's file from another resource's folder. */
export function siblingModule({ area, noun }: Resource, kind: string): string {
  return `../../${area}/${noun}/${noun}.${kind}`
}

/** Which of some ways of writing a layer a resource takes; every ORM's resources take each of them. */
export function variantOf({ index }: Resource, ways: number): number {
  return Math.floor(index / 6) % ways
}

/** A text with its first letter in upper case. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** One line for each column. */
export function forColumns(resource: Resource, line: (column: Column) => string): string {
  return resource.columns.map(line).join('\n')
}

function columnsOf(index: number): Column[] {
  return Array.from({ length: columnsEach }, (_, offset) => {
    const [name, kind] = at(columnPool, index * 5 + offset)
    return { name, column: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), kind }
  })
}
