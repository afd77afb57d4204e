import * as v from 'valibot'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { CheckReport, Finding } from '../../model/finding.ts'
import { routeKey, type Route } from '../../model/route.ts'
import { listRuns } from '../../workflows/history.ts'
import { budgetOf } from '../../workflows/prepare.ts'
import { chooseRoute, findingsOf } from '../chosen-route.ts'
import type { AgentHost } from '../host.ts'
import { text } from '../input.ts'
import { fixesOffered, withIds } from '../known-findings.ts'
import { lastResult } from '../kept-run.ts'
import { counted, oneLine, quoted } from '../one-line.ts'
import { fileInProject } from '../places.ts'
import { applyCall, loadTestCall, seedCall } from '../suggestion.ts'
import type { AgentSession } from '../session.ts'
import type { AgentTool } from '../tool.ts'

const input = v.strictObject({
  route: v.optional(text('Method and path as headroom_list_routes gives them: "GET /users/:userId".')),
  file_path: v.optional(
    text('Instead of route: a source file of the project, relative to it: "src/routes/users.ts".', 1000),
  ),
})

/** Findings in full; each takes two lines and more. */
const mostFindings = 8

export const inspectRoute: AgentTool<v.InferOutput<typeof input>> = {
  name: 'headroom_inspect_route',
  title: 'Inspect Endpoint',
  description:
    'Static findings of one endpoint, or of all in one file, without running anything: what breaks under load, at which line, and the fixes that Headroom can apply, each with finding_id, fix_id and expected_hash for headroom_apply_fix. Call it after every edit of a handler. Give route or file_path.',
  input,
  readOnly: true,
  destructive: false,
  confirm: () => Promise.resolve(null),
  async run(asked, { session }) {
    const { host } = session
    const report = await host.check()
    const { what, routes, findings } = await meantBy(asked, host, report)
    const [route] = routes
    if (route !== undefined) session.focus = routeKey(route)
    const blocks = await findingBlocks(host, report, findings.slice(0, mostFindings))
    const problems = report.problems.filter(({ file }) => routes.some((each) => concerns(each, file)))
    return [
      `${what}: ${counted(findings.length)}`,
      ...(routes.length === 1 && route !== undefined ? await contextLines(host, route, report) : []),
      ...blocks.flat(),
      ...(findings.length > mostFindings
        ? [`… ${findings.length - mostFindings} more findings: inspect one route at a time`]
        : []),
      ...problems
        .slice(0, 3)
        .map(({ file, line, message }) => `not inspected: ${oneLine(file, 80)}:${line} ${oneLine(message)}`),
      nextLine(session, findings.length),
    ]
  },
}

interface Meant {
  readonly what: string
  readonly routes: readonly Route[]
  readonly findings: readonly Finding[]
}

async function meantBy(
  { route, file_path: path }: v.InferOutput<typeof input>,
  host: AgentHost,
  report: CheckReport,
): Promise<Meant> {
  if ((route === undefined) === (path === undefined)) {
    throw new Failure('HR_INPUT', l10n.t('Give either "route" or "file_path", not both and not none.'))
  }
  if (route !== undefined) {
    const chosen = chooseRoute(route, report.routes)
    return {
      what: quoted(chosen.key),
      routes: [chosen.route],
      findings: findingsOf(chosen.key, report.findings),
    }
  }
  const file = await fileInProject(host.root, path ?? '')
  const routes = report.routes.filter((each) => each.file === file || each.handler?.file === file)
  const keys = new Set(routes.map(routeKey))
  const findings = report.findings.filter(
    (finding) => finding.file === file || finding.routes.some((key) => keys.has(key)),
  )
  return { what: `${oneLine(file)} (${routes.length} routes)`, routes, findings }
}

/** Budget, data and history: what the route is held to. */
async function contextLines(
  host: AgentHost,
  route: Route,
  { routes, reads }: CheckReport,
): Promise<string[]> {
  const key = routeKey(route)
  const config = await host.config()
  const place = route.handler ?? route
  const method = route.method === 'ALL' ? 'GET' : route.method
  const endpoint = { method, path: route.path }
  const { budget } = budgetOf({ endpoint, routes, config, reads: reads ?? {} })
  const last = (await listRuns(host.root)).find((run) => run.route === key)
  const budgetText = budget.map((threshold) => threshold.text).join(', ')
  const tables = (reads?.[key] ?? []).slice(0, 5).map((table) => oneLine(table, 40))
  return [
    `handler ${oneLine(place.file, 80)}:${place.line}; budget ${oneLine(budgetText, 60)}${tables.length === 0 ? '' : `; reads ${tables.join(', ')}`}`,
    last === undefined ? 'never load tested' : `last load test: ${lastResult(last)}`,
  ]
}

async function findingBlocks(
  host: AgentHost,
  report: CheckReport,
  findings: readonly Finding[],
): Promise<string[][]> {
  // Ids count equal lines in the whole report, so that they are the same whatever is asked for.
  const known = (await withIds(host, report.findings)).filter(({ finding }) => findings.includes(finding))
  return Promise.all(
    known.map(async ({ id, finding }) => {
      const { rule, file, line, message, routes } = finding
      const others = routes.length > 1 ? `; ${routes.length} routes reach it` : ''
      const offers = await fixesOffered(host, finding)
      return [
        `${id} ${rule} at ${oneLine(file, 80)}:${line}${others}`,
        `  ${oneLine(message, 190)}`,
        ...offers.map(
          ({ fix, hash }) =>
            `  fix (${fix.safety === 'safe' ? 'keeps the answer' : 'changes the answer: a person must agree'}): ${applyCall(id, fix.id, hash)}`,
        ),
        ...(offers.length === 0 ? ['  no fix that Headroom can apply: edit the code'] : []),
      ]
    }),
  )
}

function concerns(route: Route, file: string): boolean {
  return file === route.file || file === route.handler?.file
}

/** Measuring comes before changing: only then can anybody say that a change helped. */
function nextLine({ focus, hasSeeded }: AgentSession, findings: number): string {
  if (focus === null) return 'next: headroom_list_routes'
  const test = loadTestCall(focus)
  if (findings === 0) return `next: ${test}`
  return hasSeeded ? `next: ${test}` : `next: ${seedCall}, then ${test}`
}
