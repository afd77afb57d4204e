import { at, hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { poolOf } from './pools.ts'
import { finished, isTextNamed, minLengthOf, textOptions } from './text.ts'

const optional = /bio|about|description|summary|notes?$|excerpt/

/** Paragraphs of one to six sentences, a few of them in other scripts. */
export const body: Generator = {
  id: 'body',
  description: 'paragraphs of text',
  example: { column: exampleColumn('body', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) =>
    isTextNamed(
      column,
      /^body|_body$|content|^text$|description|^bio$|about|message|comment|notes?$|summary|excerpt|details|review|question|answer/,
    )
      ? {
          options: textOptions(column, unique),
          reason: 'named like a text of several sentences',
          nullRate: optional.test(column.name) ? 0.2 : 0,
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const sentences = [...poolOf('sentences'), ...poolOf('foreignSentences')]
    const least = Math.ceil(minLengthOf(options) / 30)
    const text = (index: number) => {
      let h = hash32(key, index)
      const count = Math.max(least, 1 + (h % 6))
      let paragraph = at(sentences, (h >>> 3) % sentences.length)
      for (let n = 1; n < count; n++) {
        h = Math.imul(h, 0x9e3779b1) ^ (h >>> 15)
        paragraph += ` ${sentences[(h >>> 8) % sentences.length] ?? ''}`
      }
      return paragraph
    }
    return finished(text, options, key, { separator: ' ', edges: true })
  },
}
