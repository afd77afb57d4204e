import { resolve } from 'node:path'
import { Command } from 'commander'
import { baselinesIn, pinBaseline, unpinBaseline } from '../../workflows/baselines.ts'
import { deleteRun, findRun, listRuns, type RunEntry } from '../../workflows/history.ts'
import { readRun } from '../../workflows/runs.ts'
import { log } from '../terminal.ts'
import { runLines } from '../run-list.ts'

interface RunsOptions {
  json?: true
  route?: string
  delete?: string[]
  pin?: string
  unpin?: string
}

/** `headroom runs`: the history of a project, and which of its runs later ones are held against. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('List the kept runs, newest first; delete them, or pin one as the baseline of its route')
    .argument('[dir]', 'the project', '.')
    .option('--route <route>', 'only this route, such as "GET /users"')
    .option('--json', 'print one JSON document')
    .option(
      '--delete <id...>',
      'delete these runs; the beginning of an id is enough where it is the only one',
    )
    .option('--pin <id>', "make this run its route's baseline, in headroom.baselines.json")
    .option('--unpin <route>', "take a route's baseline away")
    .action(async (dir: string, options: RunsOptions) => {
      const root = resolve(dir)
      if (options.delete !== undefined) await deleteAll(root, options.delete)
      if (options.unpin !== undefined) await unpin(root, options.unpin)
      if (options.pin !== undefined) await pin(root, options.pin)
      if (options.delete ?? options.pin ?? options.unpin) return
      await list(root, options)
    })
}

/** All are looked up before the first is deleted, so that a wrong id deletes nothing. */
async function deleteAll(root: string, ids: readonly string[]): Promise<void> {
  const entries: RunEntry[] = []
  for (const id of ids) entries.push(await findRun(root, id))
  for (const { id, route, baseline } of entries) {
    await deleteRun(root, id)
    log(`Deleted ${id}${baseline ? `; the baseline of ${route} stays` : ''}`)
  }
}

async function pin(root: string, id: string): Promise<void> {
  const { file } = await findRun(root, id)
  const run = await readRun(file)
  await pinBaseline(root, run)
  log(
    `${run.route} is now held against ${run.id}. Commit headroom.baselines.json; headroom load compares with it.`,
  )
}

async function unpin(root: string, route: string): Promise<void> {
  await unpinBaseline(root, route)
  log(`${route} has no baseline any more.`)
}

async function list(root: string, { route, json }: RunsOptions): Promise<void> {
  const all = await listRuns(root)
  const runs = all.filter((run) => route === undefined || run.route === route)
  if (json) {
    console.log(JSON.stringify({ schema: 'headroom.runs/1', runs }))
    return
  }
  for (const line of runLines(runs)) console.log(line)
  if (runs.length === 0) {
    const [place, example] = route === undefined ? ['here', 'GET /users'] : [`of ${route}`, route]
    log(`There are no runs ${place} yet. Make one with: headroom load "${example}"`)
  }
  for (const [name, { id }] of Object.entries(await baselinesIn(root))) {
    const isListed = all.some((run) => run.id === id)
    if (!isListed && (route ?? name) === name)
      log(`${name} is held against ${id}, which is kept in headroom.baselines.json alone.`)
  }
}
