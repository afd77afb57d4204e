import { brotliDecompressSync, unzipSync } from 'node:zlib'
import * as l10n from '@vscode/l10n'
import type { Expectation } from '../model/load-plan.ts'
import { jsonPath } from './json-path.ts'

/** Says what is wrong with an answer, in a sentence without full stop; null where it is as expected. */
export type AnswerCheck = (status: number, body: string | null) => string | null

/** Whether a check needs to see the body. */
export function readsBody({ rows, json }: Expectation): boolean {
  return rows !== undefined || (json !== undefined && json.length > 0)
}

/** Compiles an expectation; without a status, any below 400 will do. Throws `HR_JSON_PATH`. */
export function answerCheck(expect: Expectation): AnswerCheck {
  const fields = (expect.json ?? []).map(({ path, ...wanted }) => ({ path, find: jsonPath(path), wanted }))
  return (status, body) => {
    if (expect.status === undefined ? status >= 400 : status !== expect.status) {
      return expect.status === undefined
        ? l10n.t('expected status below 400, got {0}', status)
        : l10n.t('expected status {0}, got {1}', expect.status, status)
    }
    if (!readsBody(expect)) return null
    const document = parseJson(body ?? '')
    if (document === undefined) return l10n.t('expected JSON')
    return wrongRows(expect.rows, countRows(document)) ?? wrongField(fields, document)
  }
}

/** The length of a JSON array, or of the only array in a JSON object; null for anything else. */
export function countRows(document: unknown): number | null {
  if (Array.isArray(document)) return document.length
  if (typeof document !== 'object' || document === null) return null
  const arrays = Object.values(document).filter((value) => Array.isArray(value))
  return arrays.length === 1 ? (arrays[0]?.length ?? null) : null
}

/** Parsed JSON; undefined where it isn't any. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A body as text, decompressed after its `content-encoding`; null where it can't be. */
export function bodyText(body: Buffer, encoding: string | null): string | null {
  try {
    switch (encoding?.toLowerCase() ?? 'identity') {
      case 'identity':
        return body.toString()
      case 'br':
        return brotliDecompressSync(body, { maxOutputLength: largestBodyBytes }).toString()
      case 'gzip':
      case 'x-gzip':
      case 'deflate':
        return unzipSync(body, { maxOutputLength: largestBodyBytes }).toString()
      default:
        return null
    }
  } catch {
    return null
  }
}

/** A larger answer is counted to its end, but not looked into. */
export const largestBodyBytes = 16_000_000

function wrongRows(wanted: Expectation['rows'], rows: number | null): string | null {
  if (wanted === undefined) return null
  const { min = 0, max = Infinity } = wanted
  if (rows === null) return l10n.t('expected rows, got none that can be counted')
  if (rows >= min && rows <= max) return null
  if (max === Infinity) return l10n.t('expected at least {0} rows, got {1}', min, rows)
  if (min !== max) return l10n.t('expected {0} to {1} rows, got {2}', min, max, rows)
  return min === 1 ? l10n.t('expected 1 row, got {0}', rows) : l10n.t('expected {0} rows, got {1}', min, rows)
}

/** What is wrong where an answer must hold exactly so many rows; null where it does. */
export function wrongRowCount(wanted: number, document: unknown): string | null {
  return wrongRows({ min: wanted, max: wanted }, countRows(document))
}

interface Field {
  readonly path: string
  readonly find: (document: unknown) => unknown
  readonly wanted: { readonly equals?: unknown }
}

function wrongField(fields: readonly Field[], document: unknown): string | null {
  for (const { path, find, wanted } of fields) {
    const value = find(document)
    if (value === undefined) return l10n.t('expected {0} in the answer', path)
    if (wanted.equals !== undefined && value !== wanted.equals) {
      return l10n.t('expected {0} to be {1}', path, JSON.stringify(wanted.equals))
    }
  }
  return null
}
