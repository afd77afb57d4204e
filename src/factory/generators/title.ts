import * as l10n from '@vscode/l10n'
import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { atlas } from './atlas.ts'
import { poolOf } from './pools.ts'
import { codeCapacity, finished, isTextNamed, textOptions, words } from './text.ts'

type Kind = 'company' | 'product' | 'department' | 'city' | 'state' | 'country' | 'title'

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/compan|organi[sz]ation|vendor|supplier|brand|tenant|manufacturer|employer|shipper/, 'company'],
  [/product|item|goods|article_name/, 'product'],
  [/categor|department|tag|topic|genre/, 'department'],
  [/city|cities/, 'city'],
  [/countr/, 'country'],
  [/states?$|^state_name|province/, 'state'],
]

/** Titles and names of things: companies, products … by the name of the column or its table. */
export const title: Generator = {
  id: 'title',
  get description() {
    return l10n.t('titles and names of things')
  },
  example: { column: exampleColumn('title', 'text', 'TEXT'), unique: false },
  suggest: (column, { table, unique }) => {
    if (!isTextNamed(column, /title$|^name$|_name$|^subject$|^headline$|^label$|^topic$|^tag$/)) return null
    const name = words(column.name)
    const about = name === 'name' ? words(table) : name
    return {
      options: {
        ...textOptions(column, unique),
        kind: kinds.find(([pattern]) => pattern.test(about))?.[1] ?? 'title',
      },
      reason: l10n.t('named like a title or name'),
      ...(unique ? { capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY) } : {}),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const second = hashKey(context.seed, context.table, context.column, 'noun')
    const isTitle = options.kind === 'title' || options.kind === undefined
    return finished(makerOf(String(options.kind), key, second), options, key, {
      separator: ' ',
      edges: isTitle,
    })
  },
}

function makerOf(
  kind: string,
  key: ReturnType<typeof hashKey>,
  second: typeof key,
): (index: number) => string {
  if (kind === 'company') return (index) => pick(poolOf('companies'), key, index)
  if (kind === 'department') return (index) => pick(poolOf('departments'), key, index)
  if (kind === 'city') return (index) => pick(atlas().cities, key, index)
  if (kind === 'country') return (index) => pick(atlas().countries, key, index).name
  if (kind === 'state') {
    const states = atlas().countries.flatMap((country) => country.states)
    return (index) => pick(states, key, index)
  }
  if (kind === 'product') {
    const kindsOfProduct = poolOf('productAdjectives').flatMap((adjective) =>
      poolOf('productMaterials').map((material) => `${adjective} ${material} `),
    )
    const products = poolOf('products')
    return (index) => pick(kindsOfProduct, key, index) + pick(products, second, index)
  }
  const adjectives = poolOf('adjectives').map(capitalized)
  const nouns = poolOf('nouns').map(capitalized)
  return (index) => `${pick(adjectives, key, index)} ${pick(nouns, second, index)}`
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
