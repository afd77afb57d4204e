import { Node, type CallExpression } from 'ts-morph'
import { calleeName, isFunction } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import { ofOneRow } from './reading/first-row.ts'
import type { Orm } from './orm.ts'
import { sqlTables } from './sql/schema.ts'
import { sqlQuery, sqlRunOf, statementObject, type SqlRun } from './sql/call.ts'
import { sqlAppendOrder, sqlPaginate, sqlSelectColumns, type SqlDialect } from './sql/fixes.ts'
import { sqlSingleInsert } from './sql/insert.ts'
import { sqlChildren, sqlCounts, sqlLookup } from './sql/keyed.ts'
import { sqlTemplates, type SqlTag } from './sql/templates.ts'
import { forwardedSql, type SqlArguments } from './sql/wrapper.ts'

const modules = '"(?:pg|pg-pool|@neondatabase/serverless|@vercel/postgres)"(?:\\.default|\\.native)?'
/** A pool or client, the one that `connect` gives, a value of their types, or what Fastify's plugin decorates it with. */
const connection = new RegExp(
  `^(?:new ${modules}(?:\\.(?:Pool|Client|BoundPool))?|${modules}\\.(?:createPool|createClient|sql|db)(?:\\(\\))?|<${modules}\\.(?:Pool|Client|PoolClient|ClientBase)>|<?"fastify"\\S*\\.pg)(?:\\.connect\\((?:@1)?\\))?$`,
)
/** Functions that take a statement's text and give its rows: Neon's, and the one that postgres.js calls unsafe. */
const direct = /^"(?:@neondatabase\/serverless"\.neon\(\)(?:\.query)?|postgres"(?:\.default)?\(\)\.unsafe)$/

/** Tags whose templates are run, by where their answer holds its rows: Neon's, and Vercel's on a pool or client. */
const neonTag = /^"@neondatabase\/serverless"\.neon\(\)(\.transaction\(@0\))?$/
const vercelTag =
  /^(?:"@vercel\/postgres"\.(?:sql|(?:db|sql|create(?:Pool|Client)\(\))(?:\.connect\(\))?\.sql)|<"@vercel\/postgres"\.\w+>\.sql)$/

const dialect: SqlDialect = {
  placeholder: (number) => `$${number}`,
  values: 'list',
  allRows: { limit: 'null', offset: 'null' },
  keyList: (placeholder) => `= ANY(${placeholder})`,
  foldsNames: true,
  castsLists: true,
}

/** The `pg` driver: `pool.query(text, values)`, also through functions of the project that hand both on. */
export const pg: Orm = {
  id: 'pg',
  examples: [
    {
      setup: `import pg, { Pool, type PoolClient } from 'pg'
import { neon } from '@neondatabase/serverless'
const pool = new Pool()
const other = new pg.Client()
const sql = neon('')
const byId = 'SELECT * FROM users WHERE id = $1'`,
      code: `const { rows } = await pool.query('SELECT * FROM posts ORDER BY id')
await other.query(byId, [req.params.id])
await pool.query({ text: 'SELECT * FROM posts LIMIT $1', values: [10] })
const client = await pool.connect()
await client.query('BEGIN')
await client.query('INSERT INTO posts (title) VALUES ($1)', ['a'])
const found = await client.query('SELECT * FROM posts WHERE title = $1', ['a'])
if (!found.rows[0]) await client.query('DELETE FROM posts')
let count = \`SELECT count(*) FROM posts\`
if (req.query.title) count += ' WHERE title = $1'
await pool.query(count, [req.query.title])
let list = 'SELECT * FROM posts'
if (req.query.limit) list += ' LIMIT ' + req.query.limit
await pool.query(list)
await pool.query('SELECT * FROM posts WHERE author_id = ANY($1)', [[1, 2]])
await sql('SELECT * FROM posts')
await pool.query('SELECT p.*, count(c.id) FROM posts p LEFT JOIN comments c ON c.post_id = p.id GROUP BY p.id')`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'many', bound: 'unique-key' },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'insert', bound: null },
        { table: 'posts', operation: 'one', bound: null },
        { table: 'posts', operation: 'delete', bound: null },
        { table: 'posts', operation: 'count', bound: null },
        { table: 'posts', operation: 'many', bound: 'optional-limit' },
        { table: 'posts', operation: 'many', bound: 'key-list' },
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'many', bound: null },
      ],
    },
    {
      setup: `const db = require('./db')`,
      code: `const { rows } = await db.query('SELECT * FROM users', [])
const result = await db.query(\`SELECT * FROM users WHERE name = $1\`, ['a'])
res.json(result.rows[0])`,
      others: {
        'db.js': `const { Pool } = require('pg')
const pool = new Pool()
module.exports = {
  query: async (text, params) => {
    const start = Date.now()
    const res = await pool.query(text, params)
    console.log(text, Date.now() - start)
    return res
  },
}`,
      },
      queries: [
        { table: 'users', operation: 'many', bound: null },
        { table: 'users', operation: 'one', bound: null },
      ],
    },
    {
      setup: `import { Pool } from 'pg'
class Database {
  private readonly pool: Pool
  constructor() { this.pool = new Pool() }
  async all<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    const result = await this.pool.query(sql, values)
    return result.rows
  }
}
const database = new Database()`,
      code: `res.json(await database.all('SELECT id, title FROM public.posts p WHERE p.title ILIKE $1', ['%a%']))`,
      queries: [{ table: 'posts', operation: 'many', bound: null }],
    },
    {
      setup: `import { neon } from '@neondatabase/serverless'
import { sql, db, createPool } from '@vercel/postgres'
const query = neon(process.env.DATABASE_URL!)
const pool = createPool()`,
      code: `const posts = await query\`SELECT * FROM posts WHERE author_id = \${req.params.author}\`
const [users, count] = await query.transaction([query\`SELECT * FROM users\`, query\`SELECT count(*) FROM users\`])
const { rows } = await sql<{ id: number }>\`SELECT * FROM posts LIMIT \${5}\`
const client = await db.connect()
const found = await client.sql\`SELECT * FROM users WHERE name = \${req.query.name}\`
await pool.sql\`DELETE FROM posts WHERE id = \${found.rows[0].id}\``,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'many', bound: null },
        { table: 'users', operation: 'count', bound: null },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'users', operation: 'one', bound: null },
        { table: 'posts', operation: 'delete', bound: null },
      ],
    },
  ],
  recognise(call, resolver) {
    const own = driverCall(call, resolver)
    const run = own ? sqlRunOf(own, resolver) : runOf(call, resolver)
    const query = run && sqlQuery(run, call, resolver)
    if (!query) return null
    if (isStream(call, resolver)) return { ...query, bound: 'stream' }
    return ofOneRow(query, call, own ? (isDirect(call, resolver) ? 'value' : 'rows') : null)
  },
  templates: sqlTemplates(tagOf),
  tables: (program, resolver) =>
    sqlTables(program, resolver, 'pg', (call) => driverCall(call, resolver) !== null),
  paginate: (call, _query, page, resolver, primaryKey) =>
    sqlPaginate(call, runOf(call, resolver), page, primaryKey, dialect),
  appendOrder: (call, _query, primaryKey, resolver) =>
    sqlAppendOrder(call, runOf(call, resolver), primaryKey),
  selectColumns: (call, _query, columns, resolver) => sqlSelectColumns(call, runOf(call, resolver), columns),
  lookup(call, isKey, resolver) {
    const own = driverCall(call, resolver)
    const run = own && sqlRunOf(own, resolver)
    return run && sqlLookup(call, run, isKey, dialect, resolver, listAt(call, resolver))
  },
  children(call, isKey, resolver) {
    const own = driverCall(call, resolver)
    const run = own && sqlRunOf(own, resolver)
    return run && sqlChildren(call, run, isKey, dialect, resolver, listAt(call, resolver))
  },
  countsByKey(call, isKey, resolver) {
    const own = driverCall(call, resolver)
    const run = own && sqlRunOf(own, resolver)
    const list = listAt(call, resolver)
    const answer = { rowAt: [...list, '0'], listAt: list, isNumber: false, plainName: 'count' }
    return run && sqlCounts(call, run, isKey, dialect, resolver, answer)
  },
  singleWrite(call, _query, resolver) {
    const found = driverCall(call, resolver) ?? forwardedSql(call, driverCall, resolver)
    return sqlSingleInsert(call, found, { placeholders: 'numbered', maximumValues: 65_535 }, resolver)
  },
}

function tagOf(tag: Node, resolver: Resolver): SqlTag | null {
  const origin = resolver.origin(tag) ?? ''
  if (vercelTag.test(origin)) return { rowsAt: 'rows', inTransaction: false, limits: 'nullable' }
  const neon = neonTag.exec(origin)
  if (!neon) return null
  const rowsAt = /fullResults/.test(resolver.instance(tag).getText()) ? 'rows' : 'value'
  return { rowsAt, inTransaction: neon[1] !== undefined, limits: 'nullable' }
}

/** `pool.query(text, values)` or `pool.query({ text, values })`. */
function driverCall(call: CallExpression, resolver: Resolver): SqlArguments | null {
  const callee = call.getExpression()
  const isQuery =
    Node.isPropertyAccessExpression(callee) &&
    callee.getName() === 'query' &&
    connection.test(resolver.origin(callee.getExpression()) ?? '')
  if (!isQuery && !isDirect(call, resolver)) return null
  const [first, second] = call.getArguments()
  if (!first) return null
  const made = resolver.definition(first)
  if (Node.isNewExpression(made)) return streamArguments(made)
  const values = isFunction(second) ? null : (second ?? null)
  const object = statementObject(first, resolver, { text: 'text', values: 'values' })
  if (object) return { ...object, values: object.values ?? values }
  return { text: first, values, valuesIndex: 1 }
}

/** Whether a call gives rows, not an answer that holds them. */
function isDirect(call: CallExpression, resolver: Resolver): boolean {
  const name = calleeName(call)
  const isMethod = Node.isPropertyAccessExpression(call.getExpression())
  if (isMethod && name !== 'query' && name !== 'unsafe') return false
  return direct.test(resolver.origin(call.getExpression()) ?? '')
}

function listAt(call: CallExpression, resolver: Resolver): readonly string[] {
  return isDirect(call, resolver) ? [] : ['rows']
}

/** `new QueryStream(text, values)`, `new Cursor(text, values)`. */
function streamArguments(made: Node): SqlArguments | null {
  const [text, values] = Node.isNewExpression(made) ? made.getArguments() : []
  return text ? { text, values: values ?? null, valuesIndex: null } : null
}

function isStream(call: CallExpression, resolver: Resolver): boolean {
  const [first] = call.getArguments()
  const made = first && resolver.definition(first)
  return Node.isNewExpression(made) && /^new "pg-(?:query-stream|cursor)"/.test(resolver.origin(made) ?? '')
}

function runOf(call: CallExpression, resolver: Resolver): SqlRun | null {
  const found = driverCall(call, resolver) ?? forwardedSql(call, driverCall, resolver)
  return found && sqlRunOf(found, resolver)
}
