import * as vscode from 'vscode'
import { routeKey } from '../model/route.ts'
import type { Inspector } from './inspector.ts'

/** Asks for an endpoint of a folder, and gives its key; null where there is none or the user turned away. */
export async function chooseRoute(inspector: Inspector): Promise<string | null> {
  const routes = (await inspector.current())?.routes ?? []
  if (routes.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('Headroom found no endpoints in this folder.'))
    return null
  }
  const picked = await vscode.window.showQuickPick(
    routes.map((route) => ({ label: routeKey(route), description: `${route.file}:${route.line}` })),
    { placeHolder: vscode.l10n.t('Endpoint'), matchOnDescription: true },
  )
  return picked?.label ?? null
}
