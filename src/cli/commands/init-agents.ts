import { homedir } from 'node:os'
import process from 'node:process'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { Failure } from '../../model/failure.ts'
import {
  agentIds,
  agentNames,
  carryOutSetup,
  planAgentSetup,
  usedAgents,
  type AgentId,
} from '../../workflows/agent-setup/agent-setup.ts'
import { unifiedDiff } from '../../workflows/fix.ts'
import { commandLineFile } from '../hook-input.ts'
import { log } from '../terminal.ts'

interface InitOptions {
  for?: string
  remove?: true
  dryRun?: true
}

/** `headroom init-agents`: tells coding agents of Headroom's tools, and has them call its hook after each edit. */
export function initAgentsCommand(): Command {
  return new Command('init-agents')
    .description("Set coding agents up: Headroom's tools for them, and a hook that checks what they write")
    .argument('[dir]', 'the project', '.')
    .option('--for <agents>', `which, of ${agentIds.join(', ')}; else all that seem to be in use`)
    .option('--remove', 'take out what was put in, and nothing else')
    .option('--dry-run', 'only print what would change')
    .action(async (dir: string, options: InitOptions) => {
      const root = resolve(dir)
      const remove = options.remove ?? false
      const agents = options.for === undefined ? await agentsInUse(root, remove) : named(options.for)
      const plan = await planAgentSetup(root, {
        agents,
        remove,
        cliFile: commandLineFile,
        withTools: [],
      })
      const { changes, problems, notes } = plan
      process.stdout.write(
        unifiedDiff(
          changes.map(({ file, before, after }) => ({ file, before: before ?? '', after: after ?? '' })),
        ),
      )
      if (options.dryRun !== true) await carryOutSetup(plan)
      const files = changes.map(({ file, after }) => (after === null ? `${file} (removed)` : file)).join(', ')
      if (changes.length === 0) log(problems.length > 0 ? 'Nothing was changed.' : 'Nothing to change.')
      else log(`${options.dryRun ? 'Would change' : 'Changed'} ${files}.`)
      for (const note of notes) log(`Note: ${note}`)
      for (const problem of problems) log(problem)
      if (problems.length > 0) process.exitCode = 2
    })
}

/** Removing is for whatever was set up, in use or not. */
async function agentsInUse(root: string, remove: boolean): Promise<readonly AgentId[]> {
  if (remove) return agentIds
  const used = await usedAgents(root, homedir())
  if (used.length === 0) {
    throw new Failure(
      'HR_USAGE',
      `Neither the project nor your home folder shows which coding agent you use. Say it: headroom init-agents --for ${agentIds.join(',')}`,
    )
  }
  for (const { agent, sign } of used) log(`${agentNames[agent]}: there is ${sign}`)
  return used.map(({ agent }) => agent)
}

function named(text: string): readonly AgentId[] {
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  const unknown = words.find((word) => !agentIds.some((id) => id === word))
  if (unknown !== undefined) {
    throw new Failure('HR_USAGE', `There is no agent "${unknown}". Headroom knows ${agentIds.join(', ')}.`)
  }
  return agentIds.filter((id) => words.includes(id))
}
