import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type EditorWindow, openEditorWindow } from '../../../scripts/editor-window.ts'
import { repository } from '../../../scripts/repository.ts'
import { migrateSample } from '../../../scripts/sample-copy.ts'
import { notification, pressIn, runCommand } from '../../../scripts/workbench.ts'

const waitMillis = 60_000

type Row = Readonly<Record<string, unknown>>

function read<T>(file: string, use: (rows: (statement: string) => Row[]) => T): T {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return use((statement) => database.prepare(statement).all())
  } finally {
    database.close()
  }
}

/** The number of rows by table, and what the database finds wrong with itself. */
function stateOf(file: string): { counts: Readonly<Record<string, number>>; indexes: Row[]; wrong: Row[] } {
  return read(file, (rows) => ({
    counts: Object.fromEntries(
      ['users', 'posts', 'activities', 'post_tags'].map((table) => [
        table,
        Number(rows(`SELECT count(*) AS n FROM ${table}`)[0]?.['n']),
      ]),
    ),
    indexes: rows("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"),
    wrong: [
      ...rows('PRAGMA integrity_check').filter((row) => row['integrity_check'] !== 'ok'),
      ...rows('PRAGMA foreign_key_check'),
    ],
  }))
}

/** All that is in a small database. */
function contentOf(file: string): Readonly<Record<string, Row[]>> {
  return read(file, (rows) => ({
    schema: rows('SELECT type, name, sql FROM sqlite_master ORDER BY type, name'),
    ...Object.fromEntries(
      rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map(({ name }) => [
        String(name),
        rows(`SELECT * FROM "${String(name)}" ORDER BY 1, 2`),
      ]),
    ),
  }))
}

describe('seeding in the editor', { timeout: 240_000 }, () => {
  let editor: EditorWindow
  let file: string
  let untouched: ReturnType<typeof contentOf>
  let indexes: Row[]
  before(async () => {
    editor = await openEditorWindow({ extension: repository, prepare: migrateSample })
    file = join(editor.workspace, 'data', 'app.sqlite')
    untouched = contentOf(file)
    ;({ indexes } = stateOf(file))
  })
  after(async () => {
    await editor?.[Symbol.asyncDispose]()
  })

  it('says what it would do, shows how far it is, and stops on Cancel with a sound database', async () => {
    const { page } = editor
    await runCommand(page, 'Headroom: Seed Data…')
    await page.locator('.quick-input-title').filter({ hasText: 'Seed data/app.sqlite' }).waitFor()
    const scales = page.locator('.quick-input-list .monaco-list-row')
    const medium = scales.filter({ hasText: 'Medium' })
    assert.match(await medium.innerText(), /1,220,100 rows · about \d+ s · \d+ MB of [\d,.]+ [GT]B free/)
    assert.match(await medium.innerText(), /activities \+1,000,000 · post_tags \+150,000/)
    assert.deepEqual(contentOf(file), untouched)
    await medium.click()
    const progress = await notification(page, /[\d,]+ of 1,220,100 rows · [\d,]+ rows\/s.* · \w+/, waitMillis)
    await pressIn(progress, 'Cancel')

    const stopped = await notification(page, /Stopped after [\d,]+ rows in data\/app\.sqlite/, waitMillis)
    const told = Number(/after ([\d,]+) rows/.exec(await stopped.innerText())?.[1]?.replaceAll(',', ''))
    const { counts, ...state } = stateOf(file)
    assert.ok(told > 0 && told < 1_220_100)
    assert.ok((counts['activities'] ?? 0) < 1_000_000)
    assert.deepEqual(state, { indexes, wrong: [] })
  })

  it('resumes from there and removes exactly the rows that were added', async () => {
    const { page } = editor
    const rowsBefore = (table: string) => untouched[table]?.length ?? 0
    await pressIn(await notification(page, /Stopped after/), 'Resume')
    const added = await notification(page, /Added [\d,]+ rows to data\/app\.sqlite in .* rows\/s/, waitMillis)
    assert.deepEqual(stateOf(file), {
      counts: {
        users: rowsBefore('users') + 10_000,
        posts: rowsBefore('posts') + 50_000,
        activities: rowsBefore('activities') + 1_000_000,
        post_tags: rowsBefore('post_tags') + 150_000,
      },
      indexes,
      wrong: [],
    })
    await pressIn(added, 'Remove Seeded Rows')
    await notification(page, /Removed 1,220,100 rows from data\/app\.sqlite/, waitMillis)
    assert.deepEqual(contentOf(file), untouched)
  })
})
