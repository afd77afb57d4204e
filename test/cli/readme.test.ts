import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'jsonc-parser'
import { safeParse } from 'valibot'
import { configSchema } from '../../src/workflows/config.ts'
import { closedPort, headroom, sampleCopy } from './command-line.ts'

const execute = promisify(execFile)

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function blocks(language: string): string[] {
  return [...read('README.md').matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  )
}

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
}

// How fast the sample answers is up to the machine; that the run was carried out and recorded, and
// that the command ends as the verdict says, is not.
async function exitCodeOfRun(folder: string): Promise<number> {
  const { steps, verdict } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as {
    steps: { requests: number; errors: Record<string, number> }[]
    verdict: { kind: string }
  }
  const [first] = steps
  assert.ok(first !== undefined && first.requests > 0, 'the endpoint was asked')
  const failed = Object.values(first.errors).reduce((sum, count) => sum + count, 0)
  assert.equal(failed, 0, 'and answered')
  const codes: Record<string, number> = { holds: 0, breaks: 1, 'fails-before-load': 1, 'not-measured': 3 }
  return codes[verdict.kind] ?? assert.fail(`the run ended as ${verdict.kind}`)
}

describe('the README', () => {
  const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts

  for (const line of commands.filter((each) => /^npm (run )?[\w:]+$/.test(each))) {
    it(`${line} is a script`, () => {
      const name = line.replace(/^npm (run )?/, '')
      assert.ok(scripts[name] !== undefined)
    })
  }

  it('has a command line section that works from top to bottom', async () => {
    await using copy = await sampleCopy()
    const folder = await mkdtemp(join(tmpdir(), 'headroom-readme-'))
    await mkdir(join(folder, 'samples'))
    await symlink(copy.root, join(folder, 'samples', 'activity-api'), 'junction')
    const address = `http://localhost:${await closedPort()}`
    const briefly = ['--users', '2', '--duration', '500ms', '--base-url', address]
    const lines = commands.filter((each) => /^(node dist|npm run --prefix)/.test(each))
    assert.ok(lines.length >= 8, 'the section was found')
    for (const line of lines) {
      const [program = '', ...rest] = words(line)
      if (program === 'npm') {
        await execute('npm', rest, { cwd: folder, shell: process.platform === 'win32' })
        continue
      }
      const [, command = '', ...args] = rest
      const more =
        command === 'load' ? briefly : command === 'seed' && !args.includes('--undo') ? ['--yes'] : []
      const { exitCode, stderr } = await headroom(folder, command, ...args, ...more)
      const expected = command === 'load' ? await exitCodeOfRun(folder) : command === 'check' ? 1 : 0
      assert.equal(exitCode, expected, `${line}: ${stderr}`)
    }
    assert.match(await readFile(join(folder, 'report.html'), 'utf8'), /GET \/users\/:userId\/activities/)
    await rm(folder, { recursive: true })
  })

  it('has configuration examples that the schema accepts', () => {
    const examples = blocks('jsonc')
    assert.equal(examples.length, 3)
    for (const example of examples) {
      assert.deepEqual(safeParse(configSchema, parse(example)).issues, undefined)
    }
  })

  it('says of every dependency why it is there', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>
    }
    const said = read('docs/dependencies.md')
    for (const name of Object.keys(devDependencies)) {
      if (!name.startsWith('@types/')) assert.ok(said.includes(`\`${name}\``), name)
    }
  })

  for (const document of documents) {
    it(`${document} links only to files that exist`, () => {
      const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
        (match) => match[1] ?? '',
      )
      for (const link of links) assert.ok(existsSync(join(root, dirname(document), link)), link)
    })
  }
})
