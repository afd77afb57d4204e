import { Node, type Identifier, type NewExpression } from 'ts-morph'
import { isWrite } from '../../facts.ts'
import type { Framework } from '../frameworks/framework.ts'
import { bare, calleeName, isFunction, symbolOf, type FunctionNode } from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import type { Resolver } from '../resolver.ts'
import type { Observer, Scope } from './observer.ts'

/** Calls that look at a value and refuse what is wrong, by the word their name or callee holds. */
const checking =
  /valid|parse|schema|sanit|assert|check|verify|isArray|Number\b|isNaN|isInteger|typeof|\bjoi\b|\bzod\b|\byup\b|celebrate|guard|ensure|pick\b|whitelist|allowed|permit/i

/** Bodies of requests that reach a write as the client sent them. */
export const requestBodies: Observer = {
  id: 'request-bodies',
  observe(scope) {
    if (!scope.isHandler || isCheckedBefore(scope)) return []
    const body = bodyOf(scope)
    if (!body || body.names.some((name) => usesOf(name, scope.fn).some(isChecked))) return []
    if (body.reads.some(isChecked)) return []
    const writes = scope.calls.filter((call) => scope.leadsToQuery(call, (query) => isWrite(query.operation)))
    if (writes.length === 0) return []
    const makers = [...makersOf(scope), ...writes]
    const sent = makers.flatMap((call) => call.getArguments())
    const raw = body.reads.find((read) => sent.some((argument) => bare(argument) === read))
    if (raw) return [{ node: raw, detail: { kind: 'raw-body-write', whole: true } }]
    const [first] = body.reads
    const uses = body.names.map((name) => usesOf(name, scope.fn))
    if (first && uses.some((each) => each.some(isWalkedOver)))
      return [{ node: first, detail: { kind: 'raw-body-write', whole: false } }]
    const unseen = uses.filter((each) => !each.some(isScalarTested)).flat()
    const maker = makers.find((call) =>
      call.getArguments().some((argument) => unseen.some((use) => holds(argument, use))),
    )
    return maker ? [{ node: maker, detail: { kind: 'raw-body-write', whole: false } }] : []
  },
}

interface Body {
  /** Where the body is read: `req.body`. */
  readonly reads: readonly Node[]
  /** The variables that hold it or its fields. */
  readonly names: readonly Identifier[]
}

function bodyOf({ fn, framework, resolver }: Scope): Body | null {
  const reads = bodyReads(fn, framework, resolver)
  return reads.length === 0 ? null : { reads, names: reads.flatMap(namesFrom) }
}

/** Where a handler reads the whole body of its request, unless a schema of the route checked it before. */
export function bodyReads(fn: FunctionNode, framework: Framework, resolver: Resolver): Node[] {
  return [...fn.getParameters(), ...fn.forEachDescendantAsArray()].filter((node) => {
    if (
      !Node.isPropertyAccessExpression(node) &&
      !Node.isCallExpression(node) &&
      !Node.isParameterDeclaration(node)
    )
      return false
    if (!/body|json|input|valid|data/i.test(node.getText())) return false
    const input = framework.requestInput(node, resolver)
    return input !== null && input.part === 'body' && input.name === null && input.schema === null
  })
}

/** The names that a declaration takes from a value: `body`, or `name` and `email` of `{ name, email }`. */
function namesFrom(read: Node): Identifier[] {
  if (Node.isParameterDeclaration(read)) {
    const name = read.getNameNode()
    return Node.isIdentifier(name) ? [name] : identifiersIn(name)
  }
  let parent = read.getParent()
  while (parent && bare(parent) === bare(read)) parent = parent.getParent()
  if (!Node.isVariableDeclaration(parent)) return []
  const name = parent.getNameNode()
  if (Node.isIdentifier(name)) return [name]
  return Node.isObjectBindingPattern(name)
    ? name.getElements().flatMap((element) => {
        const each = element.getNameNode()
        return Node.isIdentifier(each) ? [each] : []
      })
    : []
}

/** A validation among the middleware that stands before the handler. */
function isCheckedBefore({ fn, registration }: Scope): boolean {
  if (!registration || !Node.isCallExpression(registration)) return false
  return registration
    .getArguments()
    .slice(1)
    .some((argument) => argument !== fn && !holds(argument, fn) && checking.test(argument.getText()))
}

function usesOf(name: Identifier, fn: Node): Identifier[] {
  const symbol = name.getSymbol()
  return identifiersIn(fn).filter(
    (use) => use !== name && use.getText() === name.getText() && symbolOf(use) === symbol,
  )
}

/** Whether a value is an argument of, or the receiver in, a call that checks it. */
function isChecked(use: Node): boolean {
  const call = use.getAncestors().find((each) => Node.isCallExpression(each) || isFunction(each))
  if (!Node.isCallExpression(call)) return Node.isTypeOfExpression(use.getParent())
  const isArgument = call.getArguments().some((argument) => argument === use || holds(argument, use))
  return isArgument && checking.test(call.getExpression().getText())
}

/** Whether a field takes part in a condition. */
function isScalarTested(use: Node): boolean {
  return use.getAncestors().some((each) => {
    if (Node.isIfStatement(each)) return holds(each.getExpression(), use)
    return Node.isTypeOfExpression(each)
  })
}

/** `for (const item of items)`, `items.map(…)`: as many rounds as the client wants. */
function isWalkedOver(use: Node): boolean {
  const parent = use.getParent()
  if (Node.isForOfStatement(parent)) return parent.getExpression() === use
  const call = parent?.getParent()
  return (
    Node.isPropertyAccessExpression(parent) &&
    parent.getExpression() === use &&
    Node.isCallExpression(call) &&
    ['map', 'forEach'].includes(calleeName(call) ?? '')
  )
}

/** `new Order({ … })`: what is stored by a later `save()`. */
function makersOf({ fn }: Scope): NewExpression[] {
  return fn.forEachDescendantAsArray().filter(Node.isNewExpression)
}

function holds(outer: Node, inner: Node): boolean {
  return outer === inner || inner.getAncestors().includes(outer)
}
