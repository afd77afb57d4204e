import { Node, SyntaxKind, type Block, type CallExpression, type IfStatement } from 'ts-morph'
import { bare, isFunction, type FunctionNode } from '../functions.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Answers sent twice, and handlers that are left without one. Only where an answer is a call, as in Express. */
export const responses: Observer = {
  id: 'responses',
  observe: (scope) =>
    scope.framework.sendsReturnValue || !scope.isHandler ? [] : [...sentTwice(scope), ...neverSent(scope)],
}

/** `if (bad) { res.status(400).send() }` with code after it that sends again. */
function sentTwice({ fn, framework }: Scope): Observation[] {
  return ownIfs(fn).flatMap((statement): Observation[] => {
    const then = statement.getThenStatement()
    const sent = lastExpression(then)
    if (!sent || statement.getElseStatement() || !framework.sends(sent)) return []
    const block = statement.getParent()
    if (!Node.isBlock(block) || block.getParent() !== fn) return []
    const isSentAgain = statementsAfter(statement, block).some((each) =>
      each.getDescendantsOfKind(SyntaxKind.CallExpression).some((call) => framework.sends(call)),
    )
    return isSentAgain ? [{ node: sent, detail: { kind: 'double-response' } }] : []
  })
}

/** `if (invalid(…)) return` before anything was sent, where the condition doesn't send either. */
function neverSent({ fn, framework, resolver }: Scope): Observation[] {
  const response = fn.getParameters()[1]?.getName()
  if (response === undefined || fn.getParameters().length > 3 || isMiddleware(fn)) return []
  return ownIfs(fn).flatMap((statement): Observation[] => {
    const left = bareReturn(statement.getThenStatement())
    const condition = statement.getExpression()
    if (!left || /headersSent|writableEnded|destroyed|aborted|closed/.test(condition.getText())) return []
    const calls = [condition, ...condition.forEachDescendantAsArray()].filter(Node.isCallExpression)
    const given = calls.filter((call) =>
      call.getArguments().some((argument) => argument.getText() === response),
    )
    const senders = given.flatMap((call) => {
      const index = call.getArguments().findIndex((argument) => argument.getText() === response)
      return resolver.callees(call).map((sender) => ({ sender, response: sender.getParameters()[index] }))
    })
    if (given.length === 0 || senders.length === 0) return []
    const sends = senders.some(({ sender, response: own }) =>
      sender
        .getDescendantsOfKind(SyntaxKind.CallExpression)
        .some((call) => framework.sends(call) || handsOn(call) || maySend(call, own?.getName())),
    )
    return sends ? [] : [{ node: statement, detail: { kind: 'missing-response' } }]
  })
}

/** Methods of a response that send nothing; any other may, such as `res.fail(…)` that a middleware added. */
const silentMethods = /^(?:status|code|set|get|has|header|type|vary|links|append|cookie|on|once|removeHeader)/

/** Whether a call is of a method of the response that isn't known to send nothing. */
function maySend(call: CallExpression, response: string | undefined): boolean {
  const callee = call.getExpression()
  if (response === undefined || !Node.isPropertyAccessExpression(callee)) return false
  let root: Node = callee
  while (Node.isPropertyAccessExpression(root) || Node.isCallExpression(root))
    root = bare(root.getExpression())
  return root.getText() === response && !silentMethods.test(callee.getName())
}

/** Whether a call is given the response in turn, so that it may send. */
function handsOn(call: CallExpression): boolean {
  return call.getArguments().some((argument) => /^(?:res|response|reply)$/.test(argument.getText()))
}

function isMiddleware(fn: FunctionNode): boolean {
  const next = fn.getParameters()[2]?.getName()
  if (next === undefined) return false
  return fn
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .some((call) => call.getExpression().getText() === next && call.getArguments().length === 0)
}

function ownIfs(fn: FunctionNode): IfStatement[] {
  return fn
    .getDescendantsOfKind(SyntaxKind.IfStatement)
    .filter((statement) => statement.getFirstAncestor(isFunction) === fn)
}

function statementsAfter(statement: Node, block: Block): Node[] {
  const statements = block.getStatements()
  return statements.slice(statements.findIndex((each) => each === statement) + 1)
}

/** The call that a branch ends with, when it goes on after it. */
function lastExpression(branch: Node): CallExpression | null {
  const last = Node.isBlock(branch) ? branch.getStatements().at(-1) : branch
  const expression = Node.isExpressionStatement(last) ? last.getExpression() : undefined
  return Node.isCallExpression(expression) ? expression : null
}

function bareReturn(branch: Node): Node | null {
  const [first, second] = Node.isBlock(branch) ? branch.getStatements() : [branch]
  return Node.isReturnStatement(first) && !second && !first.getExpression() ? first : null
}
