import * as v from 'valibot'
import type { CheckReport, Finding } from '../../model/finding.ts'
import { routeKey, type Route } from '../../model/route.ts'
import { listRuns, type RunEntry } from '../../workflows/history.ts'
import { lastResult } from '../kept-run.ts'
import { counted, oneLine, quoted } from '../one-line.ts'
import type { AgentTool } from '../tool.ts'

const input = v.strictObject({
  changed_only: v.optional(
    v.pipe(
      v.boolean(),
      v.description('true: only routes whose code differs from git HEAD, uncommitted work included.'),
    ),
    false,
  ),
})

/** So many fit into an answer beside its first and last line. */
const mostRoutes = 36

export const listRoutes: AgentTool<v.InferOutput<typeof input>> = {
  name: 'headroom_list_routes',
  title: 'List Endpoints',
  description:
    'Lists the HTTP endpoints of this project: method and path, source place, number of static findings (N+1 queries, missing pagination and the like), verdict of the last load test, and who wrote the handler where that is known. Start here; use changed_only after editing handlers.',
  input,
  readOnly: true,
  destructive: false,
  confirm: () => Promise.resolve(null),
  async run({ changed_only: changedOnly }, { session }) {
    const { host } = session
    const report = await host.check()
    const routes = changedOnly ? await changedIn(host.root, report) : report.routes
    const runs = await listRuns(host.root)
    const lines = routes
      .map((route) => ({ route, findings: findingsOf(route, report.findings) }))
      .toSorted((one, other) => other.findings.length - one.findings.length)
      .map(({ route, findings }) => routeLine(route, findings, runs))
    const [first] = lines
    const shown = lines.slice(0, mostRoutes)
    const left = lines.length - shown.length
    return [
      headLine(routes.length, report, changedOnly),
      ...shown.map(({ line }) => line),
      ...(left === 0 ? [] : [`… ${left} more: headroom_inspect_route file_path=… lists those of one file`]),
      first === undefined
        ? `next: ${changedOnly ? 'headroom_list_routes' : 'ask the person where the API is'}`
        : `next: headroom_inspect_route route=${first.route}`,
    ]
  },
}

async function changedIn(root: string, report: CheckReport): Promise<readonly Route[]> {
  const { changedLines, changedRoutes } = await import('../../workflows/origins/changes.ts')
  return changedRoutes(report, await changedLines(root, {}))
}

function findingsOf(route: Route, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ routes }) => routes.includes(routeKey(route)))
}

function headLine(count: number, { findings }: CheckReport, changedOnly: boolean): string {
  const routes = `${count} ${changedOnly ? 'changed ' : ''}${count === 1 ? 'route' : 'routes'}`
  return `${routes}; ${counted(findings.length)} in the project; most findings first`
}

function routeLine(
  route: Route,
  findings: readonly Finding[],
  runs: readonly RunEntry[],
): { readonly route: string; readonly line: string } {
  const key = routeKey(route)
  const place = route.handler ?? route
  const last = runs.find((run) => run.route === key)
  const rules = [...new Set(findings.map(({ rule }) => rule))].join(', ')
  const parts = [
    `${quoted(key)} ${oneLine(place.file, 80)}:${place.line}`,
    findings.length === 0 ? 'no findings' : `${counted(findings.length)} (${oneLine(rules, 80)})`,
    last === undefined ? 'never load tested' : `last: ${lastResult(last)}`,
    ...(route.provenance === undefined ? [] : [oneLine(route.provenance, 60)]),
  ]
  return { route: quoted(key), line: parts.join('; ') }
}
