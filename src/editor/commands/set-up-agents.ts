import { homedir } from 'node:os'
import * as vscode from 'vscode'
import type { AgentId, SetupOrder, SetupPlan } from '../../workflows/agent-setup/agent-setup.ts'
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
    if (plan.changes.length === 0 && plan.problems.length === 0) await offerRemoval(root, order)
    else if (await agreed(plan)) await write(plan)
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
    detail: vscode.l10n.t(
      'Writes .vscode/mcp.json for people without this extension; with it, the tools appear twice.',
    ),
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

/** Shows what would change, file by file; resolves to whether it may be written. */
async function agreed({ changes, problems, notes, remove }: SetupPlan): Promise<boolean> {
  const files = changes.map(({ file, before, after }) => {
    if (after === null) return vscode.l10n.t('{0}: taken away', file)
    return before === null ? vscode.l10n.t('{0}: new', file) : vscode.l10n.t('{0}: changed', file)
  })
  const detail = [...files, ...notes, ...problems].join('\n')
  if (changes.length === 0) {
    void vscode.window.showWarningMessage(vscode.l10n.t('Nothing was changed.'), { modal: true, detail })
    return false
  }
  const go = remove ? vscode.l10n.t('Remove') : vscode.l10n.t('Write')
  const message = remove
    ? vscode.l10n.t("Take Headroom out of the agents' files?")
    : vscode.l10n.t("Write Headroom into the agents' files?")
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, go)) === go
}

async function offerRemoval(root: string, order: SetupOrder): Promise<void> {
  const remove = vscode.l10n.t('Remove…')
  const message = vscode.l10n.t('These agents are set up already.')
  if ((await vscode.window.showInformationMessage(message, remove)) !== remove) return
  const plan = await planned(root, { ...order, remove: true })
  if (await agreed(plan)) await write(plan)
}

async function write(plan: SetupPlan): Promise<void> {
  const { workflows } = await import('../workflows.ts')
  const { carryOutSetup } = await workflows.agentSetup()
  await carryOutSetup(plan)
  const files = plan.changes.map(({ file }) => file).join(', ')
  void vscode.window.showInformationMessage(
    plan.remove ? vscode.l10n.t('Taken out: {0}.', files) : vscode.l10n.t('Written: {0}.', files),
  )
}
