import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../scripts/editor-window.ts'
import { makePackage, type Package } from '../../scripts/package.ts'
import { codeLenses, openFile } from '../../scripts/workbench.ts'

describe('the packaged extension', { timeout: 300_000 }, () => {
  let packed: Package
  let editor: EditorWindow
  before(async () => {
    packed = await makePackage()
    editor = await openEditorWindow({ vsix: packed.path })
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('is installed as an extension of its own, not run from the sources', async () => {
    const names = await readdir(editor.server.extensionsFolder)
    assert.ok(
      names.some((name) => name.startsWith('headroom.headroom-')),
      names.join(', '),
    )
  })

  it('activates in a workspace and inspects it', async () => {
    await openFile(editor.page, 'src/routes/activities.ts')
    await codeLenses(editor.page).filter({ hasText: 'Load test this endpoint' }).first().waitFor()
  })
})
