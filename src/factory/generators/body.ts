import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey, nextHash } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { voices } from './sentences.ts'
import { finished, isTextNamed, minLengthOf, textOptions } from './text.ts'
import { weighted } from './weights.ts'

const optional = /bio|about|description|summary|notes?$|remarks?$|caption|reason$|excerpt/

/** How long texts are: of how many paragraphs, of how many sentences each; each number as likely as the others. */
interface Length {
  readonly paragraphs: readonly number[]
  readonly sentences: readonly number[]
}

const lengths = {
  note: { paragraphs: [1], sentences: [1, 1, 1, 1, 2] },
  description: { paragraphs: [1], sentences: [2, 2, 3, 3, 4] },
  article: { paragraphs: [1, 2, 2, 3], sentences: [2, 3, 3, 4, 5] },
} as const satisfies Record<string, Length>

const named: readonly (readonly [RegExp, keyof typeof lengths, () => string])[] = [
  [
    /^body|_body$|content|^text$|^article$/,
    'article',
    () => l10n.t('named like a text of several paragraphs'),
  ],
  [
    /description|^bio$|biography|about|details/,
    'description',
    () => l10n.t('named like a text of several sentences'),
  ],
  [
    /message|comment|notes?$|remarks?$|reason$|caption|summary|excerpt|review|question|answer/,
    'note',
    () => l10n.t('named like a text of a sentence or two'),
  ],
]

/** Sentences, in one language from the first to the last: one for a note, a few for a description, paragraphs for a body. */
export const body: Generator = {
  id: 'body',
  get description() {
    return l10n.t('notes, descriptions, paragraphs')
  },
  example: { column: exampleColumn('body', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) => {
    const match = named.find(([pattern]) => isTextNamed(column, pattern))
    if (match === undefined) return null
    const [, length, likeness] = match
    return {
      options: { ...textOptions(column, unique), length },
      reason: likeness(),
      nullRate: optional.test(column.name) ? 0.2 : 0,
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const all = voices()
    const voiceOf = weighted(all.map(({ weight }) => weight))
    const length: Length = lengths[isLength(options.length) ? options.length : 'article']
    const least = Math.ceil(minLengthOf(options) / 30)
    const text = (index: number) => {
      let h = hash32(key, index)
      const { sentences } = at(all, voiceOf(h))
      h = nextHash(h)
      let made = ''
      for (let left = oneOf(length.paragraphs, h); left > 0; left--) {
        h = nextHash(h)
        const count = Math.max(least, oneOf(length.sentences, h))
        h = nextHash(h)
        made = made === '' ? oneOf(sentences, h) : `${made}\n\n${oneOf(sentences, h)}`
        for (let n = 1; n < count; n++) {
          h = nextHash(h)
          made += ` ${oneOf(sentences, h)}`
        }
      }
      return made
    }
    return finished(text, options, key, { separator: ' ', edges: true })
  },
}

function isLength(name: unknown): name is keyof typeof lengths {
  return typeof name === 'string' && Object.hasOwn(lengths, name)
}

function oneOf<T>(values: readonly T[], h: number): T {
  return at(values, Math.floor((h / 4294967296) * values.length))
}
