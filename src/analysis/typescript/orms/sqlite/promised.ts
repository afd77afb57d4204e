import { Node, type CallExpression } from 'ts-morph'
import { calleeName, isFunction } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { Orm } from '../orm.ts'
import { sqlRunOf, type SqlRun } from '../sql/call.ts'
import type { SqlDialect } from '../sql/fixes.ts'
import { sqlSingleInsert } from '../sql/insert.ts'
import { sqlChildren, sqlCounts, sqlLookup } from '../sql/keyed.ts'
import type { SqlArguments, SqlDriver } from '../sql/wrapper.ts'

/** The fixes for calls that take a statement's text and give a promise; `driver` reads such a call. */
export function promisedFixes(
  driver: SqlDriver,
  dialect: SqlDialect,
): Pick<Orm, 'lookup' | 'children' | 'countsByKey' | 'singleWrite'> {
  const runOf = (call: CallExpression, resolver: Resolver): SqlRun | null => {
    const own = argumentsOf(call, driver, resolver)
    return own && sqlRunOf(own, resolver)
  }
  return {
    lookup(call, isKey, resolver) {
      const name = calleeName(call)
      const run = name === 'get' || name === 'all' ? runOf(call, resolver) : null
      const found = run && sqlLookup(call, run, isKey, dialect, resolver, [])
      if (!found || name === 'all') return found
      const [row] = call.getTypeArguments()
      const type = row ? listType(row) : ''
      const { column, key } = found
      return { column, key, missing: 'undefined', forKeys: (keys) => asAll(call, found.forKeys(keys), type) }
    },
    children(call, isKey, resolver) {
      const run = calleeName(call) === 'all' ? runOf(call, resolver) : null
      return run && sqlChildren(call, run, isKey, dialect, resolver, [])
    },
    countsByKey(call, isKey, resolver) {
      const run = calleeName(call) === 'get' ? runOf(call, resolver) : null
      const answer = { rowAt: [], listAt: [], isNumber: true, plainName: null }
      const found = run && sqlCounts(call, run, isKey, dialect, resolver, answer)
      if (!found) return null
      const { typed } = styleOf(call.getSourceFile())
      const type = typed ? `<{ ${found.column}: unknown; ${found.property}: number }[]>` : ''
      return { ...found, forKeys: (keys) => asAll(call, found.forKeys(keys), type) }
    },
    singleWrite(call, _query, resolver) {
      const found = calleeName(call) === 'run' ? argumentsOf(call, driver, resolver) : null
      return sqlSingleInsert(call, found, { placeholders: 'plain', maximumValues: 32_766 }, resolver)
    },
  }
}

/** What a call of the library that gives promises runs, its values given as a list or as the only one. */
function argumentsOf(call: CallExpression, driver: SqlDriver, resolver: Resolver): SqlArguments | null {
  const callee = call.getExpression()
  const isPromised =
    Node.isPropertyAccessExpression(callee) &&
    /^<?"sqlite"\./.test(resolver.origin(callee.getExpression()) ?? '')
  const args = call.getArguments()
  return isPromised && args.length === 2 && !args.some(isFunction) ? driver(call, resolver) : null
}

function listType(row: Node): string {
  return /^[\w.]+$/.test(row.getText()) ? `<${row.getText()}[]>` : `<(${row.getText()})[]>`
}

/** `db.all<User[]>(…)` of `db.get<User>(…)`. */
function asAll(call: CallExpression, text: string, type: string): string {
  const callee = call.getExpression()
  const open = (call.getArguments()[0]?.getFullStart() ?? callee.getEnd()) - call.getStart()
  const name = Node.isPropertyAccessExpression(callee) ? callee.getNameNode().getStart() : callee.getStart()
  return `${text.slice(0, name - call.getStart())}all${type}(${text.slice(open)}`
}
