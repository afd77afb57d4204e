import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { after, afterEach, before, describe, it } from 'mocha'
import * as vscode from 'vscode'
import type { ExtensionApi } from '../../../src/editor/extension.ts'
import type { RunEvent } from '../../../src/model/panel.ts'
import type { Run } from '../../../src/model/run.ts'
import { openSample, revertAll, sampleUri } from './sample.ts'
import { freePort, listens } from './ports.ts'
import { chat, offerStubModel, stubModel, type ToolCall } from './stub-model.ts'
import { callTool } from './tool-calls.ts'

interface ContributedTool {
  readonly name: string
  readonly modelDescription: string
  readonly inputSchema: object
}

function extension(): vscode.Extension<ExtensionApi> {
  const found = vscode.extensions.getExtension<ExtensionApi>('headroom.headroom')
  assert.ok(found)
  return found
}

function contributed(): readonly ContributedTool[] {
  const { packageJSON }: { packageJSON: { contributes: { languageModelTools: ContributedTool[] } } } =
    extension()
  return packageJSON.contributes.languageModelTools
}

async function configure(values: Readonly<Record<string, unknown>>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('headroom')
  for (const [name, value] of Object.entries(values)) {
    await configuration.update(name, value, vscode.ConfigurationTarget.Workspace)
  }
}

async function keptRuns(): Promise<Run[]> {
  const folder = sampleUri('.headroom/runs').fsPath
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).toSorted()
  return Promise.all(
    names.map(async (name): Promise<Run> => JSON.parse(await readFile(`${folder}/${name}`, 'utf8'))),
  )
}

/** The rows of the table of tags in a database file of the sample. */
function tagsIn(path: string): number {
  const database = new DatabaseSync(sampleUri(path).fsPath, { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS rows FROM tags').get()?.['rows'])
  } finally {
    database.close()
  }
}

/** Resolves at the next event of a kind in any load test. */
async function nextEvent(kind: RunEvent['kind']): Promise<void> {
  const { onDidEmit } = await extension().activate()
  await new Promise<void>((resolve) => {
    const listening = onDidEmit((event) => {
      if (event.kind !== kind) return
      listening.dispose()
      resolve()
    })
  })
}

/** Presses Enter on the question that starts a load test, as often as it takes. */
async function pressEnterUntil(done: PromiseLike<unknown>): Promise<void> {
  const isDone = done.then(() => true)
  while (!(await Promise.race([isDone, delay(100, false)]))) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
  }
}

/** The first fix that an inspection offers, as it stands in the answer. */
function offeredFix(answer: string): Record<'finding_id' | 'fix_id' | 'expected_hash', string> {
  const found = /headroom_apply_fix finding_id=(\S+) fix_id=(\S+) expected_hash=(\w+)/.exec(answer)
  const [, finding, fix, hash] = found ?? []
  assert.ok(finding !== undefined && fix !== undefined && hash !== undefined, answer)
  return { finding_id: finding, fix_id: fix, expected_hash: hash }
}

describe('the tools for models', function () {
  this.timeout(60_000)
  afterEach(revertAll)

  it('are registered as the manifest contributes them, and no others', () => {
    const registered = vscode.lm.tools.filter(({ tags }) => tags.includes('headroom'))
    assert.ok(registered.length >= 6)
    assert.deepEqual(
      registered.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      contributed().map((tool) => ({
        name: tool.name,
        description: tool.modelDescription,
        inputSchema: tool.inputSchema,
      })),
    )
  })

  it('each answer, and refuse a field that their schema does not have', async () => {
    for (const { name } of contributed()) {
      const answer = await callTool(name, { shell: 'rm -rf /' })
      assert.match(answer, /^REFUSED The field "|^REFUSED headroom_\w+ has no field "shell"/, name)
      assert.match(answer, /\nnext: call it again with a valid input$/, name)
    }
  })

  it('refuse values that the schema excludes, which the editor lets through', async () => {
    const route = 'GET /tags'
    assert.match(
      await callTool('headroom_load_test_route', { route, max_users: 10_000 }),
      /^REFUSED The field "max_users" must be 200 at most/,
    )
    assert.match(await callTool('headroom_load_test_route', { route: 7 }), /^REFUSED The field "route"/)
    assert.match(
      await callTool('headroom_inspect_route', { file_path: '../../etc/passwd' }),
      /^REFUSED [^\n]*\nnext: /,
    )
  })

  it('list the routes, with their findings', async () => {
    const answer = await callTool('headroom_list_routes', {})
    assert.match(answer, /"GET \/users\/:userId\/activities" src\/routes\/activities\.ts:\d+; [1-9] findings/)
    assert.match(answer, /\nnext: headroom_inspect_route route="[^"]+"$/)
  })

  it('see text that nobody has saved', async () => {
    const editor = await openSample('src/routes/posts.ts')
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end
    await editor.edit((edit) =>
      edit.insert(end, "\npostsRouter.get('/unsaved', (_req, res) => res.json([]))\n"),
    )
    assert.match(await callTool('headroom_list_routes', {}), /"GET \/posts\/unsaved" src\/routes\/posts\.ts/)
  })

  it('apply a fix to the document and the file, as one change that one undo takes back', async () => {
    const { document } = await openSample('src/routes/posts.ts')
    const original = document.getText()
    const inspected = await callTool('headroom_inspect_route', { route: 'GET /posts' })
    const fix = offeredFix(inspected)
    assert.match(
      await callTool('headroom_apply_fix', { ...fix, expected_hash: '000000000000' }),
      /^REFUSED src\/routes\/posts\.ts changed since/,
    )
    assert.equal(document.getText(), original)

    const answer = await callTool('headroom_apply_fix', fix)
    assert.match(answer, /^APPLIED /)
    assert.match(answer, /\nnext: headroom_load_test_route route="GET \/posts"$/)
    assert.notEqual(document.getText(), original)
    assert.equal(document.isDirty, false)
    assert.equal(await readFile(document.uri.fsPath, 'utf8'), document.getText())
    assert.doesNotMatch(await callTool('headroom_inspect_route', { route: 'GET /posts' }), /n-plus-one/)

    await vscode.window.showTextDocument(document)
    await vscode.commands.executeCommand('undo')
    assert.equal(document.getText(), original)
    await document.save()
  })

  it('refuse a fix whose code has changed in the editor since', async () => {
    const editor = await openSample('src/routes/posts.ts')
    const fix = offeredFix(await callTool('headroom_inspect_route', { route: 'GET /posts' }))
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// another line\n'))
    const changed = editor.document.getText()
    assert.match(await callTool('headroom_apply_fix', fix), /^REFUSED src\/routes\/posts\.ts changed since/)
    assert.equal(editor.document.getText(), changed)
  })
})

describe('the tools for models, under load', function () {
  this.timeout(90_000)
  const route = 'GET /tags'
  let port = 0

  before(async () => {
    port = await freePort()
    await configure({ baseUrl: `http://localhost:${port}`, stepSeconds: 0.5, budget: 'p95<10s' })
  })
  after(() => configure({ baseUrl: undefined, stepSeconds: undefined, budget: undefined, users: undefined }))

  it('load test an endpoint, keep the run, and tell it again', async () => {
    const earlier = (await keptRuns()).length
    const answer = await callTool('headroom_load_test_route', { route, max_users: 2 })
    assert.match(answer, /^HOLDS /)
    // The sample's own rows are too few to be done with.
    assert.match(
      answer,
      /\nnext: headroom_seed_data scale=small dry_run=true, then headroom_load_test_route /,
    )
    assert.equal(await listens(port), false)
    const runs = await keptRuns()
    assert.equal(runs.length, earlier + 1)
    const run = runs.at(-1)
    assert.equal(run?.route, route)
    const last = await callTool('headroom_get_last_result', { route })
    assert.ok(last.startsWith(answer.split('\n')[0] ?? ''), last)
    assert.ok(last.includes(run.id), last)
  })

  it('leave what a person chose for a route as it is', async () => {
    const { plan } = (await keptRuns()).at(-1) ?? assert.fail()
    assert.ok(plan.steps.every(({ users }) => users <= 2))
    await configure({ users: [1], stepSeconds: 0.5 })
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString()
    await pressEnterUntil(vscode.commands.executeCommand('headroom.loadTest', { folder, route }))
    const own = (await keptRuns()).at(-1)
    assert.deepEqual([...new Set(own?.plan.steps.map(({ users }) => users))], [1])
    await configure({ users: undefined })
  })

  it('do not disturb a load test of a person', async () => {
    await configure({ users: [1], stepSeconds: 60 })
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString()
    const measuring = nextEvent('tick')
    const tested = vscode.commands.executeCommand('headroom.loadTest', { folder, route })
    await pressEnterUntil(measuring)
    const answer = await callTool('headroom_load_test_route', { route: 'GET /posts', max_users: 2 })
    assert.match(answer, /^REFUSED A load test of GET \/tags is running in the editor/)
    assert.equal(await listens(port), true)
    await vscode.commands.executeCommand('headroom.stop')
    await tested
    assert.equal((await keptRuns()).at(-1)?.verdict.kind, 'stopped')
    await configure({ users: undefined, stepSeconds: 0.5 })
  })

  it('end a load test when the call is cancelled, keep what was measured, and leave no server behind', async () => {
    await configure({ stepSeconds: 60 })
    const earlier = (await keptRuns()).length
    const cancelling = new vscode.CancellationTokenSource()
    const measuring = nextEvent('tick')
    const called = callTool('headroom_load_test_route', { route, max_users: 2 }, cancelling.token)
    const rejected = assert.rejects(called)
    await measuring
    cancelling.cancel()
    await rejected
    while (await listens(port)) await delay(100)
    while ((await keptRuns()).length === earlier) await delay(100)
    assert.equal((await keptRuns()).at(-1)?.verdict.kind, 'stopped')
  })

  it('add rows that the person is told of, and can remove at the press of a button', async () => {
    const file = 'data/app.sqlite'
    const own = tagsIn(file)
    const answer = await callTool('headroom_seed_data', { scale: 'small', dry_run: false })
    assert.match(answer, /^SEEDED \d+ rows in [\d.]+ s, into data\/app\.sqlite$/m)
    assert.ok(tagsIn(file) > own)
    // The first button of the newest notification. Pressed again it would be another one's.
    await vscode.commands.executeCommand('notification.acceptPrimaryAction')
    while (tagsIn(file) > own) await delay(200)
    assert.equal(tagsIn(file), own)
  })
})

describe('the tools for models, in the hands of a model', function () {
  this.timeout(60_000)
  afterEach(revertAll)

  it('lead one from the routes to the fix by what they answer', async function () {
    const { document } = await openSample('src/routes/posts.ts')
    const original = document.getText()
    const steps: ToolCall[] = [
      { name: 'headroom_list_routes', input: {} },
      { name: 'headroom_inspect_route', input: { route: 'GET /posts' } },
    ]
    const offered = offerStubModel((results) => {
      const next = steps[results.length]
      if (next !== undefined) return next
      if (results.length > steps.length) return 'The query in the loop is gone.'
      return { name: 'headroom_apply_fix', input: offeredFix(results.at(-1) ?? '') }
    })
    const model = offered === null ? null : await stubModel()
    if (model === null) {
      assert.equal(process.env['CI'], undefined, 'the editor of CI takes a stub model')
      this.skip()
    }
    try {
      const tools = vscode.lm.tools.filter(({ tags }) => tags.includes('headroom'))
      const { results, word } = await chat(model, 'Make GET /posts faster.', tools)
      assert.equal(results.length, 3)
      assert.match(results[0] ?? '', /"GET \/posts" src\/routes\/posts\.ts/)
      assert.match(results[2] ?? '', /^APPLIED /)
      assert.equal(word, 'The query in the loop is gone.')
      assert.notEqual(document.getText(), original)
      await vscode.window.showTextDocument(document)
      await vscode.commands.executeCommand('undo')
      assert.equal(document.getText(), original)
      await document.save()
    } finally {
      offered?.dispose()
    }
  })
})
