import { hash32, hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { fitted, isTextNamed, maxLengthOf, textOptions, words } from './text.ts'
import { cities, countryCodes, nouns } from './words.ts'

/** Cities, country codes, streets and postal codes. */
export const place: Generator = {
  id: 'place',
  description: 'cities, country codes, streets',
  example: { column: exampleColumn('city', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) => {
    if (unique || !isTextNamed(column, /city$|^town$|country(?:_code)?$|address|street|postal|zip/))
      return null
    const name = words(column.name)
    const part = /country/.test(name)
      ? 'country'
      : /postal|zip/.test(name)
        ? 'postal'
        : /city|town/.test(name)
          ? 'city'
          : 'street'
    return { options: { ...textOptions(column, false), part }, reason: 'named like a place' }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const room = maxLengthOf(options)
    const text = (index: number) => {
      if (options.part === 'country') return pick(countryCodes, key, index)
      if (options.part === 'city') return pick(cities, key, index)
      if (options.part === 'postal') return String(10_000 + (hash32(key, index) % 90_000))
      return `${1 + (hash32(key, index) % 199)} ${pick(nouns, key, index)} Street`
    }
    return (index) => fitted(text(index), '', false, room, key, index)
  },
}
