import * as vscode from 'vscode'
import type { EndpointFilterId } from '../endpoint-filter.ts'
import type { Command } from '../headroom.ts'

export const showAllEndpoints = showing('headroom.showAllEndpoints', 'all')
export const showChangedEndpoints = showing('headroom.showChangedEndpoints', 'changed')
export const showAiInsertedEndpoints = showing('headroom.showAiInsertedEndpoints', 'ai-inserted')

/** Lists only some of the endpoints in the sidebar, and shows the list. */
function showing(id: Command['id'], filter: EndpointFilterId): Command {
  return {
    id,
    async run({ endpointFilter }) {
      await endpointFilter.choose(filter)
      await vscode.commands.executeCommand('headroom.endpoints.focus')
    },
  }
}
