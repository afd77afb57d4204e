import { Node, SyntaxKind, VariableDeclarationKind, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Operation } from '../../facts.ts'
import { calleeName, isClass, isFunction, symbolOf } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import type { Resolver } from '../resolver.ts'
import { hasComment, removedStatement } from '../rewrite/placement.ts'
import { styleOf } from '../rewrite/style.ts'
import { ofOneRow, usesOfName } from './reading/first-row.ts'
import type { Orm, OrmExample } from './orm.ts'
import { promisedFixes } from './sqlite/promised.ts'
import { sqlTables } from './sql/schema.ts'
import { sqlQuery, sqlRunOf, type SqlRun } from './sql/call.ts'
import { sqlAppendOrder, sqlPaginate, sqlSelectColumns, type SqlDialect } from './sql/fixes.ts'
import { sqlCountText } from './sql/count.ts'
import { sqlSingleWrite } from './sql/insert.ts'
import { sqlChildren, sqlCounts, sqlLookup, type CountAnswer } from './sql/keyed.ts'
import { forwardedSql, type SqlArguments } from './sql/wrapper.ts'

/** What tells the databases of one SQLite library, and how its methods run a statement. */
export interface SqliteLibrary {
  readonly id: string
  /** Origins of its databases, and of statements that are declared by type only. */
  readonly database: RegExp
  readonly statement: RegExp
  /** Methods of a database that take a statement's text and run it, or null where it is prepared first. */
  readonly runsText: boolean
  readonly isSynchronous: boolean
  readonly examples: readonly OrmExample[]
}

const running = new Set(['all', 'get', 'run', 'iterate', 'each', 'values', 'raw'])
const passing = new Set(['pluck', 'raw', 'expand', 'bind', 'safeIntegers', 'setReadBigInts'])
const preparing = new Set(['prepare', 'query'])

const dialect: SqlDialect = {
  placeholder: () => '?',
  values: 'arguments',
  allRows: { limit: '-1', offset: '0' },
  // A statement binds no lists, but one text that holds a list.
  keyList: (placeholder) => `IN (SELECT value FROM json_each(${placeholder}))`,
  boundKeys: (keys) => `JSON.stringify(${keys})`,
}
const countAnswer: CountAnswer = {
  rowAt: [],
  listAt: [],
  isNumber: true,
  plainName: null,
  isSynchronous: true,
}
const listDialect: SqlDialect = { ...dialect, values: 'list' }

/** An adapter for a library of SQLite whose statements are run by `all`, `get` and `run`. */
export function sqliteAdapter(library: SqliteLibrary): Orm {
  const driver = (call: CallExpression, resolver: Resolver): SqlArguments | null =>
    preparedCall(call, library, resolver) ?? (library.runsText ? textCall(call, library, resolver) : null)
  const isOfDatabase = (call: CallExpression, resolver: Resolver): boolean => {
    const callee = call.getExpression()
    return (
      Node.isPropertyAccessExpression(callee) &&
      library.database.test(resolver.origin(callee.getExpression()) ?? '')
    )
  }
  const runOf = (call: CallExpression, resolver: Resolver): SqlRun | null => {
    const found = driver(call, resolver) ?? forwardedSql(call, driver, resolver)
    return found && sqlRunOf(found, resolver)
  }
  return {
    id: library.id,
    ...(library.isSynchronous && { isSynchronous: true as const }),
    examples: library.examples,
    recognise(call, resolver) {
      const run = runOf(call, resolver)
      const query = run && sqlQuery(run, call, resolver)
      if (!query) return null
      const name = calleeName(call)
      if (name === 'iterate' || name === 'each') return { ...query, bound: 'stream' }
      const isRead = query.operation === 'many'
      const operation: Operation = isRead && name === 'get' ? 'one' : query.operation
      return ofOneRow({ ...query, operation }, call, 'value')
    },
    tables: (program, resolver) => sqlTables(program, resolver, library.id, isOfDatabase),
    paginate(call, _query, page, resolver, primaryKey) {
      const isPrepared = preparedCall(call, library, resolver) !== null
      return sqlPaginate(call, runOf(call, resolver), page, primaryKey, isPrepared ? dialect : listDialect)
    },
    appendOrder: (call, _query, primaryKey, resolver) =>
      sqlAppendOrder(call, runOf(call, resolver), primaryKey),
    selectColumns: (call, _query, columns, resolver) =>
      sqlSelectColumns(call, runOf(call, resolver), columns),
    ...(library.isSynchronous ? synchronousFixes(library) : promisedFixes(driver, dialect)),
  }
}

/** The fixes for libraries whose calls give rows, and not promises of rows or rows to a callback. */
function synchronousFixes(
  library: SqliteLibrary,
): Pick<Orm, 'lookup' | 'children' | 'countsByKey' | 'count' | 'singleWrite'> {
  return {
    lookup(call, isKey, resolver) {
      const run = keyableRun(call, library, resolver)
      const found = run && sqlLookup(call, run, isKey, dialect, resolver, [])
      if (!found) return null
      const lookup = { column: found.column, key: found.key, forKeys: allOf(call, found.forKeys) }
      return calleeName(call) === 'all'
        ? { ...lookup, givesListAt: found.givesListAt ?? [] }
        : { ...lookup, missing: 'undefined' }
    },
    children(call, isKey, resolver) {
      const run = calleeName(call) === 'all' ? keyableRun(call, library, resolver) : null
      const found = run && sqlChildren(call, run, isKey, dialect, resolver, [])
      return found && { ...found, forKeys: allOf(call, found.forKeys) }
    },
    countsByKey(call, isKey, resolver) {
      const run = calleeName(call) === 'get' ? preparedRun(call, library, resolver) : null
      const found = run && sqlCounts(call, run, isKey, dialect, resolver, countAnswer)
      if (!found) return null
      const { typed } = styleOf(call.getSourceFile())
      const cast = typed ? ` as { ${found.column}: unknown; ${found.property}: number }[]` : ''
      return { ...found, forKeys: (keys) => asAll(found.forKeys(keys)) + cast }
    },
    count(call, _query, resolver) {
      const run = calleeName(call) === 'all' ? preparedRun(call, library, resolver) : null
      const text = run && sqlCountText(call, run)
      const at = text?.lastIndexOf('.all(') ?? -1
      if (!text || at === -1) return null
      const one = `${text.slice(0, at)}.get(${text.slice(at + 5)}`
      const { typed } = styleOf(call.getSourceFile())
      return { text: typed ? `(${one} as { count: number }).count` : `${one}.count` }
    },
    singleWrite(call, _query, resolver) {
      const own = calleeName(call) === 'run' ? preparedCall(call, library, resolver) : null
      const run = own && sqlRunOf(own, resolver)
      const prepared = run && preparedAt(call, library, resolver)
      if (!run || !prepared || run.statement.operation !== 'insert') return null
      const { literal } = run.source
      return literal && isInside(literal, prepared.call)
        ? sqlSingleWrite(run, {
            placeholders: 'plain',
            maximumValues: 32_766,
            call: (text, values) => `${replacedIn(prepared.call, literal, text)}.run(...${values})`,
            edits: prepared.edits,
          })
        : null
    },
  }
}

/** `db.prepare(text).all(…values)`, the statement also kept in a variable, property or map. */
function preparedCall(call: CallExpression, library: SqliteLibrary, resolver: Resolver): SqlArguments | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || !running.has(callee.getName())) return null
  const statement = statementOf(callee.getExpression(), library, resolver)
  const [text] = statement?.getArguments() ?? []
  if (!text) return null
  const values = call.getArguments().filter((argument) => !isFunction(argument))
  const [only] = values
  const isList = values.length === 1 && Node.isArrayLiteralExpression(only)
  return { text, values: isList ? only : values, valuesIndex: null }
}

/** A statement that is prepared where it runs, its rows given as they are; in TypeScript, only if it is said what they are. */
function keyableRun(call: CallExpression, library: SqliteLibrary, resolver: Resolver): SqlRun | null {
  const isTyped = !styleOf(call.getSourceFile()).typed || castOf(call) !== ''
  return isTyped && /^(?:get|all)$/.test(calleeName(call) ?? '') ? preparedRun(call, library, resolver) : null
}

/** A statement that is prepared where it runs, and only prepared. */
function preparedRun(call: CallExpression, library: SqliteLibrary, resolver: Resolver): SqlRun | null {
  const callee = call.getExpression()
  const statement = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
  const isHere = Node.isCallExpression(statement) && preparing.has(calleeName(statement) ?? '')
  const own = isHere ? preparedCall(call, library, resolver) : null
  return own && sqlRunOf(own, resolver)
}

/**
 * The call that prepares a statement where it runs, or that a constant of this file holds: with edits that drop the
 * constant if nothing else uses it.
 */
function preparedAt(
  call: CallExpression,
  library: SqliteLibrary,
  resolver: Resolver,
): { readonly call: CallExpression; readonly edits: readonly FileEdit[] } | null {
  const callee = call.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
  const made = receiver && statementOf(receiver, library, resolver)
  if (!made || !preparing.has(calleeName(made) ?? '')) return null
  if (receiver === made) return { call: made, edits: [] }
  const declaration = made.getParent()
  if (!Node.isVariableDeclaration(declaration) || !Node.isIdentifier(receiver)) return null
  const statement = declaration.getVariableStatement()
  const isHere = declaration.getSourceFile() === call.getSourceFile()
  const name = declaration.getNameNode()
  if (!statement || !isHere || statement.getDeclarationKind() !== VariableDeclarationKind.Const) return null
  if (!meansTheSameAt(made, call)) return null
  if (usesOfName(name).length > 1 || statement.isExported()) return { call: made, edits: [] }
  const isAlone = statement.getDeclarations().length === 1 && !hasComment(statement, statement.getFullStart())
  const edit = isAlone ? removedStatement(statement) : null
  return edit && { call: made, edits: [edit] }
}

/** Whether the names that an expression reads stand for the same in the functions around another place. */
function meansTheSameAt(expression: Node, place: Node): boolean {
  const around = place
    .getAncestors()
    .filter((ancestor) => isFunction(ancestor) && !isInside(expression, ancestor))
  const others = around.flatMap((fn) => identifiersIn(fn))
  return identifiersIn(expression).every((name) =>
    others.every((other) => other.getText() !== name.getText() || symbolOf(other) === symbolOf(name)),
  )
}

function replacedIn(call: CallExpression, literal: Node, text: string): string {
  const start = call.getStart()
  const whole = call.getText()
  return whole.slice(0, literal.getStart() - start) + text + whole.slice(literal.getEnd() - start)
}

/** A statement for a list of keys with all its rows, said to be what its one row was said to be. */
function allOf(call: CallExpression, forKeys: (keys: string) => string): (keys: string) => string {
  return (keys) => (calleeName(call) === 'get' ? asAll(forKeys(keys)) : forKeys(keys)) + castOf(call)
}

/** `statement.all(…)` of `statement.get(…)`. */
function asAll(text: string): string {
  const at = text.lastIndexOf('.get(')
  return at === -1 ? text : `${text.slice(0, at)}.all(${text.slice(at + 5)}`
}

/** ` as User[]` of `statement.get(id) as User | undefined`; empty without such a cast. */
function castOf(call: CallExpression): string {
  const first = call.getParent()
  const second = first?.getParent()
  if (!Node.isAsExpression(first)) return ''
  const type = Node.isAsExpression(second) ? second.getTypeNode() : first.getTypeNode()
  const parts = Node.isUnionTypeNode(type) ? type.getTypeNodes() : type ? [type] : []
  const [row, ...others] = parts
    .map((part) => part.getText())
    .filter((part) => !/^(?:undefined|null)$/.test(part))
  if (row === undefined || others.length > 0 || /^(?:unknown|any)$/.test(row)) return ''
  const isList = row.endsWith('[]')
  if (isList !== (calleeName(call) === 'all')) return ''
  return `${Node.isAsExpression(second) ? ` as ${first.getTypeNode()?.getText() ?? 'unknown'}` : ''} as ${isList ? row : `${row}[]`}`
}

/** The call that prepared a statement. */
function statementOf(
  receiver: Node,
  library: SqliteLibrary,
  resolver: Resolver,
  depth = 0,
): CallExpression | null {
  const made = resolver.instance(receiver)
  if (Node.isCallExpression(made)) {
    const callee = made.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) return null
    if (passing.has(callee.getName()) && depth < 3)
      return statementOf(callee.getExpression(), library, resolver, depth + 1)
    const isPrepared =
      preparing.has(callee.getName()) && library.database.test(resolver.origin(callee.getExpression()) ?? '')
    return isPrepared ? made : null
  }
  return Node.isPropertyDeclaration(made) && library.statement.test(resolver.origin(made) ?? '')
    ? assignedStatement(made, library, resolver)
    : null
}

/** The statement that the constructor assigns to a property. */
function assignedStatement(
  property: Node,
  library: SqliteLibrary,
  resolver: Resolver,
): CallExpression | null {
  const name = Node.isPropertyDeclaration(property) ? property.getName() : ''
  const assignment = property
    .getFirstAncestor(isClass)
    ?.getDescendantsOfKind(SyntaxKind.BinaryExpression)
    .find((node) => node.getOperatorToken().getText() === '=' && node.getLeft().getText() === `this.${name}`)
  return assignment ? statementOf(assignment.getRight(), library, resolver, 1) : null
}

/** `db.all(text, values, callback)`. */
function textCall(call: CallExpression, library: SqliteLibrary, resolver: Resolver): SqlArguments | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || !running.has(callee.getName())) return null
  if (!library.database.test(resolver.origin(callee.getExpression()) ?? '')) return null
  const [text, values] = call.getArguments()
  if (!text) return null
  return { text, values: values && !isFunction(values) ? values : null, valuesIndex: 1 }
}
