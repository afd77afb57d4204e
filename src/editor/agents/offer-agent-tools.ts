import * as vscode from 'vscode'
import type { AgentTools, ContributedTool } from './agent-tools.ts'
import type { Headroom } from '../headroom.ts'

/**
 * Offers the tools of the manifest to the editor's models. What they do is read when a model first calls one; the manifest
 * is generated from it. Editors that have no tools for models get none.
 */
export function offerAgentTools(
  headroom: Headroom,
  { packageJSON }: vscode.Extension<unknown>,
): vscode.Disposable {
  if (typeof vscode.lm?.registerTool !== 'function') return vscode.Disposable.from()
  const manifest: { contributes: { languageModelTools: readonly ContributedTool[] } } = packageJSON
  let opened: Promise<AgentTools> | null = null
  const tools = (): Promise<AgentTools> => (opened ??= openTools(headroom))
  return vscode.Disposable.from(
    { dispose: () => void opened?.then((all) => all.dispose()) },
    ...manifest.contributes.languageModelTools.map((tool) =>
      vscode.lm.registerTool(tool.name, {
        prepareInvocation: async (options, token) =>
          (await tools()).of(tool).prepareInvocation(options, token),
        invoke: async (options, token) => (await tools()).of(tool).invoke(options, token),
      }),
    ),
  )
}

async function openTools(headroom: Headroom): Promise<AgentTools> {
  const { later } = await import('../later.ts')
  const { openAgentTools } = await later.agentTools()
  return openAgentTools(headroom)
}
