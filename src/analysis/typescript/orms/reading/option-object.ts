import {
  Node,
  ts,
  type CallExpression,
  type ObjectLiteralElementLike,
  type ObjectLiteralExpression,
} from 'ts-morph'
import { bare, isFunction, returnedExpressions, symbolOf } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'

/** One entry of an object; `certain` is false where a condition decides whether it is there. */
export interface OptionEntry {
  /** The key; computed keys in brackets: `[Op.in]`. */
  readonly name: string
  readonly value: Node
  readonly certain: boolean
}

/** What code shows of an object that is given to a call. */
export interface OptionObject {
  readonly entries: readonly OptionEntry[]
  /** Whether it may hold entries that the code doesn't show. */
  readonly open: boolean
  /** Whether it comes from callers that weren't given. */
  readonly pending: boolean
}

/** Where an object is read: what is known of the calls that led to the function it stands in, innermost last. */
export interface OptionContext {
  readonly resolver: Resolver
  readonly callers: readonly CallExpression[]
}

const nothing: OptionObject = { entries: [], open: false, pending: false }
const anything: OptionObject = { entries: [], open: true, pending: false }
/** How many variables, spreads and calls are followed. */
export const maximumDepth = 8

/** Reads an object through variables, spreads, conditions, later assignments, helpers and the callers' arguments. */
export function readOptions(node: Node | undefined, context: OptionContext, depth = 0): OptionObject {
  if (!node) return nothing
  if (depth > maximumDepth) return anything
  const value = bare(node)
  const read = (part: Node): OptionObject => readOptions(part, context, depth + 1)
  if (Node.isObjectLiteralExpression(value)) return readLiteral(value, read)
  if (isNothing(value)) return nothing
  if (Node.isConditionalExpression(value))
    return eitherOf(read(value.getWhenTrue()), read(value.getWhenFalse()))
  if (Node.isBinaryExpression(value)) {
    const operator = value.getOperatorToken().getText()
    if (operator === '&&') return uncertain(read(value.getRight()))
    if (operator === '??' || operator === '||') {
      const left = read(value.getLeft())
      return left.open ? left : eitherOf(left, read(value.getRight()))
    }
    if (operator === '=') return read(value.getRight())
  }
  if (Node.isCallExpression(value)) return readCall(value, context, depth)
  if (Node.isIdentifier(value)) return readName(value, context, depth)
  const definition = context.resolver.definition(value)
  return Node.isObjectLiteralExpression(definition) ? readLiteral(definition, read) : anything
}

/** The entry that counts under a name: the last one, or the last that is certain. */
export function optionNamed({ entries }: OptionObject, name: string): OptionEntry | undefined {
  const named = entries.filter((item) => item.name === name && !isNothing(bare(item.value)))
  return (
    named.findLast(({ certain }) => certain) ??
    (named.length > 1 && exclude(named) ? settled(named) : named.at(-1))
  )
}

/** Whether a value is `undefined`, `null` or nothing at all. */
export function isNothing(value: Node): boolean {
  return ['undefined', 'null', 'void 0'].includes(value.getText())
}

/** Whether a node only runs under a condition that doesn't also hold for another. */
export function isConditional(node: Node, beside: Node): boolean {
  const shared = new Set(beside.getAncestors())
  let child = node
  for (
    let parent = node.getParent();
    parent && !shared.has(parent);
    child = parent, parent = parent.getParent()
  ) {
    if (Node.isIfStatement(parent) && parent.getExpression() !== child) return true
    if (Node.isConditionalExpression(parent) && parent.getCondition() !== child) return true
    if (Node.isCaseClause(parent) || Node.isIterationStatement(parent)) return true
    const operator = Node.isBinaryExpression(parent) ? parent.getOperatorToken().getText() : ''
    if (
      Node.isBinaryExpression(parent) &&
      ['&&', '||', '??'].includes(operator) &&
      parent.getRight() === child
    )
      return true
  }
  return false
}

/** The declaration of the variable or parameter that a name stands for. */
export function declarationOf(name: Node): Node | undefined {
  if (!Node.isIdentifier(name)) return undefined
  const symbol = symbolOf(name)
  const target = symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol
  return target?.getValueDeclaration() ?? target?.getDeclarations()[0]
}

/** The argument that the innermost caller gives for a parameter, with the callers that are left; null where it isn't known. */
export function argumentFor(
  parameter: Node,
  { resolver, callers }: OptionContext,
): { readonly argument: Node | undefined; readonly callers: readonly CallExpression[] } | null {
  const fn = parameter.getParent()
  const caller = callers.at(-1)
  if (!isFunction(fn) || !caller || !resolver.callees(caller).includes(fn)) return null
  const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
  return { argument: caller.getArguments()[index], callers: callers.slice(0, -1) }
}

function readLiteral(object: ObjectLiteralExpression, read: (node: Node) => OptionObject): OptionObject {
  return allOf(object.getProperties().map((property) => readProperty(property, read)))
}

function readProperty(property: ObjectLiteralElementLike, read: (node: Node) => OptionObject): OptionObject {
  if (Node.isSpreadAssignment(property)) return read(property.getExpression())
  if (Node.isShorthandPropertyAssignment(property))
    return entry(property.getName(), property.getNameNode(), true)
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : property
  return value ? entry(unquoted(property.getName()), value, true) : nothing
}

/** `...where` in `where = { ...where, id }`, which holds what was there already. */
function isSpreadOf(property: Node, declaration: Node): boolean {
  return Node.isSpreadAssignment(property) && declarationOf(property.getExpression()) === declaration
}

function readCall(call: CallExpression, context: OptionContext, depth: number): OptionObject {
  const read = (part: Node): OptionObject => readOptions(part, context, depth + 1)
  if (call.getExpression().getText() === 'Object.assign') return allOf(call.getArguments().map(read))
  const returned = context.resolver.callees(call).flatMap(returnedExpressions)
  const [only, ...others] = returned
  if (!only || others.length > 0) return anything
  return readOptions(only, { ...context, callers: [...context.callers, call] }, depth + 1)
}

function readName(name: Node, context: OptionContext, depth: number): OptionObject {
  const declaration = declarationOf(name)
  if (Node.isParameterDeclaration(declaration)) return readParameter(declaration, name, context, depth)
  if (Node.isVariableDeclaration(declaration)) {
    const initializer = declaration.getInitializer()
    const start = initializer ? readOptions(initializer, context, depth + 1) : nothing
    return allOf([start, ...assignedTo(declaration, name, context, depth)])
  }
  const definition = context.resolver.definition(name)
  return definition === name || !Node.isObjectLiteralExpression(definition)
    ? anything
    : readOptions(definition, context, depth + 1)
}

function readParameter(parameter: Node, name: Node, context: OptionContext, depth: number): OptionObject {
  if (!Node.isParameterDeclaration(parameter)) return anything
  const given = argumentFor(parameter, context)
  const later = assignedTo(parameter, name, context, depth)
  if (given) {
    const value = given.argument ?? parameter.getInitializer()
    return allOf([readOptions(value, { ...context, callers: given.callers }, depth + 1), ...later])
  }
  const fn = parameter.getParent()
  const pending = context.callers.length === 0 && isFunction(fn) && context.resolver.callersOf(fn).length > 0
  return allOf([{ entries: [], open: true, pending }, ...later])
}

/** What is assigned to properties of a variable before it is used: `options.take = 10`, `Object.assign(options, {…})`. */
function assignedTo(declaration: Node, use: Node, context: OptionContext, depth: number): OptionObject[] {
  const read = (part: Node): OptionObject => readOptions(part, context, depth + 1)
  return referencesBefore(declaration, use).flatMap((reference): OptionObject[] => {
    const parent = reference.getParent()
    const certain = !isConditional(reference, use)
    if (Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent)) {
      const assignment = parent.getParent()
      const name = accessedName(parent)
      const isTarget = Node.isBinaryExpression(assignment) && assignment.getLeft() === parent
      if (!isTarget || name === null || !/^(?:\?\?|\|\|)?=$/.test(assignment.getOperatorToken().getText()))
        return []
      return [entry(name, assignment.getRight(), certain)]
    }
    if (Node.isCallExpression(parent) && parent.getExpression().getText() === 'Object.assign') {
      const [target, ...sources] = parent.getArguments()
      return target === reference ? sources.map(read).map((part) => (certain ? part : uncertain(part))) : []
    }
    if (
      Node.isBinaryExpression(parent) &&
      parent.getLeft() === reference &&
      parent.getOperatorToken().getText() === '='
    ) {
      const again = bare(parent.getRight())
      if (!Node.isObjectLiteralExpression(again)) return [anything]
      const added = allOf(
        again
          .getProperties()
          .filter((property) => !isSpreadOf(property, declaration))
          .map((property) => readProperty(property, read)),
      )
      return [certain ? added : uncertain(added)]
    }
    return []
  })
}

/** The places before a use where the same variable stands, in order; the use and the declaration left out. */
export function referencesBefore(declaration: Node, use: Node): Node[] {
  const scope =
    declaration.getFirstAncestor((node) => isFunction(node) || Node.isConstructorDeclaration(node)) ??
    declaration.getSourceFile()
  if (use.getSourceFile() !== declaration.getSourceFile()) return []
  const text = use.getText()
  const end = use.getStart()
  return scope
    .getDescendantsOfKind(ts.SyntaxKind.Identifier)
    .filter(
      (node) =>
        node.getStart() > declaration.getEnd() - 1 && node.getStart() < end && node.getText() === text,
    )
    .filter((node) => declarationOf(node) === declaration)
}

function accessedName(access: Node): string | null {
  if (Node.isPropertyAccessExpression(access)) return access.getName()
  if (!Node.isElementAccessExpression(access)) return null
  const argument = access.getArgumentExpression()
  if (Node.isStringLiteral(argument)) return argument.getLiteralValue()
  return argument ? `[${argument.getText()}]` : null
}

/** Whether entries stand in the two branches of one condition, so that one of them is always there. */
function exclude(entries: readonly OptionEntry[]): boolean {
  return entries.some(({ value }) => {
    const statement = value.getFirstAncestor((node) => Node.isIfStatement(node.getParent()))
    const condition = statement?.getParent()
    return (
      Node.isIfStatement(condition) &&
      condition.getElseStatement() !== undefined &&
      entries.some((other) => other.value !== value && other.value.getAncestors().includes(condition))
    )
  })
}

function settled(entries: readonly OptionEntry[]): OptionEntry | undefined {
  const last = entries.at(-1)
  return last && { ...last, certain: true }
}

function entry(name: string, value: Node, certain: boolean): OptionObject {
  return { entries: [{ name, value, certain }], open: false, pending: false }
}

function allOf(parts: readonly OptionObject[]): OptionObject {
  return {
    entries: parts.flatMap(({ entries }) => entries),
    open: parts.some(({ open }) => open),
    pending: parts.some(({ pending }) => pending),
  }
}

/** One of two objects: certain is what both hold. */
function eitherOf(a: OptionObject, b: OptionObject): OptionObject {
  const inBoth = (name: string): boolean =>
    [a, b].every((part) => part.entries.some((other) => other.name === name && other.certain))
  const entries = [...a.entries, ...b.entries].map((item) => ({
    ...item,
    certain: item.certain && inBoth(item.name),
  }))
  return { entries, open: a.open || b.open, pending: a.pending || b.pending }
}

function uncertain(part: OptionObject): OptionObject {
  return { ...part, entries: part.entries.map(maybe) }
}

/** The same entry, there under a condition. */
export function maybe(item: OptionEntry): OptionEntry {
  return { ...item, certain: false }
}

function unquoted(name: string): string {
  return name.replace(/^['"`](.*)['"`]$/, '$1')
}
