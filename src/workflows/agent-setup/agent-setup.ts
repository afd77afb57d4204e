import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure, failureData } from '../../model/failure.ts'
import { agentCommand } from './command.ts'
import type { SetupEntry } from './entries.ts'
import { agentIds, setupFiles, type AgentId } from './files.ts'
import { forgetFormer, noteFormer, readFormerFiles } from './former-files.ts'
import { putIn, takenOut, textToNote } from './round-trip.ts'
import { readProjectFile } from '../project-file.ts'
import { editWhole } from '../whole-file.ts'

export { agentIds, type AgentId }

/** The agents as people call them. */
export const agentNames: Readonly<Record<AgentId, string>> = {
  claude: 'Claude Code',
  cursor: 'Cursor',
  vscode: 'VS Code',
  codex: 'Codex',
}

export interface SetupOrder {
  readonly agents: readonly AgentId[]
  /** Takes out what was put in, in place of putting it in. */
  readonly remove: boolean
  /** The command line of this Headroom, for projects that have none of their own. */
  readonly cliFile: string
  /** Agents that have Headroom's tools already, by an extension: no server is written for them. */
  readonly withTools: readonly AgentId[]
}

/** What becomes of one file; null stands for no file. `file` is relative to the project. */
export interface SetupChange {
  readonly file: string
  readonly before: string | null
  readonly after: string | null
  readonly entry: SetupEntry
}

export interface SetupPlan {
  readonly root: string
  readonly remove: boolean
  readonly changes: readonly SetupChange[]
  /** Files that are left alone, and why, in sentences. */
  readonly problems: readonly string[]
  /** What people should know, in sentences. */
  readonly notes: readonly string[]
}

/** Works out what would change; nothing is written. Throws `HR_NO_FOLDER` where the project isn't there. */
export async function planAgentSetup(root: string, order: SetupOrder): Promise<SetupPlan> {
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw new Failure('HR_NO_FOLDER', l10n.t('There is no folder {0}.', root))
  const command = await agentCommand(root, order.cliFile)
  const files = order.agents.flatMap((agent) =>
    setupFiles(agent, command).filter(
      ({ part }) => part === 'hook' || order.remove || !order.withTools.includes(agent),
    ),
  )
  const former = await readFormerFiles(root)
  const changes: SetupChange[] = []
  const problems: string[] = []
  for (const { file, entry } of files) {
    const before = await readText(root, file)
    if (typeof before === 'object' && before !== null) {
      problems.push(before.problem)
      continue
    }
    const edited = order.remove ? takenOut(entry, before, former.files[file]) : putIn(entry, before)
    if ('problem' in edited) problems.push(edited.problem)
    else if (edited.text !== before) changes.push({ file, before, after: edited.text, entry })
  }
  const notes = order.remove || changes.length === 0 ? [] : notesFor(order, command.isShared)
  return { root, remove: order.remove, changes, problems, notes }
}

/**
 * Carries a plan out, on the files as they are by now. Throws `HR_FILE_EDIT` where one can't be written, leads out of the
 * project by now, or isn't UTF-8 any more.
 */
export async function carryOutSetup({ root, remove, changes }: SetupPlan): Promise<void> {
  for (const { file, entry } of changes) {
    const before = await readProjectFile(root, file)
    if (remove) await takeOut(root, file, entry)
    else {
      const was = textToNote(entry, before)
      if (was !== 'as noted') await noteFormer(root, file, was.text)
      await editWhole(join(root, file), (text) => {
        const edited = putIn(entry, text)
        return 'problem' in edited ? null : edited.text
      })
    }
  }
}

async function takeOut(root: string, file: string, entry: SetupEntry): Promise<void> {
  const path = join(root, file)
  const former = (await readFormerFiles(root)).files[file]
  let isGone = false
  await editWhole(path, (text) => {
    const edited = takenOut(entry, text, former)
    if ('problem' in edited) return null
    isGone = edited.text === null
    return edited.text
  })
  if (isGone) await rm(path, { force: true })
  await forgetFormer(root, file)
}

/** The text of a file, null where there is none, or why it is left alone. */
async function readText(root: string, file: string): Promise<string | null | { readonly problem: string }> {
  return readProjectFile(root, file).catch((error: unknown) => ({ problem: failureData(error).message }))
}

function notesFor({ agents, withTools }: SetupOrder, isShared: boolean): string[] {
  const notes: string[] = []
  if (!isShared) {
    notes.push(
      l10n.t("The files name this machine's Headroom: don't commit them (.git/info/exclude keeps them out)."),
    )
  }
  if (agents.includes('codex')) {
    notes.push(
      l10n.t(
        'Codex reads .codex/ in projects that it trusts, and runs a new hook once you have agreed to it with /hooks. Until then `codex exec` leaves it out without a word.',
      ),
    )
  }
  if (agents.includes('claude')) {
    notes.push(
      l10n.t('Claude Code asks once whether to use the server in .mcp.json; the choice it stands on is no.'),
    )
  }
  if (agents.includes('vscode') && !withTools.includes('vscode')) {
    notes.push(
      l10n.t(
        'VS Code has the tools from the Headroom extension too, where it is installed: take .vscode/mcp.json away then, or they appear twice.',
      ),
    )
  }
  return notes
}

/** An agent that seems to be in use, and by what it was recognised. */
export interface UsedAgent {
  readonly agent: AgentId
  readonly sign: string
}

const projectSigns: Readonly<Record<AgentId, readonly string[]>> = {
  claude: ['.claude', 'CLAUDE.md', '.mcp.json'],
  cursor: ['.cursor', '.cursorrules'],
  vscode: ['.vscode', '.github/copilot-instructions.md', '.github/instructions', '.github/hooks'],
  codex: ['.codex'],
}
const machineSigns: Readonly<Record<AgentId, readonly string[]>> = {
  claude: ['.claude', '.claude.json'],
  cursor: ['.cursor'],
  vscode: [
    '.vscode',
    '.vscode-server',
    '.config/Code',
    'Library/Application Support/Code',
    'AppData/Roaming/Code',
  ],
  codex: ['.codex'],
}

/** The agents that a project, or else the machine, shows signs of; `home` is the user's folder. */
export async function usedAgents(root: string, home: string): Promise<readonly UsedAgent[]> {
  const found = await Promise.all(
    agentIds.map(async (agent): Promise<UsedAgent[]> => {
      const inProject = await firstThere(root, projectSigns[agent])
      if (inProject !== null) return [{ agent, sign: inProject }]
      const onMachine = await firstThere(home, machineSigns[agent])
      return onMachine === null ? [] : [{ agent, sign: `~/${onMachine}` }]
    }),
  )
  return found.flat()
}

async function firstThere(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const isThere = await stat(join(folder, name)).then(
      () => true,
      () => false,
    )
    if (isThere) return name
  }
  return null
}
