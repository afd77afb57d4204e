import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions } from './generator.ts'
import { textOption } from './options.ts'
import { poolOf } from './pools.ts'
import type { PoolName } from './pools.ts'
import { finished, isTextNamed, maxLengthOf, textOptions, words } from './text.ts'

const mostNoun = 9

const subjects: readonly (readonly [RegExp, PoolName | 'fileNames', () => string])[] = [
  [
    /company(?:_name)?$|^organi[sz]ation(?:_name)?$|employer|^vendor(?:_name)?$|supplier_name|manufacturer|^brand$/,
    'companies',
    () => l10n.t('named like a company'),
  ],
  [
    /job_?title|contact_title|^position_title$|occupation|profession|^job$|^designation$/,
    'jobTitles',
    () => l10n.t('named like a job'),
  ],
  [/^department(?:_name)?$/, 'departments', () => l10n.t('named like a department')],
  [/colou?r(?:_name)?$/, 'colours', () => l10n.t('named like a colour')],
  [/user_?agent|^browser$/, 'userAgents', () => l10n.t('named like a browser')],
  [/mime|content_?type|media_?type|file_?type/, 'mimeTypes', () => l10n.t('named like a kind of file')],
  [
    /file_?name|original_?name|^file$|attachment$|(?:^|_)path$/,
    'fileNames',
    () => l10n.t('named like a file'),
  ],
  [/file_?ext(?:ension)?$/, 'fileExtensions', () => l10n.t('named like the end of a file name')],
  [/emoji|reaction$/, 'emoji', () => l10n.t('named like an emoji')],
  [/currency_?code/, 'currencies', () => l10n.t('named like a currency')],
]

/** Words of a trade: companies, job titles, colours, browsers, kinds of files, by the column's name. */
export const vocabulary: Generator = {
  id: 'vocabulary',
  get description() {
    return l10n.t('companies, job titles, colours, browsers, files')
  },
  example: { column: exampleColumn('company', 'text', 'TEXT'), unique: false },
  suggest: (column, { table, unique }) => {
    const isJob = isTextNamed(column, /^title$/) && /employee|staff|contact|people|person/.test(words(table))
    const subject = subjects.find(([pattern, pool]) =>
      isJob ? pool === 'jobTitles' : isTextNamed(column, pattern),
    )
    if (unique || subject === undefined) return null
    const [, pool, likeness] = subject
    const options = { ...textOptions(column, false), pool }
    return wordsOf(pool, options).length < 3 ? null : { options, reason: likeness() }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const pool = subjects.find(([, name]) => name === textOption(options, 'pool'))?.[1] ?? 'nouns'
    const list = wordsOf(pool, options)
    const nouns = pool === 'fileNames' ? wordsOf('nouns', { maxLength: mostNoun }) : null
    const text =
      nouns === null
        ? (index: number) => pick(list, key, index)
        : (index: number) => `${at(nouns, hash32(key, index) % nouns.length)}-${pick(list, key, index)}`
    return finished(text, options, key, { separator: '' })
  },
}

/** Those that the column can hold. File names are made of an adjective and an extension, and a noun before them. */
function wordsOf(pool: PoolName | 'fileNames', options: GeneratorOptions): readonly string[] {
  const room = maxLengthOf(options) - (pool === 'fileNames' ? mostNoun + 1 : 0)
  const list =
    pool === 'fileNames'
      ? poolOf('adjectives').flatMap((adjective) =>
          poolOf('fileExtensions').map((extension) => `${adjective}.${extension}`),
        )
      : poolOf(pool)
  return list.filter((word) => word.length <= room)
}
