import { Node, SyntaxKind, type CallExpression } from 'ts-morph'
import { bare, calleeName, isFunction } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import { styleOf } from '../rewrite/style.ts'
import { ofOneRow } from './reading/first-row.ts'
import type { Orm } from './orm.ts'
import { sqlTables } from './sql/schema.ts'
import { sqlQuery, sqlRunOf, statementObject, type SqlRun } from './sql/call.ts'
import { sqlAppendOrder, sqlPaginate, sqlSelectColumns, type SqlDialect } from './sql/fixes.ts'
import { sqlSingleInsert } from './sql/insert.ts'
import { sqlChildren, sqlCounts, sqlLookup } from './sql/keyed.ts'
import { forwardedSql, type SqlArguments } from './sql/wrapper.ts'

const modules =
  '"(?:mysql2?(?:/promise)?(?:\\.js)?|promise-mysql|mariadb|@planetscale/database)"(?:\\.default)?'
/** A pool or connection, what it gives as promises, the one that it lends, or a value of their types. */
const connection = new RegExp(
  `^(?:${modules}\\.(?:createPool|createConnection|createPoolCluster|connect)\\(\\)|new ${modules}\\.Client|<${modules}\\.(?:Pool|Connection|PoolConnection|PromisePool)>|<?"fastify"\\S*\\.mysql(?:\\.pool)?)(?:\\.promise\\(\\)|\\.getConnection\\((?:@1)?\\)|\\.transaction\\(@0\\))*$`,
)

const dialect: SqlDialect = {
  placeholder: () => '?',
  values: 'list',
  allRows: { limit: 'Number.MAX_SAFE_INTEGER', offset: '0' },
  // A prepared statement takes the numbers of a limit as text only, a plain one as numbers only.
  number: (call, text) => (calleeName(call) === 'execute' ? `String(${text})` : text),
  keyList: (placeholder) => `IN (${placeholder})`,
}

/** The `mysql2` and `mysql` drivers: `pool.query(text, values)` and `execute`, with promises or callbacks. */
export const mysql2: Orm = {
  id: 'mysql2',
  examples: [
    {
      setup: `import mysql from 'mysql2/promise'
const pool = mysql.createPool({ uri: '' })`,
      code: `const [rows] = await pool.query('SELECT * FROM posts')
const [[user]] = await pool.execute('SELECT * FROM users WHERE name = ?', ['a'])
const connection = await pool.getConnection()
await connection.beginTransaction()
await connection.execute('UPDATE posts SET title = ? WHERE id = ?', ['a', 1])
await connection.query('INSERT INTO tags (name) VALUES ?', [[['a'], ['b']]])
const [some] = await pool.query('SELECT * FROM posts WHERE id IN (?)', [[1, 2]])
const [page] = await pool.query('SELECT * FROM posts LIMIT ?, ?', [0, 10])`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'users', operation: 'one', bound: null },
        { table: 'posts', operation: 'update', bound: null },
        { table: 'tags', operation: 'insert', bound: null },
        { table: 'posts', operation: 'many', bound: 'key-list' },
        { table: 'posts', operation: 'many', bound: 'limit' },
      ],
    },
    {
      setup: `const controller = require('./controller')`,
      code: `controller.findAll(req, res)`,
      others: {
        'db.js': `const mysql = require('mysql')
const connection = mysql.createPool({ host: 'localhost' })
module.exports = connection`,
        'controller.js': `const Tutorial = require('./tutorial')
exports.findAll = (req, res) => {
  Tutorial.getAll(req.query.title, (err, data) => { res.send(data) })
}`,
        'tutorial.js': `const sql = require('./db.js')
const Tutorial = function (tutorial) { this.title = tutorial.title }
Tutorial.getAll = (title, result) => {
  let query = 'SELECT * FROM tutorials'
  if (title) query += \` WHERE title LIKE '%\${title}%'\`
  sql.query(query, (err, res) => {
    if (err) { result(err, null); return }
    result(null, res)
  })
}
module.exports = Tutorial`,
      },
      queries: [{ table: 'tutorials', operation: 'many', bound: null }],
    },
    {
      setup: `const util = require('util')
const mysql = require('mysql')
const connection = mysql.createConnection({})
const query = util.promisify(connection.query).bind(connection)
const all = (sql, values) => new Promise((resolve, reject) => {
  connection.query(sql, values, (error, rows) => { if (error) reject(error); else resolve(rows) })
})`,
      code: `const users = await query('SELECT * FROM users')
const posts = await all('SELECT * FROM posts WHERE author_id = ?', [1])`,
      queries: [
        { table: 'users', operation: 'many', bound: null },
        { table: 'posts', operation: 'many', bound: null },
      ],
    },
  ],
  recognise(call, resolver) {
    const own = driverCall(call, resolver)
    const run = runOf(call, resolver)
    const query = run && sqlQuery(run, call, resolver)
    if (!query) return null
    const isCallback = call.getArguments().some(isFunction)
    return ofOneRow(query, call, own ? (isCallback ? 'value' : 'first') : null)
  },
  tables: (program, resolver) =>
    sqlTables(program, resolver, 'mysql2', (call) => driverCall(call, resolver) !== null),
  paginate: (call, _query, page, resolver, primaryKey) =>
    sqlPaginate(call, runOf(call, resolver), page, primaryKey, dialect),
  appendOrder: (call, _query, primaryKey, resolver) =>
    sqlAppendOrder(call, runOf(call, resolver), primaryKey),
  selectColumns: (call, _query, columns, resolver) => sqlSelectColumns(call, runOf(call, resolver), columns),
  lookup(call, isKey, resolver) {
    const run = keyableRun(call, resolver)
    return run && sqlLookup(call, run, isKey, dialect, resolver, ['0'])
  },
  children(call, isKey, resolver) {
    const run = keyableRun(call, resolver)
    return run && sqlChildren(call, run, isKey, dialect, resolver, ['0'])
  },
  countsByKey(call, isKey, resolver) {
    const run = keyableRun(call, resolver)
    return (
      run &&
      sqlCounts(call, run, isKey, dialect, resolver, {
        rowAt: ['0', '0'],
        listAt: ['0'],
        isNumber: givesNumbers(call, resolver),
        plainName: null,
      })
    )
  },
  singleWrite(call, _query, resolver) {
    const own = driverCall(call, resolver)
    const found = own ?? forwardedSql(call, driverCall, resolver)
    // Only plain statements take a list of rows, and not those of every library.
    const isPlain =
      own !== null &&
      calleeName(call) === 'query' &&
      Node.isPropertyAccessExpression(call.getExpression()) &&
      isMysql(call, resolver)
    const placeholders = isPlain ? 'list' : 'plain'
    return sqlSingleInsert(call, found, { placeholders, maximumValues: 65_535 }, resolver)
  },
}

/** A statement that can be given a list of keys: only plain ones take a list, and only typed rows have a key to read. */
function keyableRun(call: CallExpression, resolver: Resolver): SqlRun | null {
  const isTyped = !styleOf(call.getSourceFile()).typed || call.getTypeArguments().length > 0
  if (!isTyped || calleeName(call) !== 'query' || call.getArguments().some(isFunction)) return null
  const own = driverCall(call, resolver)
  return own && sqlRunOf(own, resolver)
}

/** Whether a connection gives counts as numbers: it does unless told to give large ones as text. */
function givesNumbers(call: CallExpression, resolver: Resolver): boolean {
  const opened = ['createPool', 'createConnection'].flatMap((name) => resolver.program.callsNamed(name))
  return isMysql(call, resolver) && !opened.some((made) => made.getText().includes('bigNumberStrings'))
}

/** Whether a connection is one of `mysql` or `mysql2` itself. */
function isMysql(call: CallExpression, resolver: Resolver): boolean {
  const receiver = receiverOf(call, calleeName(call) ?? '', resolver)
  return /^<?"mysql2?[/".]/.test((receiver && resolver.origin(receiver)) ?? '')
}

/** `pool.query(text, values)`, `pool.query({ sql, values })`, and the same through `util.promisify`. */
function driverCall(call: CallExpression, resolver: Resolver): SqlArguments | null {
  const name = calleeName(call)
  if (name === null) return null
  const receiver = receiverOf(call, name, resolver)
  if (!receiver || !connection.test(resolver.origin(receiver) ?? '')) return null
  const [first, second] = call.getArguments()
  if (!first) return null
  const values = isFunction(second) ? null : (second ?? null)
  const object = statementObject(first, resolver, { text: 'sql', values: 'values' })
  if (object) return { ...object, values: object.values ?? values }
  return { text: first, values, valuesIndex: 1 }
}

function receiverOf(call: CallExpression, name: string, resolver: Resolver): Node | null {
  const callee = call.getExpression()
  const isMethod = Node.isPropertyAccessExpression(callee) && ['query', 'execute'].includes(name)
  if (isMethod && connection.test(resolver.origin(callee.getExpression()) ?? ''))
    return callee.getExpression()
  const made = resolver.definition(callee)
  return Node.isCallExpression(made) ? promisified(made) : null
}

/** `pool` of `promisify(pool.query).bind(pool)`. */
function promisified(made: CallExpression): Node | null {
  const inner = [made, ...made.getDescendantsOfKind(SyntaxKind.CallExpression)].find(
    (call) => calleeName(call) === 'promisify',
  )
  const [method] = inner?.getArguments() ?? []
  const value = method && bare(method)
  return Node.isPropertyAccessExpression(value) && ['query', 'execute'].includes(value.getName())
    ? value.getExpression()
    : null
}

function runOf(call: CallExpression, resolver: Resolver): SqlRun | null {
  const found = driverCall(call, resolver) ?? forwardedSql(call, driverCall, resolver)
  return found && sqlRunOf(found, resolver)
}
