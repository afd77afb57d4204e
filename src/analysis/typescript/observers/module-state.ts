import { Node, SyntaxKind, VariableDeclarationKind, type Identifier } from 'ts-morph'
import { constructionsNamed } from '../classes.ts'
import { isClass, isFunction, type FunctionNode } from '../functions.ts'
import { isInside } from '../loops.ts'
import { assignedMembers } from '../members.ts'
import type { Observation, Observer, Scope } from './observer.ts'

const changing = new Set(['set', 'add', 'push', 'unshift', 'splice'])
/** Names that say that losing the content costs time only, or that it is made once. */
const harmless =
  /cache|memo|instance|singleton|client|connection|socket|listener|subscri|regist|initiali[sz]ed|started|ready|timer|interval|plugin|handler|schema/i

/** Decorators of classes of which a container keeps one instance. */
const provided = /^(?:injectable|controller|service|singleton|resolver|websocketgateway|catch)$/i

/** Variables of a module, or fields of an object that lives as long as it, that requests fill: every process has its own, and none survives a restart. */
export const moduleState: Observer = {
  id: 'module-state',
  observe: (scope) => {
    const seen = new Set<Node>()
    const changes = changesIn(scope).filter(({ owner }) => outlivesRequest(owner, scope))
    return changes.flatMap(({ owner, name }): Observation[] => {
      if (seen.has(owner) || harmless.test(name)) return []
      seen.add(owner)
      const bounded = new RegExp(`\\b${name}\\.(?:delete|clear|shift|pop)\\(`).test(
        owner.getSourceFile().getFullText(),
      )
      return [{ node: owner, detail: { kind: 'module-state', name, bounded } }]
    })
  },
}

interface Change {
  /** The declaration of what is changed. */
  readonly owner: Node
  readonly name: string
}

function changesIn({ fn, calls }: Scope): Change[] {
  const byCall = calls.flatMap((call) => {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee) || !changing.has(callee.getName())) return []
    return lasting(callee.getExpression())
  })
  const byCounter = [
    ...fn.getDescendantsOfKind(SyntaxKind.PostfixUnaryExpression).map((each) => each.getOperand()),
    ...fn
      .getDescendantsOfKind(SyntaxKind.BinaryExpression)
      .filter((each) => ['+=', '-='].includes(each.getOperatorToken().getText()))
      .map((each) => each.getLeft()),
  ].flatMap((target) => (Node.isIdentifier(target) ? lasting(target) : []))
  return [...byCall, ...byCounter]
}

/** The declaration behind an expression, if it outlives the request: a module's variable that starts empty, or a class's such field. */
function lasting(expression: Node): Change[] {
  if (Node.isIdentifier(expression)) return ofModule(expression)
  if (!Node.isPropertyAccessExpression(expression) || !Node.isThisExpression(expression.getExpression()))
    return []
  const name = expression.getName()
  const owner = expression.getFirstAncestor(isClass)
  const field = owner?.getInstanceProperty(name)
  const values = owner ? [...initialOf(field), ...assignedMembers(owner, name)] : []
  const [first] = values
  if (!first || !values.some(startsEmpty)) return []
  return [{ owner: Node.isPropertyDeclaration(field) ? field : first, name }]
}

function initialOf(field: Node | undefined): Node[] {
  const initial = Node.isPropertyDeclaration(field) ? field.getInitializer() : undefined
  return initial ? [initial] : []
}

/** Whether what holds the state is made once: a module, or a class that a container or a module makes an instance of. */
function outlivesRequest(owner: Node, { program }: Scope): boolean {
  const holder = owner.getFirstAncestor(isClass)
  if (!holder || holder.getDecorators().some((each) => provided.test(each.getName()))) return true
  const name = holder.getName()
  return constructionsNamed(name ?? '', program).some(
    (made) => !isMadeByRequest(made.getFirstAncestor(isFunction)) || isInside(made, holder),
  )
}

/** Whether a function runs for a request, as far as it shows: it waits for something, or is given the request. */
function isMadeByRequest(fn: FunctionNode | undefined): boolean {
  if (!fn) return false
  return (
    fn.isAsync() ||
    fn.getParameters().some((each) => /^_*(?:req|request|ctx|context|c)$/.test(each.getName()))
  )
}

function ofModule(name: Identifier): Change[] {
  const symbol = name.getSymbol()
  const declaration = (symbol?.getAliasedSymbol() ?? symbol)?.getValueDeclaration()
  if (!Node.isVariableDeclaration(declaration) || declaration.getFirstAncestor(isFunction)) return []
  const list = declaration.getVariableStatement()
  const value = declaration.getInitializer()
  const isCounter =
    list?.getDeclarationKind() !== VariableDeclarationKind.Const && Node.isNumericLiteral(value)
  return isCounter || startsEmpty(value) ? [{ owner: declaration, name: declaration.getName() }] : []
}

function startsEmpty(value: Node | undefined): boolean {
  if (Node.isNewExpression(value))
    return /^(?:Map|Set)$/.test(value.getExpression().getText()) && value.getArguments().length === 0
  if (Node.isAsExpression(value)) return startsEmpty(value.getExpression())
  if (Node.isArrayLiteralExpression(value)) return value.getElements().length === 0
  return Node.isObjectLiteralExpression(value) && value.getProperties().length === 0
}
