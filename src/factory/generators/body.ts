import { hash32, hashKey } from '../hash.ts'
import { at } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { fitted, isTextNamed, maxLengthOf, textOptions } from './text.ts'
import { sentences } from './words.ts'

const optional = /bio|about|description|summary|notes?$|excerpt/

/** Paragraphs of one to six sentences. */
export const body: Generator = {
  id: 'body',
  description: 'paragraphs of text',
  example: { column: exampleColumn('body', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) =>
    isTextNamed(
      column,
      /^body|_body$|content|^text$|description|^bio$|about|message|comment|notes?$|summary|excerpt|details|review/,
    )
      ? {
          options: textOptions(column, unique),
          reason: 'named like a text of several sentences',
          nullRate: optional.test(column.name) ? 0.2 : 0,
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const unique = options.unique === true
    const room = maxLengthOf(options)
    return (index) => {
      const h = hash32(key, index)
      const count = 1 + (h % 6)
      let text = at(sentences, (h >>> 3) % sentences.length)
      for (let n = 1; n < count; n++) text += ` ${at(sentences, (h >>> (3 + 4 * n)) % sentences.length)}`
      return fitted(text, ' ', unique, room, key, index)
    }
  },
}
