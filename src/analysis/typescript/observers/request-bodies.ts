import { Node, type Identifier, type NewExpression, type PropertyAccessExpression } from 'ts-morph'
import { isWrite } from '../../facts.ts'
import type { Framework } from '../frameworks/framework.ts'
import {
  argumentsOf,
  bare,
  calleeName,
  isFunction,
  symbolOf,
  type FunctionNode,
  type Invocation,
} from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import type { Resolver } from '../resolver.ts'
import type { Observer, Scope } from './observer.ts'
import { isStoredWhole } from './stored-values.ts'

/** Calls that look at a value and refuse what is wrong, by the word their name or callee holds. */
const checking =
  /valid|parse|schema|sanit|assert|check|verify|isArray|Number\b|isNaN|isInteger|typeof|\bjoi\b|\bzod\b|\byup\b|celebrate|guard|ensure|pick\b|whitelist|allowed|permit/i

/** The same of functions that write afterwards. */
const checkingFirst = /valid|parse|sanit|assert|verify/i
/** What is made without storing anything. */
const plainValues =
  /^(?:Date|URL|URLSearchParams|RegExp|Map|Set|WeakMap|Array|Promise|Intl\.\w+|.*Error|.*ObjectId|.*Exception)$/

/** Bodies of requests that reach a write as the client sent them. */
export const requestBodies: Observer = {
  id: 'request-bodies',
  observe(scope) {
    if (!scope.isHandler || isCheckedBefore(scope)) return []
    const body = bodyOf(scope)
    const writes = scope.invocations.filter((call) =>
      scope.leadsToQuery(call, (query) => isWrite(query.operation)),
    )
    if (!body || writes.length === 0 || isSigned(scope.fn)) return []
    const uses = [...body.names.map((name) => usesOf(name, scope.fn)), ...directUses(body.reads)]
    if ([...body.reads, ...uses.flat()].some((use) => isChecked(use, writes))) return []
    const raw = body.reads.find((read) => isStored(read, scope, writes))
    if (raw) return [{ node: raw, detail: { kind: 'raw-body-write', whole: true } }]
    const [first] = body.reads
    if (first && uses.some((each) => each.some(isWalkedOver)))
      return [{ node: first, detail: { kind: 'raw-body-write', whole: false } }]
    const maker = [...makersOf(scope), ...writes].find((each) => takesUnseen(each, uses, scope))
    return maker ? [{ node: maker, detail: { kind: 'raw-body-write', whole: false } }] : []
  },
}

/** Whether the body as a whole is an argument of what stores it. */
function isStored(read: Node, scope: Scope, writes: readonly Invocation[]): boolean {
  const isArgument = (argument: Node): boolean => bare(argument) === read
  if (makersOf(scope).some((maker) => maker.getArguments().some(isArgument))) return true
  return writes.some((call) => argumentsOf(call).some(isArgument) && isStoredWhole(read, call, scope))
}

/** Whether most of the fields that a write gets were looked at by nobody: more than one, and more than were. */
function takesUnseen(
  maker: NewExpression | Invocation,
  uses: readonly (readonly FieldUse[])[],
  scope: Scope,
): boolean {
  const unseen = uses.filter((each) => !each.some(isScalarTested))
  const given = givenTo(maker)
  const sent = unseen.flat().filter((use) => given.some((argument) => holds(argument, use)))
  const whole = sent.filter((use) => fieldOf(use) === null)
  if (whole.some((use) => Node.isNewExpression(maker) || isStoredWhole(use, maker, scope))) return true
  const fields = new Set(sent.map(fieldOf).filter((field) => field !== null))
  return fields.size > Math.max(1, uses.length - unseen.length)
}

/** A name that holds the body or a field of it, or a field that is read where it is used: `req.body.total`. */
type FieldUse = Identifier | PropertyAccessExpression

/** The field that a name stands for, or that is read of it; null for the body as a whole. */
function fieldOf(use: FieldUse): string | null {
  if (Node.isPropertyAccessExpression(use)) return use.getName()
  const parent = use.getParent()
  if (Node.isPropertyAccessExpression(parent) && parent.getExpression() === use) return parent.getName()
  const declaration = symbolOf(use)?.getValueDeclaration()
  if (Node.isBindingElement(declaration)) return use.getText()
  const initializer = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  return initializer && /\bbody\??\.\w/.test(initializer.getText()) ? use.getText() : null
}

/** The fields that are read of the body where they are used, by name. */
function directUses(reads: readonly Node[]): FieldUse[][] {
  const accesses = reads.flatMap((read) => fieldRead(read) ?? []).filter((access) => heldBy(access) === null)
  return [...Map.groupBy(accesses, (access) => access.getName()).values()]
}

/** `req.body.total` around `req.body`. */
function fieldRead(read: Node): PropertyAccessExpression | null {
  const parent = read.getParent()
  return Node.isPropertyAccessExpression(parent) && parent.getExpression() === read ? parent : null
}

/** The variable that takes a value, also with a default: `const total = req.body.total || 0`. */
function heldBy(value: Node): Node | null {
  let node = value
  let parent = node.getParent()
  while (parent && (bare(parent) === bare(node) || isDefaulted(parent, node))) {
    node = parent
    parent = parent.getParent()
  }
  return Node.isVariableDeclaration(parent) && parent.getInitializer() === node ? parent.getNameNode() : null
}

function isDefaulted(parent: Node, value: Node): boolean {
  if (!Node.isBinaryExpression(parent) || parent.getLeft() !== value) return false
  return ['||', '??'].includes(parent.getOperatorToken().getText())
}

/** Whether a handler compares the signature of what it was sent: webhooks of services that are known. */
function isSigned(fn: FunctionNode): boolean {
  return /signature|hmac|constructEvent/i.test(fn.getText())
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
  // A form is no row: what is stored was read out of it field by field.
  if (fn.getParameters().some((each) => each.getTypeNode()?.getText() === 'FormData')) return []
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
  const name = heldBy(fieldRead(read) ?? read) ?? undefined
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
    .some((argument) => argument !== fn && !holds(argument, fn) && checksBody(argument.getText()))
}

/** Whether middleware looks at the body, by its name: not only at who asks, or at what stands in the path. */
function checksBody(middleware: string): boolean {
  return (
    /valid|schema|sanit|celebrate|\bjoi\b|\bzod\b|\byup\b|parse(?!r)|\b(?:body|check|checkSchema)\(/i.test(
      middleware,
    ) &&
    !/^\w*valid\w*(?:token|jwt|session|auth\w*|user|id|uuid|params?|query|role|key|permission)\b/i.test(
      middleware,
    )
  )
}

function usesOf(name: Identifier, fn: Node): Identifier[] {
  const symbol = name.getSymbol()
  return identifiersIn(fn).filter(
    (use) => use !== name && use.getText() === name.getText() && symbolOf(use) === symbol,
  )
}

/** Whether a value is an argument of, or the receiver in, a call that checks it; a write says so in its own name. */
function isChecked(use: Node, writes: readonly Invocation[]): boolean {
  const call = use.getAncestors().find((each) => Node.isCallExpression(each) || isFunction(each))
  if (!Node.isCallExpression(call)) return Node.isTypeOfExpression(use.getParent())
  const isArgument = call.getArguments().some((argument) => argument === use || holds(argument, use))
  const isWriting = writes.some((write) => write === call)
  return isArgument && (isWriting ? checkingFirst : checking).test(call.getExpression().getText())
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
  return fn
    .forEachDescendantAsArray()
    .filter(Node.isNewExpression)
    .filter((made) => !plainValues.test(made.getExpression().getText()))
}

function givenTo(maker: NewExpression | Invocation): readonly Node[] {
  return Node.isNewExpression(maker) ? maker.getArguments() : argumentsOf(maker)
}

function holds(outer: Node, inner: Node): boolean {
  return outer === inner || inner.getAncestors().includes(outer)
}
