import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, it } from 'mocha'
import * as vscode from 'vscode'
import type { ExtensionApi } from '../../../src/editor/extension.ts'
import type { FailureData } from '../../../src/model/failure.ts'
import { sampleUri } from './sample.ts'

const names = ['baseUrl', 'startCommand', 'budget', 'database'] as const

async function configure(values: Partial<Record<(typeof names)[number], string>>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('headroom')
  for (const name of names)
    await configuration.update(name, values[name], vscode.ConfigurationTarget.Workspace)
}

/** Load tests a route, pressing Enter on the question, and resolves to the failure it ends with. */
async function failureOf(route = 'GET /tags'): Promise<FailureData> {
  const api = await vscode.extensions.getExtension<ExtensionApi>('headroom.headroom')?.activate()
  assert.ok(api)
  const failures: FailureData[] = []
  const listening = api.onDidEmit((event) => {
    if (event.kind === 'failure') failures.push(event.failure)
  })
  try {
    const folder = sampleUri('').toString().replace(/\/$/, '')
    const ended = vscode.commands.executeCommand('headroom.loadTest', { folder, route })
    while (failures.length === 0) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
      await delay(50)
    }
    await ended
    const [failure] = failures
    assert.ok(failure)
    return failure
  } finally {
    listening.dispose()
  }
}

async function otherApp(status = 404): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Not here</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return { server, url: `http://127.0.0.1:${address.port}` }
}

function actions(failure: FailureData): string[] {
  return failure.actions.map(({ id }) => id)
}

describe('what cannot be measured is said, with something to do about it', function () {
  this.timeout(60_000)
  afterEach(() => configure({}))

  it('a target that is not this machine', async () => {
    await configure({ baseUrl: 'http://203.0.113.7' })
    const failure = await failureOf()
    assert.equal(failure.code, 'HR_NOT_LOOPBACK')
    assert.deepEqual(actions(failure), ['change-port'])
  })

  it('a budget that does not parse', async () => {
    await configure({ budget: 'fast please' })
    const failure = await failureOf()
    assert.equal(failure.code, 'HR_BUDGET')
    assert.deepEqual(actions(failure), ['change-budget', 'open-config'])
  })

  it('a start command that fails', async () => {
    await configure({ baseUrl: 'http://localhost:1', startCommand: 'node -e "process.exit(1)"' })
    const failure = await failureOf()
    assert.equal(failure.code, 'HR_START_FAILED')
    assert.deepEqual(actions(failure), ['retry', 'open-config'])
  })

  it('another application on the port', async () => {
    const { server, url } = await otherApp()
    try {
      await configure({ baseUrl: url })
      const failure = await failureOf()
      assert.equal(failure.code, 'HR_WRONG_APP')
      assert.deepEqual(actions(failure), ['change-port'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('an endpoint that wants a token, unless its refusal is what is tested', async () => {
    const { server, url } = await otherApp(401)
    try {
      await configure({ baseUrl: url })
      const failure = await failureOf()
      assert.equal(failure.code, 'HR_AUTH')
      assert.deepEqual(actions(failure), ['open-config', 'expect-status'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('nothing that listens, and nothing that is known to start it', async () => {
    const manifest = sampleUri('package.json').fsPath
    const config = sampleUri('headroom.config.json').fsPath
    const [packed, configured] = [await readFile(manifest, 'utf8'), await readFile(config, 'utf8')]
    try {
      await writeFile(manifest, packed.replaceAll(/"(dev|start)":/g, '"no-$1":'))
      await writeFile(config, '{}')
      await configure({ baseUrl: 'http://localhost:1' })
      const failure = await failureOf()
      assert.equal(failure.code, 'HR_NO_SERVER')
      assert.match(failure.message, /^Nothing is listening on localhost:1\./)
      assert.deepEqual(actions(failure), ['change-port'])
    } finally {
      await writeFile(manifest, packed)
      await writeFile(config, configured)
    }
  })

  it('a database that is not there', async () => {
    const { server, url } = await otherApp()
    try {
      await configure({ baseUrl: url, database: 'sqlite:./data/none.sqlite' })
      const failure = await failureOf('GET /users/:userId')
      assert.equal(failure.code, 'HR_DATABASE_MISSING')
      assert.match(failure.message, /no database at data\/none\.sqlite/)
      assert.deepEqual(actions(failure), ['database-source'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('a parameter without values', async () => {
    const { server, url } = await otherApp()
    const config = sampleUri('headroom.config.json').fsPath
    const text = await readFile(config, 'utf8')
    try {
      await writeFile(config, '{}')
      await configure({ baseUrl: url })
      const failure = await failureOf('GET /users/:userId')
      assert.equal(failure.code, 'HR_PARAMETERS')
      assert.match(failure.message, /`:userId` needs values/)
      assert.deepEqual(actions(failure), ['enter-values', 'open-config'])
    } finally {
      await writeFile(config, text)
      server.closeAllConnections()
      server.close()
    }
  })
})
