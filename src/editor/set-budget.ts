import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import type { ProjectConfig } from '../workflows/config.ts'
import { configOverrides } from './configuration.ts'
import type { Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import { findRoute, type RouteReference } from './route-reference.ts'

/**
 * Asks for the budget of a route and keeps it in `headroom.config.json`; then offers the line that holds the endpoint to it
 * in CI. False where the user turned away. Throws what keeps the file from being written.
 */
export async function setBudget(
  { loadTests, history }: Headroom,
  inspector: Inspector,
  route: string,
  shown: Run | null = null,
): Promise<boolean> {
  const { folder } = inspector
  const { workflows } = await import('./workflows.ts')
  const { budgetProblem, suggestBudget, writeBudget } = await workflows.budgets()
  const { readConfig } = await workflows.config()
  const root = folder.uri.fsPath
  const config = await readConfig(root, configOverrides(folder.uri))
  const own = config.budgets[route]
  const run = shown ?? history.latest(folder, route)?.run ?? null
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Budget of {0}', route),
    prompt: vscode.l10n.t(
      'What it must keep to under load, for example p95<300ms,errors<1%. Kept in headroom.config.json; empty: the budget of the project.',
    ),
    value: own ?? suggestion(run, suggestBudget) ?? (await budgetInForce(inspector, route, config)),
    ignoreFocusOut: true,
    validateInput: (input) => (input.trim() === '' ? null : budgetProblem(input)),
  })
  if (text === undefined) return false
  const budget = text.trim() === '' ? null : text.trim()
  await writeBudget(root, route, budget)
  const reference: RouteReference = { folder: folder.uri.toString(), route }
  const { budget: _forOnce, ...choices } = loadTests.choices(reference)
  loadTests.choose(reference, choices)
  if (budget !== null) void offerCiLine(reference, budget)
  return true
}

/** The budget that a route is held to: its own, that of its class, or the project's; as it is written where it doesn't parse. */
export async function budgetInForce(
  { report }: Inspector,
  key: string,
  config: ProjectConfig,
): Promise<string> {
  const { workflows } = await import('./workflows.ts')
  const { budgetOf } = await workflows.prepare()
  const routes = report?.routes ?? []
  const route = findRoute(routes, key)
  const written = config.budgets[key] ?? config.budget
  if (route === null) return written
  const endpoint = { method: route.method === 'ALL' ? ('GET' as const) : route.method, path: route.path }
  try {
    const { budget } = budgetOf({ endpoint, routes, config, reads: report?.reads ?? {} })
    return budget.map(({ text }) => text).join(',')
  } catch {
    return written
  }
}

function suggestion(run: Run | null, suggest: (run: Run) => string): string | null {
  try {
    return run === null ? null : suggest(run)
  } catch {
    // A run that broke at once says nothing of what could be kept.
    return null
  }
}

async function offerCiLine(reference: RouteReference, budget: string): Promise<void> {
  const { route } = reference
  const [copy, open] = [vscode.l10n.t('Copy CI Line'), vscode.l10n.t('Open Configuration')]
  const message = vscode.l10n.t('{0} has the budget {1} now.', route, budget)
  const chosen = await vscode.window.showInformationMessage(message, copy, open)
  if (chosen === copy) await vscode.env.clipboard.writeText(ciLine(route))
  if (chosen === open) await vscode.commands.executeCommand('headroom.openConfiguration', reference)
}

/** What a CI job runs: it ends with 1 where the budget broke. */
function ciLine(route: string): string {
  return `npx headroom load ${JSON.stringify(route)} --start`
}
