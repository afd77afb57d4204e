import { Node, type CallExpression } from 'ts-morph'
import type { Resolver } from '../resolver.ts'
import type { Orm } from './orm.ts'
import { sqlTables, taggedTables } from './sql/schema.ts'
import { sqlTemplates, type SqlTag } from './sql/templates.ts'

/** The functions that postgres.js and Bun make of a connection, and what their transactions give a callback. */
const made = String.raw`"postgres"(?:\.default)?\(\)|"bun"\.sql|new "bun"\.SQL|<"postgres"(?:\.default)?\.(?:Sql|ReservedSql)>`
const inTransaction = String.raw`(?:\.(?:begin|savepoint|transaction)\(@0\))+`
const tag = new RegExp(
  String.raw`^(?:(?:${made})(?:\.reserve\(\))?(${inTransaction})?|(<"postgres"(?:\.default)?\.TransactionSql>)(?:${inTransaction})?)$`,
)

/** postgres.js, and Bun's SQL after its model: `` sql`SELECT …` ``, also on the `tx` of `sql.begin(async (tx) => …)`. */
export const postgresJs: Orm = {
  id: 'postgres',
  examples: [
    {
      setup: `import postgres from 'postgres'
const sql = postgres(process.env.DATABASE_URL!)
interface Post { id: number }
const rows: Post[] = []`,
      code: `const posts = await sql\`SELECT * FROM posts ORDER BY id\`
const [post] = await sql<Post[]>\`SELECT * FROM posts WHERE title = \${req.query.title}\`
await sql\`SELECT * FROM users WHERE id = \${req.params.id}\`
await sql\`SELECT * FROM posts WHERE author_id IN \${sql([1, 2])} \${req.query.q ? sql\`AND title = \${req.query.q}\` : sql\`\`}\`
const published = sql\`SELECT id FROM posts WHERE published\`
await sql\`SELECT * FROM comments WHERE post_id IN (\${published}) LIMIT \${10}\`
await sql\`INSERT INTO posts \${sql(post, 'title')}\`
await sql\`INSERT INTO posts \${sql(rows)}\`
await sql.begin(async (tx) => {
  await tx\`UPDATE posts SET title = \${'a'} WHERE id = \${1}\`
  await tx.savepoint((inner) => inner\`DELETE FROM posts WHERE id = \${1}\`)
})
await sql\`SELECT * FROM posts\`.cursor(100, async (some) => { console.log(some.length) })`,
      queries: [
        { table: 'posts', operation: 'many', bound: null },
        { table: 'posts', operation: 'one', bound: null },
        { table: 'users', operation: 'many', bound: 'unique-key' },
        { table: 'posts', operation: 'many', bound: 'key-list' },
        { table: 'comments', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'insert', bound: null },
        { table: 'posts', operation: 'insert', bound: null },
        { table: 'posts', operation: 'update', bound: null },
        { table: 'posts', operation: 'delete', bound: null },
        { table: 'posts', operation: 'many', bound: 'stream' },
      ],
    },
    {
      setup: `import { sql, SQL } from 'bun'
import { countPosts } from './posts'
const db = new SQL('postgres://localhost/app')`,
      code: `res.json(await sql\`SELECT * FROM users\`)
await db\`SELECT title FROM posts LIMIT 5\`
await countPosts()`,
      others: {
        'database.ts': `import type { Sql } from 'postgres'
import connect from 'postgres'
export const database: Sql = connect()`,
        'posts.ts': `import { database } from './database'
export async function countPosts() {
  const [{ count }] = await database\`SELECT count(*) FROM posts\`
  return count
}`,
      },
      queries: [
        { table: 'users', operation: 'many', bound: null },
        { table: 'posts', operation: 'many', bound: 'limit' },
        { table: 'posts', operation: 'count', bound: null },
      ],
    },
  ],
  recognise: () => null,
  templates: sqlTemplates(tagOf),
  tables: (program, resolver) => [
    ...taggedTables(program, resolver, 'postgres', (node) => tagOf(node, resolver) !== null),
    ...sqlTables(program, resolver, 'postgres', isUnsafe),
  ],
  paginate: () => null,
  lookup: () => null,
}

/** `sql.unsafe(text)`. */
function isUnsafe(call: CallExpression, resolver: Resolver): boolean {
  const callee = call.getExpression()
  return Node.isPropertyAccessExpression(callee) && tagOf(callee.getExpression(), resolver) !== null
}

function tagOf(node: Node, resolver: Resolver): SqlTag | null {
  const match = tag.exec(resolver.origin(node) ?? '')
  const isInside = (match?.[1] ?? match?.[2]) !== undefined
  return match && { rowsAt: 'value', inTransaction: isInside, limits: 'nullable' }
}
