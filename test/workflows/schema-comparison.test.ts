import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Relation, Table as CodeTable } from '../../src/analysis/facts.ts'
import { codeReferences, compareSchemas } from '../../src/workflows/schema-comparison.ts'
import { column, numbered, reference, schemaOf } from '../factory/plan-rows.ts'

const span = { file: 'models.ts', line: 3, column: 1, endLine: 3, endColumn: 2 }

function codeTable(
  name: string,
  columns: Readonly<Record<string, string | null>>,
  more: Partial<CodeTable> = {},
): CodeTable {
  return {
    name,
    orm: 'typeorm',
    span,
    columns: Object.entries(columns).map(([each, type]) => ({ name: each, type, foreignKey: false, span })),
    primaryKey: ['id'],
    unique: [['id']],
    indexes: [],
    relations: [],
    indexesForeignKeys: null,
    ...more,
  }
}

function relation(name: string, target: string, columns: readonly string[], many = false): Relation {
  return { name, target, many, columns, references: ['id'], eager: false, span }
}

test('names are the same in whatever case and number', () => {
  const code = [codeTable('BlogPost', { id: 'number', createdAt: 'Date', isDraft: 'boolean' })]
  const schema = schemaOf(
    numbered('blog_posts', [column('created_at', 'datetime'), column('is_draft', 'integer')]),
  )
  assert.deepEqual(compareSchemas(code, schema), [])
})

test('tables and columns that one side lacks are named', () => {
  const code = [codeTable('User', { id: 'number', email: 'string' }), codeTable('Invoice', { id: 'number' })]
  const schema = schemaOf(
    numbered('users', [column('mail', 'text')]),
    numbered('audit_log'),
    numbered('_prisma_migrations'),
  )
  assert.deepEqual(compareSchemas(code, schema), [
    'The code declares the table `Invoice` (typeorm, models.ts:3), which the database lacks. Has it been migrated?',
    'No model in the code declares `audit_log`.',
    '`users`: the code declares email, which the database lacks; the database has mail, which the code does not declare.',
  ])
})

test('types differ only where no library would store one as the other', () => {
  const schema = schemaOf(
    numbered('users', [
      column('a', 'text'),
      column('b', 'integer'),
      column('c', 'boolean'),
      column('d', 'text'),
    ]),
  )
  const fine = [codeTable('User', { id: 'Int', a: 'Json', b: 'Boolean', c: 'boolean', d: 'DateTime' })]
  assert.deepEqual(compareSchemas(fine, schema), [])
  const wrong = [codeTable('User', { id: 'Int', a: 'integer', b: 'String', c: 'timestamp', d: null })]
  assert.deepEqual(compareSchemas(wrong, schema), [
    '`users.a` is integer in the code and TEXT in the database.',
    '`users.b` is String in the code and INTEGER in the database.',
    '`users.c` is timestamp in the code and BOOLEAN in the database.',
  ])
})

test('code that speaks of another database says nothing', () => {
  assert.deepEqual(compareSchemas([codeTable('User', { id: 'Int' })], schemaOf(numbered('films'))), [])
  assert.deepEqual(
    compareSchemas(
      [codeTable('User', { _id: 'ObjectId' }, { orm: 'mongoose' })],
      schemaOf(numbered('users')),
    ),
    [],
  )
})

test('relations without a foreign key are references, those with one are not', () => {
  const code = [
    codeTable('User', { id: 'number' }, { relations: [relation('posts', 'Post', [], true)] }),
    codeTable(
      'Post',
      { id: 'number', writer: 'number', editorId: 'number' },
      { relations: [relation('author', 'User', ['writer']), relation('editor', 'User', ['editorId'])] },
    ),
  ]
  const schema = schemaOf(
    numbered('users'),
    numbered('posts', [column('writer'), column('editor_id')], [reference('editor_id', 'users')]),
  )
  assert.deepEqual(codeReferences(code, schema), [
    {
      table: 'posts',
      column: 'writer',
      referencedTable: 'users',
      referencedColumn: 'id',
      reason: 'no foreign key, but the typeorm relation author',
    },
  ])
  assert.match(compareSchemas(code, schema).join('\n'), /`posts\.writer` refers to `users` in the code/)
})
