import { query as queryMariadb } from './mariadb.ts'
import { query as queryPostgres } from './postgres.ts'

// Ends all other sessions in a database. A process, so that a test can wait for it without giving way to what it tests.
const [url = ''] = process.argv.slice(2)
const name = decodeURIComponent(new URL(url).pathname.slice(1))
const [query, sessions] = url.startsWith('mysql:')
  ? [
      queryMariadb,
      `SELECT concat('KILL ', id) AS statement FROM information_schema.processlist
       WHERE db = '${name}' AND id <> connection_id()`,
    ]
  : [
      queryPostgres,
      `SELECT 'SELECT pg_terminate_backend(' || pid || ')' AS statement FROM pg_stat_activity
       WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
    ]
for (const { statement } of await query(url, sessions)) {
  // One may have gone by itself meanwhile.
  await query(url, String(statement)).catch(() => undefined)
}
