import type { SourceFile } from 'ts-morph'
import type { PageLimits } from '../../intentions.ts'
import { styleOf } from './style.ts'

/** How a page is asked for: its type, and the function that reads it from a request. */
export interface PageForm {
  readonly helper: 'parsePage' | 'parseKeyPage'
  readonly type: string
  /** What a page holds beside its limit. */
  readonly start: 'offset' | 'after'
  /** The function that reads a page from a request, as lines in a file's style. */
  lines(file: SourceFile, page: PageLimits): string[]
}

/** Pages of `?limit` rows after `?offset` others. */
export const pageByOffset: PageForm = {
  helper: 'parsePage',
  type: '{ limit: number; offset: number }',
  start: 'offset',
  lines(file, { defaultLimit, maximumLimit }) {
    const { typed, indent, end } = styleOf(file)
    const parameters = typed ? `query: { limit?: unknown; offset?: unknown }): ${this.type}` : 'query)'
    const number = typed ? '(value: unknown, fallback: number)' : '(value, fallback)'
    return [
      `/** The page a request asks for: ?limit (${defaultLimit} by default, ${maximumLimit} at most) and ?offset (0 by default). */`,
      `function parsePage(${parameters} {`,
      `${indent}const wholeNumber = ${number} => {`,
      `${indent}${indent}const parsed = Number.parseInt(String(value), 10)${end}`,
      `${indent}${indent}return Number.isSafeInteger(parsed) ? parsed : fallback${end}`,
      `${indent}}${end}`,
      `${indent}const limit = Math.min(Math.max(wholeNumber(query.limit, ${defaultLimit}), 1), ${maximumLimit})${end}`,
      `${indent}return { limit, offset: Math.max(wholeNumber(query.offset, 0), 0) }${end}`,
      '}',
    ]
  },
}

/** Pages of `?limit` rows after the one whose key is `?after`. */
export function pageByKey(keyType: 'number' | 'string'): PageForm {
  const type = `{ limit: number; after: ${keyType} | undefined }`
  return {
    helper: 'parseKeyPage',
    type,
    start: 'after',
    lines(file, { defaultLimit, maximumLimit }) {
      const { typed, indent, end, quote } = styleOf(file)
      const parameters = typed ? `query: { limit?: unknown; after?: unknown }): ${type}` : 'query)'
      const number = typed ? '(value: unknown)' : '(value)'
      const isText = `typeof query.after === ${quote('string')} && query.after !== ${quote('')}`
      return [
        `/** The page a request asks for: ?limit (${defaultLimit} by default, ${maximumLimit} at most) rows after the one with the key ?after. */`,
        `function parseKeyPage(${parameters} {`,
        `${indent}const wholeNumber = ${number} => {`,
        `${indent}${indent}const parsed = Number.parseInt(String(value), 10)${end}`,
        `${indent}${indent}return Number.isSafeInteger(parsed) ? parsed : undefined${end}`,
        `${indent}}${end}`,
        `${indent}const limit = Math.min(Math.max(wholeNumber(query.limit) ?? ${defaultLimit}, 1), ${maximumLimit})${end}`,
        keyType === 'number'
          ? `${indent}return { limit, after: wholeNumber(query.after) }${end}`
          : `${indent}return { limit, after: ${isText} ? query.after : undefined }${end}`,
        '}',
      ]
    },
  }
}
