import * as l10n from '@vscode/l10n'
import { isSource, SourceTree } from '../../analysis/source-tree.ts'
import { Failure } from '../../model/failure.ts'
import type { CheckReport } from '../../model/finding.ts'
import { routeKey, type Route } from '../../model/route.ts'
import type { Endpoint } from '../endpoint.ts'
import { changedRoutes, type ChangedRange } from '../origins/changes.ts'
import type { ChangedFile, Side } from './before-tree.ts'
import { changedLinesOf } from './changed-lines.ts'
import { named, oneLine } from './code.ts'
import { CodeSides } from './code-sides.ts'
import { closure } from './module-graph.ts'

/** A change, what was found in the code before and after it, and the endpoint that it is to be measured at. */
export interface ReachQuestion {
  readonly root: string
  readonly endpoint: Endpoint
  readonly files: readonly ChangedFile[]
  readonly reports: Readonly<Record<Side, CheckReport>>
}

const sides = ['before', 'after'] as const
/** What people and agents read; no server does. */
const document = /(?:^|\/)(?:README|CHANGELOG|CONTRIBUTING|LICENSE|AGENTS|CLAUDE)(?:\.md|\.txt)?$/

/** Throws `HR_OTHER_ROUTE` for a change that cannot concern the endpoint; where that isn't certain, nothing happens. */
export function assertReaches(question: ReachQuestion): void {
  const elsewhere = findElsewhere(question)
  if (elsewhere === null) return
  const { method, path } = question.endpoint
  const [route, places] = [oneLine(`${method} ${path}`), named(elsewhere.files)]
  throw new Failure(
    'HR_OTHER_ROUTE',
    elsewhere.routes.length === 0
      ? l10n.t("This change doesn't reach {0}: it is in {1}, which its handler does not use.", route, places)
      : l10n.t(
          "This change doesn't reach {0}: it is in {1}, which its handler does not use. Name the route that it concerns: {2}",
          route,
          places,
          named(elsewhere.routes),
        ),
  )
}

/** Where a change is that doesn't concern an endpoint, and the keys of the routes that it does concern, as far as is known. */
export interface Elsewhere {
  readonly files: readonly string[]
  readonly routes: readonly string[]
}

/**
 * Where none of the changed files concerns the endpoint for certain; null where one may. Everything may that its handler's file
 * leads to, and what runs beside other handlers: where the server starts, what it is configured by, middleware. A changed
 * line is elsewhere within the registration of another endpoint, and in files that only such lines lead to.
 */
export function findElsewhere(question: ReachQuestion): Elsewhere | null {
  const { root, endpoint, reports } = question
  const files = question.files.filter(({ file }) => !document.test(file))
  const own = sides.flatMap((side) => reports[side].routes.filter((route) => mayAnswer(route, endpoint)))
  const isKnown = sides.every((side) => reports[side].problems.every(({ kind }) => kind === 'suppression'))
  const isCode = files.length > 0 && files.every(({ file }) => isSource(file))
  if (!isKnown || !isCode || own.length === 0 || own.some(({ handler }) => handler === null)) return null
  const disk = new SourceTree(root).read([]).texts
  if (files.some(({ file, after }) => after !== null && !disk.has(file))) return null
  const code = new CodeSides(disk, files, reports, new Set(own.map(routeKey)))
  const start = own.flatMap(filesOfRoute)
  const used = closure(start, (file) => code.next(file))
  const always = closure([...used, ...code.starts(start)], (file) =>
    used.has(file) ? code.next(file) : code.nextAlways(file),
  )
  const isOpen = [...always].some((file) => (used.has(file) ? code.isOpen(file) : code.isOpenAlways(file)))
  const isElsewhere = (each: ChangedFile): boolean =>
    !used.has(each.file) && (!always.has(each.file) || code.isInOtherRoutes(each))
  if (isOpen || !files.every(isElsewhere)) return null
  const names = files.map(({ file }) => file)
  return { files: names, routes: routesConcerned({ ...question, files }, code, names) }
}

/** The endpoints that a change concerns: by its lines, else by the files that it is in; none where that isn't known. */
function routesConcerned(
  { files, reports }: ReachQuestion,
  code: CodeSides,
  names: readonly string[],
): string[] {
  const touched = sides.flatMap((side) => {
    const lines = files.map((each): [string, ChangedRange[]] => [
      each.file,
      changedLinesOf(each)[side].map((line) => ({ start: line, end: line })),
    ])
    return changedRoutes(reports[side], new Map(lines))
  })
  if (touched.length > 0) return keysOf(touched)
  const leadsThere = (start: Iterable<string>): boolean => {
    const found = closure(start, (file) => code.next(file))
    return names.some((name) => found.has(name))
  }
  const { routes } = reports.after
  const byLines = routes.filter((route) => leadsThere(code.namedBy(route)))
  return keysOf(byLines.length > 0 ? byLines : routes.filter((route) => leadsThere(filesOfRoute(route))))
}

function keysOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.map(routeKey))]
}

function filesOfRoute({ file, handler }: Route): string[] {
  return handler === null ? [file] : [file, handler.file]
}

/** Whether requests to an endpoint may be answered by a route: also one whose pattern only some values fit. */
function mayAnswer({ method, path }: Route, endpoint: Endpoint): boolean {
  const isMethod =
    method === endpoint.method || method === 'ALL' || (method === 'GET' && endpoint.method === 'HEAD')
  if (!isMethod) return false
  if (/[*?+(){}[\]]/.test(path)) return true
  const [own, asked] = [segmentsOf(path), segmentsOf(endpoint.path.replace(/\?.*$/, ''))]
  return (
    own.length === asked.length &&
    own.every((part, at) => part === asked[at] || part.startsWith(':') || asked[at]?.startsWith(':') === true)
  )
}

function segmentsOf(path: string): string[] {
  return path
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '')
}
