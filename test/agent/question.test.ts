import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fenced } from '../../src/agent/markdown.ts'
import { questionText } from '../../src/agent/question.ts'

const paragraphs = (...all: readonly string[]): string => all.join('\n\n')

describe('a question as a dialog of three lines shows it', () => {
  it('has what is asked on its first line, what it is about on its second, and the command on its third', () => {
    const message = paragraphs(
      'Target: `http://localhost:3000` (configuration)',
      'Nothing listens there. This command is started:',
      fenced('sh', 'npm run dev'),
      'Up to 5 users for about 8 s.',
    )
    assert.equal(
      questionText({ title: 'Load test GET /users?', message }),
      [
        'Load test GET /users?',
        'Target: `http://localhost:3000` (configuration) Up to 5 users for about 8 s.',
        'Nothing listens there. This command is started: `npm run dev`',
      ].join('\n'),
    )
  })

  it('names each table', () => {
    const message = paragraphs(
      'Database: `data/app.sqlite`',
      '- `users: +1,000 rows`\n- `posts: +5,000 rows`',
      'Together: 6,000 rows.',
    )
    assert.equal(
      questionText({ title: 'Add rows?', message }),
      'Add rows?\nDatabase: `data/app.sqlite` Together: 6,000 rows.\n`users: +1,000 rows`, `posts: +5,000 rows`',
    )
  })

  it('says which files a diff changes before it shows the diff, whatever the changed lines look like', () => {
    const diff = [
      '--- a/src/a.ts',
      '+++ b/src/a.ts',
      '@@ -1,3 +1,3 @@',
      '-one()',
      '---x',
      '+++y',
      ' two()',
      '--- a/src/b.ts',
      '+++ b/src/b.ts',
      '@@ -0,0 +1 @@',
      '+const fence = `',
    ].join('\n')
    const text = questionText({
      title: 'Apply "Batch"?',
      message: paragraphs('`n-plus-one` at `src/a.ts:1`', fenced('diff', diff)),
    })
    const [asked, about, files, ...shown] = text.split('\n')
    assert.deepEqual(
      [asked, about, files],
      ['Apply "Batch"?', '`n-plus-one` at `src/a.ts:1`', 'src/a.ts (+1 −2), src/b.ts (+1 −0)'],
    )
    assert.equal(shown.join('\n'), fenced('diff', diff))
  })

  it('leaves a command of several lines whole', () => {
    const command = fenced('sh', 'one\n\n- two')
    const message = paragraphs('Target: here', 'This is started:', command, 'Up to 5 users.')
    assert.equal(
      questionText({ title: 'Load?', message }),
      `Load?\nTarget: here This is started: Up to 5 users.\n${command}`,
    )
  })
})
