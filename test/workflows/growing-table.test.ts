import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ForeignKey, Schema, Table } from '../../src/model/schema.ts'
import { growingTable, rowsFor } from '../../src/workflows/growing-table.ts'

function column(name: string, nullable: boolean): Table['columns'][number] {
  return {
    name,
    type: 'integer',
    declaredType: 'INTEGER',
    nullable,
    hasDefault: false,
    generated: false,
    maxLength: null,
    allowedValues: null,
  }
}

function table(name: string, rowCount: number, parents: readonly string[] = [], nullable = false): Table {
  const keys = parents.map((parent) => `${parent}_id`)
  const foreignKeys = parents.map((parent): ForeignKey => ({
    columns: [`${parent}_id`],
    referencedTable: parent,
    referencedColumns: ['id'],
  }))
  return {
    name,
    columns: [column('id', false), ...keys.map((key) => column(key, nullable))],
    primaryKey: ['id'],
    foreignKeys,
    uniques: [],
    rowCount,
  }
}

const schema: Schema = {
  dialect: 'sqlite',
  tables: [
    table('users', 5),
    table('posts', 0, ['authors']),
    table('authors', 0),
    table('activities', 20, ['users', 'posts']),
    table('audit_log', 0, ['users'], true),
  ],
}

function chosen(path: string, reads: readonly string[] = [], given?: string): string {
  return growingTable({ route: `GET ${path}`, path, reads, given }, schema).name
}

describe('growingTable', () => {
  it('takes the table that the code reads and the path names', () => {
    assert.equal(chosen('/users/:userId/activities', ['activities', 'users', 'posts']), 'activities')
    assert.equal(chosen('/users/:userId/activities', ['posts', 'users', 'activities']), 'activities')
  })

  it('takes the table of which the code reads many rows where the path names none of them', () => {
    assert.equal(chosen('/feed', ['posts', 'users']), 'posts')
    assert.equal(chosen('/feed', ['Activity']), 'activities', 'models are named in the singular')
    assert.equal(chosen('/feed', ['AuditLog']), 'audit_log')
  })

  it('goes by the path, and then by the parameter, where the code says nothing', () => {
    assert.equal(chosen('/api/users/:id/activities?limit=20'), 'activities')
    assert.equal(chosen('/api/posts/:id'), 'posts')
    assert.equal(chosen('/who/:userId'), 'users')
  })

  it('does what it is told, and asks where nothing tells', () => {
    assert.equal(chosen('/users/:userId/activities', ['activities'], 'users'), 'users')
    assert.throws(() => chosen('/feed'), /Which table does GET \/feed depend on\? Name the one/)
    assert.throws(() => chosen('/feed', [], 'user'), /There is no table `user`\. The tables are users, posts/)
  })
})

describe('rowsFor', () => {
  it('fills up one table, fills its parents up to a hundred, and leaves all others alone', () => {
    const [users, , , activities] = schema.tables
    assert.ok(users !== undefined && activities !== undefined)
    assert.deepEqual(rowsFor(activities, 1000, {}, schema), {
      rows: { activities: 980, users: 95, posts: 100, authors: 100 },
      exclude: ['audit_log'],
    })
    assert.deepEqual(rowsFor(users, 100, { audit_log: 3 }, schema), {
      rows: { users: 95 },
      exclude: ['posts', 'authors', 'activities'],
    })
    assert.deepEqual(rowsFor(users, 2, {}, schema).rows, { users: 0 })
  })
})
