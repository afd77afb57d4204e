import { resolve } from 'node:path'
import { Command } from 'commander'
import { Failure, failureData } from '../../model/failure.ts'
import type { Route } from '../../model/route.ts'
import { suggestBudget, writeBudget } from '../../workflows/budgets.ts'
import { parseEndpoint } from '../../workflows/endpoint.ts'
import { openRun } from '../../workflows/history.ts'
import { inspect } from '../../workflows/inspect.ts'
import { endpointKey, matchRoute } from '../../workflows/prepare.ts'
import { log } from '../terminal.ts'

interface BudgetOptions {
  dir: string
  from?: string
  remove?: true
}

/** `headroom budget`: what is fast enough for a route, kept in the project's configuration. */
export function budgetCommand(): Command {
  return new Command('budget')
    .description("Keep a route's budget in headroom.config.json: said, or taken from a run")
    .argument('[route]', 'such as "GET /users/:userId"')
    .argument('[budget]', 'such as "p95<300ms,errors<1%"')
    .option('--from <run>', 'take it from what this run measured: a file, or the id of a kept run')
    .option('--remove', "take the route's budget away")
    .option('--dir <dir>', 'the project', '.')
    .action(async (route: string | undefined, budget: string | undefined, options: BudgetOptions) => {
      const root = resolve(options.dir)
      const kept = await decide(root, route, budget, options)
      await writeBudget(root, kept.route, kept.budget)
      if (kept.budget === null) {
        log(`${kept.route} has no budget of its own any more.`)
        return
      }
      log(`Wrote the budget of ${kept.route} to headroom.config.json: ${kept.budget}`)
      log('In CI, this exits with 1 when it breaks:')
      console.log(`headroom load ${quoted(kept.route)} --start`)
    })
}

/** Which budget for which route. Throws `HR_USAGE` for what doesn't go together. */
async function decide(
  root: string,
  route: string | undefined,
  budget: string | undefined,
  { from, remove }: BudgetOptions,
): Promise<{ route: string; budget: string | null }> {
  const said = [budget, from, remove].filter((each) => each !== undefined)
  if (said.length > 1) throw misfit('Give a budget, --from or --remove, and only one of them.')
  if (said.length === 0) throw misfit('Say the budget, for example: headroom budget "GET /users" "p95<300ms"')
  if (from !== undefined) {
    const run = await openRun(root, from)
    return {
      route: route === undefined ? run.route : await knownRoute(root, route),
      budget: suggestBudget(run),
    }
  }
  if (route === undefined) throw misfit('Say the route, for example: headroom budget "GET /users" --remove')
  if (remove) return { route, budget: null }
  return { route: await knownRoute(root, route), budget: budget ?? null }
}

/** The route's key as load tests look it up. A budget for a route that isn't there would never be looked at. */
async function knownRoute(root: string, text: string): Promise<string> {
  const { endpoint } = parseEndpoint(text)
  const routes = await routesOf(root)
  const key = endpointKey({ endpoint, routes })
  if (routes.length > 0 && matchRoute(endpoint, routes) === null) {
    throw new Failure('HR_ROUTE', `This project has no route ${key}. List its routes with: headroom routes`)
  }
  return key
}

async function routesOf(root: string): Promise<readonly Route[]> {
  try {
    return (await inspect(root, { provenance: 'none' })).routes
  } catch (error) {
    if (failureData(error).code !== 'HR_NO_SOURCE') throw error
    return []
  }
}

function misfit(message: string): Failure {
  return new Failure('HR_USAGE', message)
}

/** In quotes that a POSIX shell, PowerShell and cmd.exe take alike; a route holds no double quotes. */
function quoted(route: string): string {
  return `"${route}"`
}
