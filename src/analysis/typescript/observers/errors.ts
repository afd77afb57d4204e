import { Node, SyntaxKind, type CatchClause, type TryStatement } from 'ts-morph'
import { isByProduct } from '../../by-products.ts'
import { isWrite } from '../../facts.ts'
import { calleeName, isFunction, returnedExpressions, type FunctionNode } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import { fileOf } from '../program.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Errors that get lost: rejections that nobody handles, and `catch` blocks that go on as if nothing had happened. */
export const errors: Observer = {
  id: 'errors',
  observe: (scope) => [...unhandled(scope), ...swallowed(scope), ...passedAsData(scope)],
}

/** An `async` handler that is registered as it is, with an `await` outside every `try`. */
function unhandled({ fn, framework, program, registration, resolver }: Scope): Observation[] {
  if (!registration || !fn.isAsync() || framework.awaitsHandlers(fileOf(registration), program)) return []
  if (!Node.isCallExpression(registration) || isWrapped(fn, registration)) return []
  const isDirect = registration
    .getArguments()
    .some((argument) => argument === fn || resolver.definition(argument) === fn)
  const risky = fn
    .getDescendantsOfKind(SyntaxKind.AwaitExpression)
    .find((node) => node.getFirstAncestor(isFunction) === fn && !isCaught(node, fn) && !handlesItself(node))
  return isDirect && risky ? [{ node: risky, detail: { kind: 'unhandled-rejection' } }] : []
}

/** Whether a function is given to another one where it is written, which then calls it: `asyncHandler(async (req, res) => …)`. */
function isWrapped(fn: FunctionNode, registration: Node): boolean {
  const parent = fn.getParent()
  return Node.isCallExpression(parent) && parent !== registration
}

function isCaught(node: Node, fn: FunctionNode): boolean {
  return node
    .getAncestors()
    .some(
      (ancestor) =>
        Node.isTryStatement(ancestor) &&
        isInside(ancestor, fn) &&
        ancestor.getCatchClause() !== undefined &&
        isInside(node, ancestor.getTryBlock()),
    )
}

/** `await load().catch(next)`. */
function handlesItself(node: Node): boolean {
  const call = Node.isAwaitExpression(node) ? node.getExpression() : node
  return Node.isCallExpression(call) && calleeName(call) === 'catch'
}

function swallowed(scope: Scope): Observation[] {
  return scope.fn
    .getDescendantsOfKind(SyntaxKind.TryStatement)
    .filter((node) => node.getFirstAncestor(isFunction) === scope.fn)
    .flatMap((statement): Observation[] => {
      const clause = statement.getCatchClause()
      if (!clause || !losesError(clause, statement, scope)) return []
      const lost = lostQueries(statement, scope)
      if (!lost || (isLogged(clause) && (isByTheWay(statement, scope) || isErrand(lost, statement, scope))))
        return []
      return [{ node: clause, detail: { kind: 'swallowed-error', writes: lost.writes, as: 'nothing' } }]
    })
}

/** Whether a `catch` at most logs, and what follows looks like success. */
function losesError(clause: CatchClause, statement: TryStatement, scope: Scope): boolean {
  const block = clause.getBlock()
  const inside = block
    .forEachDescendantAsArray()
    .filter((node) => node.getFirstAncestor(isFunction) === scope.fn)
  if (inside.some((node) => Node.isThrowStatement(node) || Node.isContinueStatement(node))) return false
  const calls = inside.filter(Node.isCallExpression)
  if (calls.some((call) => !isLogging(call.getText()))) return false
  const assigns = inside.some(
    (node) => Node.isBinaryExpression(node) && node.getOperatorToken().getText().endsWith('='),
  )
  if (assigns) return false
  const returned = inside.filter(Node.isReturnStatement).map((each) => each.getExpression())
  if (returned.length === 0) return hasEffectOnly(statement, scope) && !isRefusedAfter(statement)
  return returned.every((value) => value === undefined || isEmptyValue(value))
}

/** Without a `return` the error is lost only if nothing after the `try` could notice: no value is taken out of it. */
function hasEffectOnly(statement: TryStatement, scope: Scope): boolean {
  const returnsValue = statement
    .getTryBlock()
    .getDescendantsOfKind(SyntaxKind.ReturnStatement)
    .some((each) => each.getFirstAncestor(isFunction) === scope.fn && each.getExpression() !== undefined)
  return !returnsValue || !scope.isHandler
}

/** Whether what follows a `try`, which leaves the function where it succeeds, is a refusal: `return res.status(401).json(…)`. */
function isRefusedAfter(statement: TryStatement): boolean {
  const [next] = statement
    .getNextSiblings()
    .filter((each) => Node.isStatement(each))
    .filter((each) => !(Node.isExpressionStatement(each) && isLogging(each.getText())))
  return (
    Node.isThrowStatement(next) ||
    ((Node.isReturnStatement(next) || Node.isExpressionStatement(next)) &&
      /\b(?:status|sendStatus|code)\(\s*[45]\d\d\b|\bstatus:\s*[45]\d\d\b/.test(next.getText()))
  )
}

function isLogging(text: string): boolean {
  return (
    /^(?:console|(?:this\.|req\.|request\.|ctx\.|c\.|fastify\.|app\.)*(?:log|logger|LOGGER|Logger|winston|pino))\b/.test(
      text,
    ) || /^(?:log\w*|debug|String|JSON\.stringify|Error)\(/.test(text)
  )
}

function isEmptyValue(value: Node): boolean {
  return /^(?:undefined|null|\[\]|\{\}|''|""|0)$/.test(value.getText())
}

/** Whether the `try` holds queries, its own or those of functions it calls; `writes` where some change rows. */
function lostQueries(
  statement: TryStatement,
  { invocations, leadsToQuery }: Scope,
): { writes: boolean } | null {
  const inside = invocations.filter((call) => isInside(call, statement.getTryBlock()))
  if (inside.some((call) => leadsToQuery(call, (query) => isWrite(query.operation)))) return { writes: true }
  return inside.some((call) => leadsToQuery(call, () => true)) ? { writes: false } : null
}

function isLogged(clause: CatchClause): boolean {
  return clause.getBlock().getDescendantsOfKind(SyntaxKind.CallExpression).length > 0
}

/** Whether all that a `try` writes is a by-product of the work around it: a notification, a visit, the time of the last login. */
function isByTheWay(statement: TryStatement, { invocations, queriesBehind }: Scope): boolean {
  const writes = invocations
    .filter((call) => isInside(call, statement.getTryBlock()))
    .flatMap((call) => queriesBehind(call))
    .filter(({ query }) => isWrite(query.operation))
  return (
    writes.length > 0 &&
    writes.every(
      ({ query, call }) => (query.table !== null && isByProduct(query.table)) || onlyTouches(call.getText()),
    )
  )
}

/** Whether a function, or a handler beside its answer, only does something with rows, such as sending a mail, that may fail. */
function isErrand({ writes }: { readonly writes: boolean }, statement: TryStatement, scope: Scope): boolean {
  if (writes) return false
  if (scope.isHandler) return !setsOrSends(statement, scope)
  return !returnedExpressions(scope.fn).some((value) => value.getText() !== 'undefined')
}

/** Whether a `try` sends the answer, or sets a variable or property that lives longer than it. */
function setsOrSends(statement: TryStatement, { framework }: Scope): boolean {
  const block = statement.getTryBlock()
  return block.getDescendants().some((node) => {
    if (Node.isReturnStatement(node)) return node.getExpression() !== undefined
    if (Node.isCallExpression(node))
      return framework.sends(node) || /^(?:push|set|add)$/.test(calleeName(node) ?? '')
    if (
      !Node.isBinaryExpression(node) ||
      !/^(?:[-+*/?|&]|\|\||&&|\?\?)?=$/.test(node.getOperatorToken().getText())
    )
      return false
    const declaration = node.getLeft().getSymbol()?.getValueDeclaration()
    return declaration === undefined || !isInside(declaration, block)
  })
}

/** `set({ lastSeenAt: new Date() })` */
function onlyTouches(text: string): boolean {
  return /\blast_?(?:seen|login|active|activity|visit|used|access)\w*["']?\s*[:=]/i.test(text)
}

/** `callback(null, error)`: an error where the caller expects rows. */
function passedAsData({ calls }: Scope): Observation[] {
  return calls.flatMap((call): Observation[] => {
    const [first, second] = call.getArguments()
    if (first?.getText() !== 'null' || !Node.isIdentifier(second)) return []
    const parameter = second.getSymbol()?.getValueDeclaration()
    const fn = parameter?.getParent()
    const isError =
      Node.isParameterDeclaration(parameter) &&
      isFunction(fn) &&
      fn.getParameters()[0] === parameter &&
      /^e(?:rr|rror)?$/i.test(parameter.getName())
    const calleeIsCallback =
      Node.isIdentifier(call.getExpression()) && identifiersIn(call.getExpression()).length === 1
    if (!isError || !calleeIsCallback) return []
    return [{ node: call, detail: { kind: 'swallowed-error', writes: false, as: 'data' } }]
  })
}
