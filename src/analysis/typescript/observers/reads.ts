import { Node, ts, type VariableDeclaration } from 'ts-morph'
import { isWrite } from '../../facts.ts'
import { transactionAround } from '../control-flow.ts'
import { identifiersNamed } from '../identifiers.ts'
import { bare, calleeName, isFunction, isInvocation, symbolOf, type Invocation } from '../functions.ts'
import type { Scope } from './observer.ts'

/** A variable that holds what an awaited read gives. */
export interface HeldRead {
  readonly declaration: VariableDeclaration
  readonly call: Invocation
}

/** `const rows = await read(…)`: the read, where the call leads to queries and all of them read. */
export function heldRead(statement: Node, scope: Scope): HeldRead | null {
  if (!Node.isVariableStatement(statement)) return null
  const [declaration, ...others] = statement.getDeclarations()
  const initial = declaration?.getInitializer()
  if (!declaration || others.length > 0 || !initial || !containsAwait(initial)) return null
  const call = bare(initial)
  return isInvocation(call) && isRead(call, scope) ? { declaration, call } : null
}

/** Whether a call leads to queries, and all of them read outside of transactions. */
export function isRead(call: Invocation, scope: Scope): boolean {
  const queries = scope.queriesBehind(call)
  return (
    queries.length > 0 &&
    queries.every(({ query }) => !isWrite(query.operation) && !query.inTransaction) &&
    transactionAround(call) === null
  )
}

/** Names of functions that refuse, or find out who is asking. */
const refusing =
  /^#?(?:require|ensure|assert|authori[sz]e|validate|check|verify|auth(?![a-z]))|Session|(?:get|current)(?:Auth|User$)|[cC]urrentUser|[lL]oggedIn/

/** Whether a call may end its caller: a function of this project that throws, or one whose name says so. */
export function mayRefuse(call: Invocation, scope: Scope): boolean {
  if (/(?:OrThrow|OrFail|OrReject)\b|rejectOnEmpty/.test(call.getText())) return true
  if (Node.isCallExpression(call) && refusing.test(calleeName(call) ?? '')) return true
  return scope.resolver
    .callees(call)
    .some((fn) => fn.forEachDescendantAsArray().some((node) => Node.isThrowStatement(node)))
}

/** Whether nothing in a function reads a variable, apart from variables that nothing reads either. */
export function isUnread(declaration: VariableDeclaration, depth = 0): boolean {
  const name = declaration.getNameNode()
  if (!Node.isIdentifier(name) || depth > 3) return false
  const scope = declaration.getFirstAncestor(isFunction)
  const symbol = name.getSymbol()
  if (!scope || !symbol) return false
  const uses = identifiersNamed(scope, name.getText()).filter(
    (use) => use !== name && symbolOf(use) === symbol,
  )
  return uses.every((use) => {
    const holder = use.getFirstAncestor(Node.isVariableDeclaration)
    return (
      holder !== undefined && holder !== declaration && startsWith(holder, use) && isUnread(holder, depth + 1)
    )
  })
}

/** `const ids = rows.map(…)`: what is only derived from the rows. */
function startsWith(holder: VariableDeclaration, use: Node): boolean {
  const initial = holder.getInitializer()
  return initial?.getStart() === use.getStart() && !containsAwait(initial)
}

/** On compiler nodes: long functions would be wrapped whole otherwise, again and again. */
function containsAwait(node: Node): boolean {
  const visit = (inner: ts.Node): boolean =>
    ts.isAwaitExpression(inner) || (ts.forEachChild(inner, visit) ?? false)
  return visit(node.compilerNode)
}
