import { hash32, hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { isTextNamed } from './text.ts'

const sources = ['web', 'web', 'mobile', 'api', 'import'] as const

/** Small JSON objects. */
export const json: Generator = {
  id: 'json',
  description: 'small JSON objects',
  example: { column: exampleColumn('metadata', 'json', 'JSON'), unique: false },
  suggest: (column, { unique }) => {
    const isNamed = isTextNamed(column, /json$|^metadata$|^settings$|^preferences$|^payload$|^properties$/)
    if (unique || (column.maxLength ?? 60) < 60 || (column.type !== 'json' && !isNamed)) return null
    return { options: {}, reason: isNamed ? 'named like JSON' : `its type: ${column.declaredType}` }
  },
  compile: (_options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => `{"source":"${pick(sources, key, index)}","version":${1 + (hash32(key, index) % 9)}}`
  },
}
