import * as vscode from 'vscode'
import { chooseInspector, type Command } from '../headroom.ts'
import { folderOf } from '../route-reference.ts'

const fileName = 'headroom.config.json'
const start = `{
  // Where your dev server listens, how it is started, and what it must keep to under load.
  // "baseUrl": "http://localhost:3000",
  // "startCommand": "npm run dev",
  // "database": "sqlite:./data/app.sqlite",
  "budget": "p95<2s,errors<1%"
}
`

/** Opens headroom.config.json; where there is none, an unsaved one to start from. */
export const openConfiguration: Command = {
  id: 'headroom.openConfiguration',
  async run(headroom, argument) {
    const inspector = await chooseInspector(headroom, folderOf(argument))
    if (inspector === null) return
    const uri = vscode.Uri.joinPath(inspector.folder.uri, fileName)
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    )
    if (exists) {
      await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One })
      return
    }
    const editor = await vscode.window.showTextDocument(uri.with({ scheme: 'untitled' }), {
      viewColumn: vscode.ViewColumn.One,
    })
    if (editor.document.getText() === '') {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), start))
    }
  },
}
