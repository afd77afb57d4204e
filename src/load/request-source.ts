import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { RequestTemplate } from '../model/load-plan.ts'
import { parameterNames } from '../model/route.ts'
import type { WireRequest } from './connection.ts'

/** Text, or a value to be filled in: `quoted` inside a JSON string, where it is escaped. */
type Part = string | { readonly name: string; readonly quoted: boolean }

/** Values that a user read from earlier answers, by name. */
export type Captured = ReadonlyMap<string, string>

/** Gives one request after another, parameters filled in. */
export interface RequestSource {
  readonly next: (captured: Captured) => WireRequest
}

export interface SourceOptions {
  /** Goes before every path. */
  readonly pathPrefix: string
  /** Draws 0..1: the same sequence always gives the same requests. */
  readonly random: () => number
  /** Names that earlier requests of the flow capture. */
  readonly captures: ReadonlySet<string>
}

/**
 * Compiles a template into a source of requests. Each parameter's value is captured, or drawn evenly from its values, once
 * a request: percent-encoded in the path (`:name`), as it is in headers and body (`{{name}}`). A template without
 * parameters always gives the same object. Throws `HR_PARAMETER` for a parameter without values.
 */
export function requestSource(template: RequestTemplate, options: SourceOptions): RequestSource {
  const path = compilePath(template, options)
  const headers = Object.entries(template.headers).flatMap(([name, value]) => [
    [name.toLowerCase()],
    compileText(value, template, options),
  ])
  const body = template.body === null ? null : compileText(template.body, template, options)
  const fillHeaders = unlessConstant(headers.flat(), (value) => headers.map((parts) => fill(parts, value)))
  const fillBody = unlessConstant(body ?? [], (value) =>
    body === null ? null : Buffer.from(fill(body, value)),
  )
  const build = (value: ValueOf, rows: number | null): WireRequest => ({
    method: template.method,
    path: options.pathPrefix + fill(path, (name) => encodeURIComponent(value(name).toWellFormed())),
    headers: fillHeaders(value),
    body: fillBody(value),
    rows,
  })
  const names = namesIn([...path, ...headers.flat(), ...(body ?? [])])
  if (names.length === 0) {
    const only = build(() => '', null)
    return { next: () => only }
  }
  const rowsOf = rowsByValue(template)
  return {
    next: (captured) => {
      const value = drawing(names, template, options.random, captured)
      return build(value, rowsOf === null ? null : rowsOf(value))
    },
  }
}

/** How many rows the answer for drawn values must hold, after the template's rule; null where it has none. */
function rowsByValue({ rowRule, parameters }: RequestTemplate): ((value: ValueOf) => number | null) | null {
  const { values = [], rows = [] } = parameters[rowRule?.parameter ?? ''] ?? {}
  if (rowRule === undefined || rows.length !== values.length) return null
  const { parameter, atMost } = rowRule
  const known = new Map(values.map((value, at) => [value, Math.min(rows[at] ?? 0, atMost ?? Infinity)]))
  return (value) => known.get(value(parameter)) ?? null
}

type ValueOf = (name: string) => string

/** What `make` makes of values, made only once where the parts hold none: the same array is written without looking again. */
function unlessConstant<Made>(
  parts: readonly Part[],
  make: (value: ValueOf) => Made,
): (value: ValueOf) => Made {
  if (namesIn(parts).length > 0) return make
  const made = make(() => '')
  return () => made
}

/** One value for each name, so that path and body of a request speak of the same thing. */
function drawing(
  names: readonly string[],
  template: RequestTemplate,
  random: () => number,
  captured: Captured,
): ValueOf {
  const draw = (name: string): string => {
    const values = template.parameters[name]?.values ?? []
    return captured.get(name) ?? values[Math.floor(random() * values.length)] ?? ''
  }
  const [only] = names
  if (names.length === 1 && only !== undefined) {
    const value = draw(only)
    return () => value
  }
  const drawn = new Map(names.map((name) => [name, draw(name)]))
  return (name) => drawn.get(name) ?? ''
}

function compilePath(template: RequestTemplate, { captures }: SourceOptions): Part[] {
  const [pathname = ''] = template.path.split('?')
  const hasValues = (name: string): boolean =>
    captures.has(name) || (template.parameters[name]?.values.length ?? 0) > 0
  const missing = parameterNames(pathname).find((name) => !hasValues(name))
  if (missing !== undefined) throw missingValues(missing)
  const path = template.path.startsWith('/') ? template.path : `/${template.path}`
  // A name in the query string that has no values is text, as in ?at=10:30.
  return path
    .split(/(:[A-Za-z_][A-Za-z0-9_]*)/)
    .filter((part) => part !== '')
    .map((part) =>
      part.startsWith(':') && hasValues(part.slice(1))
        ? { name: part.slice(1), quoted: false }
        : part.replaceAll(notInPath, encodeURIComponent),
    )
}

/** What a path may not hold as it is; percent signs are taken for what is encoded already. */
const notInPath = /[^\x21-\x7e]+/g

const placeholder = /("?)\{\{\s*([A-Za-z_]\w*)\s*\}\}/g

function compileText(text: string, template: RequestTemplate, { captures }: SourceOptions): Part[] {
  const parts: Part[] = []
  let end = 0
  let quotes = 0
  for (const { 0: match, 1: quote = '', 2: name = '', index } of text.matchAll(placeholder)) {
    if (!captures.has(name) && (template.parameters[name]?.values.length ?? 0) === 0) {
      throw missingValues(name)
    }
    const before = text.slice(end, index) + quote
    quotes += before.replaceAll(/\\./g, '').split('"').length - 1
    parts.push(before, { name, quoted: quotes % 2 === 1 })
    end = index + match.length
  }
  return [...parts, text.slice(end)].filter((part) => part !== '')
}

function fill(parts: readonly Part[], value: ValueOf): string {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else text += part.quoted ? JSON.stringify(value(part.name)).slice(1, -1) : value(part.name)
  }
  return text
}

function namesIn(parts: readonly Part[]): string[] {
  return [...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])))]
}

function missingValues(name: string): Failure {
  return new Failure(
    'HR_PARAMETER',
    l10n.t('`:{0}` needs values. One repeated value mostly measures a cache.', name),
    { actions: [{ id: 'enter-values', title: l10n.t('Enter Values'), argument: name }] },
  )
}
