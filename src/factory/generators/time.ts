import { hashFraction, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, ValueOf } from './generator.ts'
import { textOption } from './options.ts'
import { words } from './text.ts'

const dayMillis = 86_400_000
const firstMillis = Date.UTC(2024, 0, 1)
const spanMillis = 2 * 365 * dayMillis
/** The row at which half of the time span is over: time passes more slowly the more rows there are, and never reaches the end. */
const halfwayRows = 10_000

type Moment = 'created' | 'later' | 'birth' | 'due'

/** Dates and times, stored as the column's rows store them. Those of creation ascend with the row's index, from 2024 to 2025. */
export const time: Generator = {
  id: 'time',
  description: 'dates and times that ascend with the rows',
  example: {
    column: { ...exampleColumn('created_at', 'datetime', 'DATETIME'), timeFormat: 'sql' },
    unique: false,
  },
  suggest: (column, { unique }) => {
    if (column.type !== 'datetime' && column.type !== 'date') return null
    const name = words(column.name)
    const rare = /delet|archiv|cancel|revok|ban|suspend/.test(name)
    const format = column.timeFormat ?? (column.type === 'date' ? 'day' : 'sql')
    return {
      options: { format, moment: momentOf(name), unique },
      reason: `${momentReasons[momentOf(name)]}, stored as ${format}`,
      nullRate: rare ? 0.95 : /last_|seen|login|complet|finish|read_|publish|verif/.test(name) ? 0.2 : 0,
    }
  },
  compile: (options, context) => {
    const format = formats[textOption(options, 'format')] ?? asSql
    if (options.unique === true) {
      const step = options.format === 'day' ? dayMillis : 1000
      return (index) => format(firstMillis + index * step)
    }
    const key = hashKey(context.seed, context.table, context.column)
    const millis = momentMillis(textOption(options, 'moment'), (index) => hashFraction(key, index))
    return (index) => format(Math.floor(millis(index)))
  },
}

const momentReasons: Readonly<Record<Moment, string>> = {
  created: 'a time that ascends with the rows',
  later: 'a time after the creation',
  birth: 'a date of birth',
  due: 'a time up to a year after the creation',
}

function momentOf(name: string): Moment {
  if (/birth|dob/.test(name)) return 'birth'
  if (/due|expir|until|valid_to|end/.test(name)) return 'due'
  return /updat|modif|delet|archiv|last_|seen|login|cancel|complet|finish|read_|verif/.test(name)
    ? 'later'
    : 'created'
}

function momentMillis(moment: string, fraction: (index: number) => number): (index: number) => number {
  if (moment === 'birth') return (index) => Date.UTC(1950, 0, 1) + fraction(index) * 55 * 365 * dayMillis
  if (moment === 'due') return (index) => created(index) + fraction(index) * 365 * dayMillis
  if (moment === 'later') return (index) => created(index) + fraction(index) * 30 * dayMillis
  return created
}

/** Ascends with the index, whatever the number of rows will be. */
function created(index: number): number {
  return firstMillis + spanMillis * (index / (index + halfwayRows))
}

function asSql(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19).replace('T', ' ')
}

const formats: Readonly<Record<string, (millis: number) => ReturnType<ValueOf>>> = {
  iso: (millis) => new Date(millis).toISOString(),
  sql: asSql,
  day: (millis) => new Date(millis).toISOString().slice(0, 10),
  'epoch-seconds': (millis) => Math.floor(millis / 1000),
  'epoch-millis': (millis) => millis,
}
