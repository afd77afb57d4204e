import * as vscode from 'vscode'
import { loadOf, type LoadLevel } from '../../model/load-level.ts'
import type { Step } from '../../model/load-plan.ts'
import { parameterNames, routeKey, type Route } from '../../model/route.ts'
import type { ProjectConfig } from '../../workflows/config.ts'
import type { Target } from '../../workflows/target.ts'
import {
  askAddress,
  askBody,
  askProfile,
  askRates,
  askRows,
  askUsers,
  askValues,
  type ProfileChoice,
} from '../ask-choices.ts'
import { chooseRoute } from '../choose-route.ts'
import { chooseInspector, isTrusted, type Command, type Headroom } from '../headroom.ts'
import type { Inspector } from '../inspector.ts'
import { readChosenConfig, type Choices } from '../load-test-session.ts'
import { actOnFailure, mayBegin, performLoadTest } from '../perform-load-test.ts'
import { asRouteReference, findRoute } from '../route-reference.ts'
import { budgetInForce, setBudget } from '../set-budget.ts'

/** Load tests one endpoint, after one prefilled question. */
export const loadTest: Command = {
  id: 'headroom.loadTest',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Load testing')))) return
    const reference = asRouteReference(argument)
    const inspector = await chooseInspector(headroom, reference?.folder)
    if (inspector === null) return
    const key = reference?.route ?? (await chooseRoute(inspector))
    const report = await inspector.current()
    const route = key === null ? null : findRoute(report?.routes ?? [], key)
    if (route === null) return
    const tested = { folder: inspector.folder.uri.toString(), route: routeKey(route) }
    if (!(await mayBegin(headroom, tested))) return
    try {
      if (await confirm(headroom, inspector, route))
        await performLoadTest(headroom, inspector, routeKey(route))
    } catch (error) {
      await headroom.failures.present(error, (action) => actOnFailure(headroom, inspector, tested, action))
    }
  },
}

function needsBody({ method }: Route): boolean {
  return ['POST', 'PUT', 'PATCH'].includes(method)
}

interface Item extends vscode.QuickPickItem {
  /** Asks for a change; null for the item that starts. */
  readonly change: (() => Promise<Choices | null>) | null
}

/** The one question, prefilled: true where the load test should start. Changes are kept and asked about again. */
async function confirm(headroom: Headroom, inspector: Inspector, route: Route): Promise<boolean> {
  const { loadTests } = headroom
  const { folder } = inspector
  const reference = { folder: folder.uri.toString(), route: routeKey(route) }
  const { workflows } = await import('../workflows.ts')
  const { findTarget } = await workflows.target()
  const { plannedSteps, profileChoices } = await workflows.profiles()
  for (;;) {
    const choices = loadTests.choices(reference)
    const config = await readChosenConfig(folder, choices)
    const target = await findTarget(folder.uri.fsPath, config)
    const profile = choices.profile ?? 'progressive'
    const load = { ...rampOf(plannedSteps(profile, config)), profile }
    const items = itemsFor(route, choices, config, {
      target,
      load,
      profiles: profileChoices,
      budget: choices.budget ?? (await budgetInForce(inspector, reference.route, config)),
      keepBudget: async () =>
        (await setBudget(headroom, inspector, reference.route)) ? loadTests.choices(reference) : null,
    })
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Load test {0}', reference.route),
      placeHolder: vscode.l10n.t('Press Enter to start'),
      // A panel that has just shown a verdict takes the focus, and must not take the question away.
      ignoreFocusOut: true,
    })
    if (picked === undefined) return false
    const missing = picked.change === null && needsBody(route) && choices.body === undefined
    if (picked.change === null && !missing) return true
    const changed = await (picked.change?.() ?? askBody(choices))
    if (changed !== null) loadTests.choose(reference, changed)
  }
}

/** The load that is about to be sent. */
interface Ramp {
  /** Users, requests a second in an open model, or rows in a sweep, at each step that counts. */
  readonly levels: readonly number[]
  readonly unit: LoadLevel['unit']
  /** How long each level is held; where it is one in several parts, as in a soak, how long in all. */
  readonly levelSeconds: number
  readonly inAll: boolean
  /** The whole run as planned; narrowing a breaking point takes longer. */
  readonly seconds: number
}

function rampOf(steps: readonly Step[]): Ramp {
  const ramp = steps.filter(({ phase }) => phase === 'ramp')
  const loads = ramp.map((step) => loadOf(step))
  const levels = [...new Set(loads.map(({ value }) => value))]
  const inAll = ramp.length > levels.length
  return {
    levels,
    unit: loads[0]?.unit ?? 'users',
    levelSeconds: inAll ? secondsOf(ramp) : (ramp[0]?.durationSeconds ?? 0),
    inAll,
    seconds: secondsOf(steps),
  }
}

function secondsOf(steps: readonly Step[]): number {
  return Math.round(steps.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) * 10) / 10
}

interface Surroundings {
  readonly target: Target
  readonly load: Ramp & { readonly profile: string }
  readonly profiles: readonly ProfileChoice[]
  readonly budget: string
  /** Asks for the budget and keeps it. */
  readonly keepBudget: () => Promise<Choices | null>
}

function itemsFor(
  route: Route,
  choices: Choices,
  config: ProjectConfig,
  { target, load, profiles, budget, keepBudget }: Surroundings,
): Item[] {
  const key = routeKey(route)
  const parameters = parameterNames(route.path).map((name): Item => {
    const given = choices.parameters?.[name] ?? config.parameters[name]
    return {
      label: vscode.l10n.t('$(edit) Values of :{0}…', name),
      description: given === undefined ? vscode.l10n.t('drawn from the database') : String(given),
      change: () => askValues(choices, name),
    }
  })
  const body: Item = {
    label: vscode.l10n.t('$(edit) Request body…'),
    description: choices.body ?? vscode.l10n.t('needed'),
    change: () => askBody(choices),
  }
  return [
    startItem(key, budget, load, target),
    { label: '', kind: vscode.QuickPickItemKind.Separator, change: null },
    ...parameters,
    ...(needsBody(route) ? [body] : []),
    {
      label: vscode.l10n.t('$(edit) Load profile…'),
      description: profiles.find(({ id }) => id === load.profile)?.title ?? load.profile,
      change: () => askProfile(choices, profiles),
    },
    levelsItem(choices, load),
    {
      label: vscode.l10n.t('$(edit) Budget…'),
      description: budget,
      change: keepBudget,
    },
    {
      label: vscode.l10n.t('$(edit) Address…'),
      description: `${target.baseUrl} (${target.source})`,
      change: () => askAddress(choices),
    },
  ]
}

const levelQuestions = { users: askUsers, 'requests/s': askRates, rows: askRows } as const

function levelsItem(choices: Choices, { levels, unit, levelSeconds: seconds, inAll }: Ramp): Item {
  const time = inAll ? vscode.l10n.t('{0} s in all', seconds) : vscode.l10n.t('{0} s each', seconds)
  const current = { levels, seconds, inAll }
  return {
    label: levelsLabel(unit),
    description: `${rampText(unit, levels.join(', '))}, ${time}`,
    change: () => levelQuestions[unit](choices, current),
  }
}

function levelsLabel(unit: Ramp['unit']): string {
  if (unit === 'rows') return vscode.l10n.t('$(edit) Rows and time…')
  return unit === 'users'
    ? vscode.l10n.t('$(edit) Users and time…')
    : vscode.l10n.t('$(edit) Rates and time…')
}

function startItem(route: string, budget: string, load: Ramp, target: Target): Item {
  const first = load.levels[0] ?? 0
  const last = load.levels.at(-1) ?? 0
  const ramp = rampText(load.unit, first === last ? first : `${first}→${last}`)
  const time = vscode.l10n.t('about {0} s', Math.round(load.seconds))
  const limits = budget.replaceAll(/([<>])/g, ' $1 ').replaceAll(',', ', ')
  return {
    label: `$(play) ${[route, new URL(target.baseUrl).host, ramp, time, limits].join(' · ')}`,
    detail: target.listening
      ? vscode.l10n.t('uses the server that listens on port {0}', target.port)
      : target.startCommand === null
        ? vscode.l10n.t('nothing listens on port {0} yet', target.port)
        : vscode.l10n.t('starts `{0}`, and stops it afterwards', target.startCommand),
    change: null,
  }
}

function rampText(unit: Ramp['unit'], level: string | number): string {
  if (unit === 'rows') return vscode.l10n.t('{0} rows', level)
  if (unit === 'requests/s') return vscode.l10n.t('{0} requests/s', level)
  return String(level) === '1' ? vscode.l10n.t('1 user') : vscode.l10n.t('{0} users', level)
}
