import { homedir } from 'node:os'
import * as vscode from 'vscode'
import type { AgentId, SetupOrder, SetupPlan } from '../../workflows/agent-setup/agent-setup.ts'
import { agreeToChanges, areWritable, listChanges } from '../agree-to-changes.ts'
import { thrownFailure } from '../failures.ts'
import { chooseInspector, isTrusted, type Command, type Headroom } from '../headroom.ts'
import { folderOf } from '../route-reference.ts'

/** Tells coding agents of Headroom's tools, and has them call its hook after each edit; files are written after a yes. */
export const setUpAgents: Command = {
  id: 'headroom.setUpAgents',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Setting up coding agents')))) return
    const inspector = await chooseInspector(headroom, folderOf(argument))
    if (inspector === null) return
    const root = inspector.folder.uri.fsPath
    const chosen = await chooseAgents(root)
    if (chosen === null) return
    const order: SetupOrder = { ...chosen, remove: false, cliFile: commandLine(headroom) }
    const plan = await planned(root, order)
    if (plan.changes.length === 0) await offerRemoval(inspector.folder, order, plan)
    else await offer(inspector.folder, order, plan)
  },
}

function commandLine({ extensionUri }: Headroom): string {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'cli.cjs').fsPath
}

interface AgentItem extends vscode.QuickPickItem {
  readonly agent: AgentId
  /** Whether a server is written for an editor that has the tools by this extension. */
  readonly doubled: boolean
}

/** The agents to set up; those that seem to be in use are picked already. Null where none was chosen. */
async function chooseAgents(root: string): Promise<Pick<SetupOrder, 'agents' | 'withTools'> | null> {
  const { workflows } = await import('../workflows.ts')
  const { agentIds, agentNames, usedAgents } = await workflows.agentSetup()
  const used = await usedAgents(root, homedir())
  const items = agentIds.map((agent): AgentItem => {
    const sign = used.find((each) => each.agent === agent)?.sign
    return {
      agent,
      doubled: false,
      label: agentNames[agent],
      picked: sign !== undefined,
      ...(sign !== undefined && { description: vscode.l10n.t('there is {0}', sign) }),
      detail:
        agent === 'vscode'
          ? vscode.l10n.t('A hook that checks what agents write. The tools come with this extension.')
          : vscode.l10n.t('The tools, and a hook that checks what the agent writes.'),
    }
  })
  items.push({
    agent: 'vscode',
    doubled: true,
    label: vscode.l10n.t('{0}, with a tool server of its own', agentNames.vscode),
    detail: vscode.l10n.t('Also writes .vscode/mcp.json, for people who do not have this extension.'),
  })
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Set Up Coding Agents'),
    placeHolder: vscode.l10n.t('Agents that are to use Headroom in this project'),
  })
  if (picked === undefined || picked.length === 0) return null
  return {
    agents: agentIds.filter((id) => picked.some(({ agent }) => agent === id)),
    withTools: picked.some(({ doubled }) => doubled) ? [] : ['vscode'],
  }
}

async function planned(root: string, order: SetupOrder): Promise<SetupPlan> {
  const { workflows } = await import('../workflows.ts')
  const { planAgentSetup } = await workflows.agentSetup()
  return planAgentSetup(root, order)
}

/** Asks whether a plan may be carried out, and does so after a yes. */
async function offer(folder: vscode.WorkspaceFolder, order: SetupOrder, plan: SetupPlan): Promise<void> {
  const { changes, problems, notes, remove } = plan
  const parts = [listChanges(changes), problems, notes].filter((lines) => lines.length > 0)
  const isAgreed = await agreeToChanges(folder, changes, {
    message: remove
      ? vscode.l10n.t("Take Headroom out of the agents' files?")
      : vscode.l10n.t("Write Headroom into the agents' files?"),
    detail: parts.map((lines) => lines.join('\n')).join('\n\n'),
    go: remove ? vscode.l10n.t('Remove') : vscode.l10n.t('Write'),
    title: vscode.l10n.t('What agents will find'),
  })
  if (isAgreed && (await areWritable(folder, changes))) await write(folder, order, plan)
}

/** Where nothing is left to write: what there is can be taken out again. */
async function offerRemoval(
  folder: vscode.WorkspaceFolder,
  order: SetupOrder,
  { problems }: SetupPlan,
): Promise<void> {
  const removal = await planned(folder.uri.fsPath, { ...order, remove: true })
  if (removal.changes.length === 0) {
    void vscode.window.showWarningMessage([vscode.l10n.t('Nothing was changed.'), ...problems].join(' '))
    return
  }
  const remove = vscode.l10n.t('Remove…')
  const message = [vscode.l10n.t('These agents are set up already.'), ...problems].join(' ')
  const chosen = await vscode.window.showInformationMessage(message, remove)
  if (chosen === remove) await offer(folder, { ...order, remove: true }, removal)
}

/** Carries a plan out; one file that can't be written doesn't keep Headroom from the others. */
async function write(folder: vscode.WorkspaceFolder, order: SetupOrder, plan: SetupPlan): Promise<void> {
  const { workflows } = await import('../workflows.ts')
  const { carryOutSetup } = await workflows.agentSetup()
  const written: string[] = []
  const problems: string[] = []
  for (const change of plan.changes) {
    try {
      await carryOutSetup({ ...plan, changes: [change] })
      written.push(change.file)
    } catch (error) {
      problems.push(thrownFailure(error).message)
    }
  }
  const files = written.join(', ')
  const said = plan.remove ? vscode.l10n.t('Taken out: {0}.', files) : vscode.l10n.t('Written: {0}.', files)
  const message = [...(written.length === 0 ? [] : [said]), ...problems].join(' ')
  const tell = problems.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage
  const remove = vscode.l10n.t('Remove…')
  const chosen = await tell(message, ...(plan.remove || written.length === 0 ? [] : [remove]))
  if (chosen !== remove) return
  const back = { ...order, remove: true }
  await offer(folder, back, await planned(folder.uri.fsPath, back))
}
