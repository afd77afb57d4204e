import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, it } from 'mocha'
import * as vscode from 'vscode'
import { agentEdit } from './actions.ts'
import { type Chance, chanceOf } from './material.ts'
import { Recorder, until, workspaceFolder } from './recorder.ts'

const run = promisify(execFile)
const openFiles = ['src/routes/users.ts', 'src/storage.ts']
const otherFiles = [
  'src/routes/posts.ts',
  'src/routes/authors.ts',
  'fixtures/carets/n-plus-one.ts',
  'src/app.ts',
]
const files = [...openFiles, ...otherFiles]
const branches = ['one', 'two', 'three', 'four']

async function git(...args: string[]): Promise<void> {
  await run('git', args, { cwd: workspaceFolder().uri.fsPath })
}

function edit(file: string, chance: Chance): void {
  const path = join(workspaceFolder().uri.fsPath, file)
  writeFileSync(path, agentEdit(readFileSync(path, 'utf8'), chance))
}

/** Branches that differ in all files. */
async function makeBranches(chance: Chance): Promise<void> {
  for (const branch of branches) {
    await git('switch', '--quiet', '--create', branch, 'main')
    for (const file of files) edit(file, chance)
    await git('commit', '--quiet', '--all', `--message=${branch}`)
  }
  await git('switch', '--quiet', 'main')
}

describe('recording', () => {
  it('checkout', async function () {
    this.timeout(900_000)
    const chance = chanceOf(8)
    await makeBranches(chance)
    for (const file of openFiles) {
      const uri = vscode.Uri.joinPath(workspaceFolder().uri, file)
      await vscode.window.showTextDocument(uri, { preview: false, viewColumn: vscode.ViewColumn.One })
    }
    const recorder = await Recorder.start('checkout')
    recorder.listen((file) => files.includes(file))
    const operations: (readonly string[])[] = [
      ['switch', '--quiet', 'one'],
      ['switch', '--quiet', 'main'],
      ['checkout', '--quiet', 'two', '--', ...files],
      ['stash', '--quiet'],
      ['stash', 'pop', '--quiet'],
      ['reset', '--quiet', '--hard'],
      ['merge', '--quiet', '--ff', 'three'],
      ['reset', '--quiet', '--hard', 'HEAD~1'],
      ['cherry-pick', 'four'],
      ['revert', '--no-edit', 'HEAD'],
      ['restore', '--source=one', ...files],
      ['restore', ...files],
    ]
    for (let round = 0; recorder.seen < 215; round += 1) {
      const operation = operations[round % operations.length] ?? []
      if (operation[0] === 'merge') await git('switch', '--quiet', '--force-create', 'work', 'main')
      const before = recorder.seen
      await git(...operation)
      await until(
        () => recorder.seen >= before + files.length,
        `all files after git ${operation.join(' ')}`,
      ).catch((error: unknown) =>
        console.log(`headroom-test ${String(error)} ${recorder.seen - before} came.`),
      )
      await delay(300)
    }
    console.log(`headroom-test checkout: ${await recorder.close()} events`)
  })
})
