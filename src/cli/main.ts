import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { failureData } from '../model/failure.ts'
import { budgetCommand } from './commands/budget.ts'
import { checkCommand } from './commands/check.ts'
import { checkRolesCommand } from './commands/check-roles.ts'
import { fixCommand } from './commands/fix.ts'
import { hookCommand } from './commands/hook.ts'
import { initAgentsCommand } from './commands/init-agents.ts'
import { loadCommand } from './commands/load.ts'
import { mcpCommand } from './commands/mcp.ts'
import { reportCommand } from './commands/report.ts'
import { routesCommand } from './commands/routes.ts'
import { runsCommand } from './commands/runs.ts'
import { seedCommand } from './commands/seed.ts'
import { teachCommand } from './commands/teach.ts'
import { verifyCommand } from './commands/verify.ts'
import { ownVersion } from './own-version.ts'
import { endStatus } from './terminal.ts'

const exitCodes = `
Exit codes: 0 fine · 1 findings, a budget broken, or a change refuted · 2 wrong usage or a tool error · 3 not measured ·
4 worse than the baseline beyond noise.`

/** One controller for the whole process: Ctrl-C stops what runs and lets it clean up, a second Ctrl-C ends at once. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
    })
  }
  return controller.signal
}

const commands = [
  routesCommand,
  checkCommand,
  fixCommand,
  seedCommand,
  loadCommand,
  checkRolesCommand,
  verifyCommand,
  reportCommand,
  runsCommand,
  budgetCommand,
  hookCommand,
  initAgentsCommand,
  teachCommand,
  mcpCommand,
]

function program(signal: AbortSignal): Command {
  const command = new Command('headroom')
    .description('How much load can this endpoint take, and what do I change so that it takes more?')
    .version(ownVersion(), '-V, --version', 'print the version')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exitCodes)
    .exitOverride()
  for (const make of commands) command.addCommand(make(signal).exitOverride())
  for (const each of [command, ...command.commands]) {
    const name = each === command ? '' : `${each.name()} `
    each.showHelpAfterError(`Everything it takes: headroom ${name}--help`)
  }
  return command
}

async function main(): Promise<void> {
  try {
    await program(abortOnSignal()).parseAsync(process.argv)
  } catch (error) {
    endStatus()
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    const failure = failureData(error)
    process.stderr.write(`headroom: ${failure.message}\n`)
    for (const { commandLine } of failure.actions)
      if (commandLine) process.stderr.write(`  try ${commandLine}\n`)
    if (failure.code === 'HR_INTERNAL' && process.env['HEADROOM_DEBUG']) console.error(error)
    process.exitCode = failure.exitCode
  }
}

void main()
