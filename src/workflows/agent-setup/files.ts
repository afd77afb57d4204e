import { shellQuoted, type AgentCommand } from './command.ts'
import { hookEntry, serverEntry, type SetupEntry } from './entries.ts'
import { tomlServerEntry } from './toml.ts'

export const agentIds = ['claude', 'cursor', 'vscode', 'codex'] as const
export type AgentId = (typeof agentIds)[number]

/** One file of an agent's, and Headroom's entry in it. */
export interface SetupFile {
  /** Relative to the project, forward slashes. */
  readonly file: string
  /** `tools`: the server that serves Headroom's tools. `hook`: called after each edit. */
  readonly part: 'tools' | 'hook'
  readonly entry: SetupEntry
}

const hookSeconds = 10

/** The files in which an agent looks for tools and hooks, and what Headroom writes there. */
export function setupFiles(agent: AgentId, command: AgentCommand): readonly SetupFile[] {
  return filesByAgent[agent](command)
}

const filesByAgent: Readonly<Record<AgentId, (command: AgentCommand) => readonly SetupFile[]>> = {
  claude: (command) => [
    tools('.mcp.json', 'mcpServers', server(command, '')),
    hook('.claude/settings.json', {
      list: ['hooks', 'PostToolUse'],
      matcher: 'Edit|Write|MultiEdit|NotebookEdit',
      // Its sessions may change their folder; VS Code reads this file too, without the variable.
      hook: timed(hookLine(command, '${CLAUDE_PROJECT_DIR:-.}/')),
      constants: {},
    }),
  ],
  cursor: (command) => [
    tools('.cursor/mcp.json', 'mcpServers', server(command, '${workspaceFolder}/')),
    hook('.cursor/hooks.json', {
      list: ['hooks', 'afterFileEdit'],
      matcher: null,
      hook: { command: hookLine(command, '') },
      constants: { version: 1 },
    }),
  ],
  vscode: (command) => [
    tools('.vscode/mcp.json', 'servers', { type: 'stdio', ...server(command, '${workspaceFolder}/') }),
    hook('.github/hooks/headroom.json', {
      list: ['hooks', 'PostToolUse'],
      matcher: null,
      hook: timed(hookLine(command, '')),
      constants: { version: 1 },
    }),
  ],
  codex: (command) => [
    tomlTools('.codex/config.toml', server(command, '')),
    hook('.codex/hooks.json', {
      list: ['hooks', 'PostToolUse'],
      matcher: 'apply_patch|Edit|Write',
      hook: timed(hookLine(command, '')),
      constants: {},
    }),
  ],
}

function tomlTools(file: string, { command, args }: { command: string; args: readonly string[] }): SetupFile {
  return { file, part: 'tools', entry: tomlServerEntry(file, command, args) }
}

function tools(file: string, key: string, entry: Readonly<Record<string, unknown>>): SetupFile {
  return { file, part: 'tools', entry: serverEntry(file, key, entry) }
}

function hook(file: string, place: Omit<Parameters<typeof hookEntry>[0], 'file'>): SetupFile {
  return { file, part: 'hook', entry: hookEntry({ file, ...place }) }
}

function timed(command: string): { type: string; command: string; timeout: number } {
  return { type: 'command', command, timeout: hookSeconds }
}

/** The program that serves the tools; `root` is how the agent writes the project's folder. */
function server({ entry, isShared }: AgentCommand, root: string): { command: string; args: string[] } {
  const folder = root === '' ? [] : [root.slice(0, -1)]
  if (entry === null) return { command: 'npx', args: ['--no-install', 'headroom', 'mcp', ...folder] }
  return { command: 'node', args: [isShared ? root + entry : entry, 'mcp', ...folder] }
}

/** The line of a shell that runs after an edit; `root` is how the shell writes the project's folder. */
function hookLine({ entry, hookFile, isShared }: AgentCommand, root: string): string {
  const file = hookFile ?? entry
  if (file === null) return 'npx --no-install headroom hook'
  // A variable in `root` is for the shell to fill in.
  const word = isShared && root !== '' ? `"${root}${file}"` : shellQuoted(file)
  return hookFile === null ? `node ${word} hook` : `node ${word}`
}
