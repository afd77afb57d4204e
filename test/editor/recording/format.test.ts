import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { registerPrettier, someParts, untidy } from './actions.ts'
import { chanceOf, closeScratch, openScratch, setText } from './material.ts'
import { Recorder } from './recorder.ts'

const formatters = ['vscode.typescript-language-features', 'headroom.headroom']
const commands = [
  'editor.action.formatDocument',
  'editor.action.formatDocument',
  'workbench.action.files.save',
]

async function configure(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Workspace)
}

describe('recording', () => {
  it('format', async function () {
    this.timeout(900_000)
    const recorder = await Recorder.start('format')
    const chance = chanceOf(5)
    const prettier = registerPrettier()
    await configure('editor.formatOnSave', true)
    for (let round = 0; round < 14; round += 1) {
      await configure('editor.defaultFormatter', formatters[round % 2])
      const { document } = await openScratch('export {}\n')
      for (let count = 0; count < 20; count += 1) {
        const text = untidy(someParts(chance, 1 + chance.upTo(2), 40), chance)
        await setText(document, text.replaceAll('\n', document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n'))
        await recorder.of(document, async () => {
          await vscode.commands.executeCommand(chance.pick(commands))
        })
      }
      await closeScratch()
    }
    prettier.dispose()
    await configure('editor.formatOnSave', undefined)
    await configure('editor.defaultFormatter', undefined)
    console.log(`headroom-test format: ${await recorder.close()} events`)
  })
})
