import { once } from 'node:events'
import { resolve } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import { ownVersion } from '../own-version.ts'
import { log } from '../terminal.ts'

const instructions =
  'Headroom finds out how much load an endpoint of this project takes, and what to change so that it takes more. ' +
  'Before you call an endpoint done: headroom_inspect_route, headroom_load_test_route, and on FAIL the fix that the answer names, then the load test again, until it says HOLDS. ' +
  'Every answer ends with a line "next:"; follow it. After attempt 3/3 stop and tell the person.'

/** `headroom mcp`: the tools for coding agents as an MCP server on stdin and stdout. Ends when stdin does. */
export function mcpCommand(signal: AbortSignal): Command {
  return new Command('mcp')
    .description('Serve the tools for coding agents over MCP (stdio): Claude Code, Cursor, Codex and others')
    .argument('[dir]', 'the project', '.')
    .option(
      '--unattended',
      'ask nobody: what the client permits is agreed to (for agents that run without a person)',
    )
    .action(async (dir: string, { unattended = false }: { unattended?: boolean }) => {
      const [{ serveMcp }, { toolDefinitions }, { confirmationOf, invokeTool }, { openSession }, host] =
        await Promise.all([
          import('../../agent/mcp.ts'),
          import('../../agent/definitions.ts'),
          import('../../agent/invoke.ts'),
          import('../../agent/session.ts'),
          openHost(resolve(dir)),
        ])
      await using owned = host
      const session = openSession(owned)
      const serving = serveMcp({
        version: ownVersion(),
        instructions,
        definitions: toolDefinitions(),
        asks: !unattended,
        confirmationOf: (name, input, aborted) => confirmationOf(session, name, input, aborted),
        invoke: (name, input, options) => invokeTool(session, name, input, options),
        log: (line) => log(`headroom mcp: ${line}`),
      })
      log(`headroom mcp: serving ${owned.root}`)
      await connectionEnd(signal)
      await serving.close()
    })
}

async function openHost(root: string) {
  const { openDiskHost } = await import('../../agent/disk-host.ts')
  return openDiskHost(root)
}

/** Resolves when the client has gone, or the process is told to end. */
async function connectionEnd(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close'), once(signal, 'abort')])
}
