import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { agentEdit, someParts } from './actions.ts'
import { chanceOf } from './material.ts'
import { Recorder, until, workspaceFolder } from './recorder.ts'

const run = promisify(execFile)
const openFiles = ['src/routes/activities.ts', 'src/schema.ts']
const otherFiles = ['src/routes/tags.ts', 'src/recommendations.ts', 'fixtures/carets/javascript.js']

/** Agents write files from a process of their own, some of them beside the file and then over it. */
const script = `
  const { readFileSync, renameSync, writeFileSync } = require('node:fs')
  const [file, way] = process.argv.slice(1)
  const text = readFileSync(0, 'utf8')
  writeFileSync(way === 'rename' ? file + '.new' : file, text)
  if (way === 'rename') renameSync(file + '.new', file)
`

async function write(file: string, text: string, way: string): Promise<void> {
  const written = run(process.execPath, ['-e', script, file, way], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  written.child.stdin?.end(text)
  await written
}

describe('recording', () => {
  it('agent-disk', async function () {
    this.timeout(900_000)
    const chance = chanceOf(9)
    const root = workspaceFolder().uri.fsPath
    for (const file of openFiles) {
      const uri = vscode.Uri.joinPath(workspaceFolder().uri, file)
      await vscode.window.showTextDocument(uri, { preview: false, viewColumn: vscode.ViewColumn.One })
    }
    const recorder = await Recorder.start('agent-disk')
    const files = [...openFiles, ...otherFiles]
    const originals = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
    const made: string[] = []
    recorder.listen((file) => files.includes(file) || made.includes(file))
    // Git moved its index when the workspace was made; an agent's work begins later.
    await delay(2_500)
    for (let round = 0; recorder.seen < 215; round += 1) {
      const before = recorder.seen
      const file = files[round % files.length] ?? ''
      const text = readFileSync(join(root, file), 'utf8')
      const isLong = text.split('\n').length > 200
      await write(
        join(root, file),
        isLong ? (originals.get(file) ?? '') : agentEdit(text, chance),
        round % 4 === 3 ? 'rename' : 'over',
      )
      let expected = 1
      if (round % 5 === 4) {
        const fresh = `src/routes/agent-${round}.ts`
        made.push(fresh)
        await write(join(root, fresh), someParts(chance, 2, 40), 'over')
        expected += 1
      }
      await until(() => recorder.seen >= before + expected, `the change of ${file}`).catch((error: unknown) =>
        console.log(`headroom-test ${String(error)}`),
      )
    }
    // Files that go count as changed, too.
    await recorder.settle()
    for (const file of made) if (existsSync(join(root, file))) rmSync(join(root, file))
    console.log(`headroom-test agent-disk: ${await recorder.close()} events`)
  })
})
