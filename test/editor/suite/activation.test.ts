import assert from 'node:assert/strict'
import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import type { ExtensionApi } from '../../../src/editor/extension.ts'

const extensionId = 'headroom.headroom'

describe('activation', () => {
  it('starts without error and says how long it held the host', async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>(extensionId)
    assert.ok(extension, `${extensionId} is not installed`)
    const api = await extension.activate()
    assert.equal(extension.isActive, true)
    assert.ok(api.activationMillis > 0)
  })

  it('registers every command that the manifest contributes', async () => {
    const manifest: { contributes: { commands: { command: string }[] } } | undefined =
      vscode.extensions.getExtension(extensionId)?.packageJSON
    const contributed = manifest?.contributes.commands.map(({ command }) => command) ?? []
    assert.ok(contributed.length > 0)
    const registered = new Set(await vscode.commands.getCommands(true))
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    )
  })
})
