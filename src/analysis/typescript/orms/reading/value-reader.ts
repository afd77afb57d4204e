import { Node, type CallExpression, type ObjectLiteralExpression, type ParameterDeclaration } from 'ts-morph'
import { bare, calleeName, isFunction, returnedExpressions, symbolOf } from '../../functions.ts'
import { identifiersIn } from '../../loops.ts'
import type { Resolver } from '../../resolver.ts'

/** An expression, and the calls that led to the function it stands in, innermost last. */
export interface Place {
  readonly node: Node
  readonly callers: readonly CallExpression[]
}

/** A property that an object has, on every path (`sure`) or only on some. */
export interface Entry extends Place {
  readonly name: string
  readonly sure: boolean
  /** The property or assignment as written. */
  readonly written: Node
}

/** An object as far as it can be read; `open` where it may have properties that can't be seen. */
export interface ObjectView {
  readonly entries: readonly Entry[]
  readonly open: boolean
}

const unknownObject: ObjectView = { entries: [], open: true }
const emptyObject: ObjectView = { entries: [], open: false }
const maximumDepth = 8

/** Reads values through variables, spreads, assignments, functions, and parameters to what the callers hand over. */
export class ValueReader {
  readonly #resolver: Resolver
  readonly #callers: readonly CallExpression[]
  #dependsOnCaller = false

  constructor(resolver: Resolver, callers: readonly CallExpression[]) {
    this.#resolver = resolver
    this.#callers = callers
  }

  /** Whether something that was read comes from a caller that isn't known here. */
  get dependsOnCaller(): boolean {
    return this.#dependsOnCaller
  }

  /** An expression of the function that is read. */
  here(node: Node): Place {
    return { node, callers: this.#callers }
  }

  /** What gives an expression its value, followed through parameters; `undefined` where a caller leaves it out. */
  value(place: Place, depth = 0): Place | undefined {
    const { callers } = place
    const node = this.#resolver.definition(place.node)
    if (depth > maximumDepth) return { node, callers }
    if (Node.isParameterDeclaration(node)) {
      const given = this.#argumentFor(node, callers)
      if (given === 'unknown') return { node, callers }
      const passed = given && this.value(given, depth + 1)
      const fallback = node.getInitializer()
      return passed ?? (fallback && { node: fallback, callers })
    }
    const part = partOf(node)
    if (!part) return { node, callers }
    const entry = this.#entryOf({ node: part.object, callers }, part.name, depth + 1)
    if (entry === 'unknown') return { node, callers }
    const found = entry && this.value(entry, depth + 1)
    return found ?? (part.fallback && { node: part.fallback, callers })
  }

  /** The text of a string, or null. */
  text(place: Place): string | null {
    const node = this.value(place)?.node
    return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)
      ? node.getLiteralValue()
      : null
  }

  /** The properties of an object, in order; of several with one name the last counts. */
  object(place: Place | undefined, depth = 0): ObjectView {
    if (!place) return emptyObject
    if (depth > maximumDepth) return unknownObject
    const written = bare(place.node)
    const { node, callers } = this.value(place) ?? { node: undefined, callers: place.callers }
    if (!node || isNothing(node)) return emptyObject
    const own = this.#viewOf({ node, callers }, depth)
    const assigned = Node.isIdentifier(written) ? assignmentsTo(written, place.callers) : []
    return assigned.length === 0 ? own : { ...own, entries: [...own.entries, ...assigned] }
  }

  #viewOf({ node, callers }: Place, depth: number): ObjectView {
    if (Node.isObjectLiteralExpression(node)) return this.#literal(node, callers, depth)
    if (Node.isConditionalExpression(node))
      return unsure(
        this.object({ node: node.getWhenTrue(), callers }, depth + 1),
        this.object({ node: node.getWhenFalse(), callers }, depth + 1),
      )
    if (Node.isBinaryExpression(node) && node.getOperatorToken().getText() === '&&')
      return unsure(this.object({ node: node.getRight(), callers }, depth + 1))
    if (!Node.isCallExpression(node)) return unknownObject
    const [argument] = node.getArguments()
    const callee = node.getExpression()
    if (Node.isCallExpression(callee) && calleeName(callee) === 'validator' && argument)
      return this.object({ node: argument, callers }, depth + 1)
    const returned = this.#resolver.callees(node).flatMap(returnedExpressions)
    const views = returned.map((value) =>
      this.object({ node: value, callers: [...callers, node] }, depth + 1),
    )
    const [only] = views
    return views.length === 0 ? unknownObject : views.length === 1 && only ? only : unsure(...views)
  }

  #literal(object: ObjectLiteralExpression, callers: readonly CallExpression[], depth: number): ObjectView {
    const entries: Entry[] = []
    let open = false
    for (const property of object.getProperties()) {
      if (Node.isSpreadAssignment(property)) {
        const inner = this.object({ node: property.getExpression(), callers }, depth + 1)
        entries.push(...inner.entries)
        open ||= inner.open
        continue
      }
      const name = propertyName(property)
      if (name === null) open = true
      else entries.push({ name, node: valueNode(property), callers, sure: true, written: property })
    }
    return { entries, open }
  }

  #entryOf(object: Place, name: string, depth: number): Place | undefined | 'unknown' {
    if (depth > maximumDepth) return 'unknown'
    const view = this.object(object, depth)
    const entry = view.entries.findLast((candidate) => candidate.name === name)
    return entry ?? (view.open ? 'unknown' : undefined)
  }

  /** What the innermost caller hands over for a parameter of the function it calls. */
  #argumentFor(
    parameter: ParameterDeclaration,
    callers: readonly CallExpression[],
  ): Place | undefined | 'unknown' {
    const fn = parameter.getParent()
    if (!isFunction(fn)) return 'unknown'
    const caller = callers.at(-1)
    if (!caller) {
      this.#dependsOnCaller ||= this.#resolver.callersOf(fn).length > 0
      return 'unknown'
    }
    if (!this.#resolver.callees(caller).includes(fn)) return 'unknown'
    const given = caller.getArguments()
    if (given.some((argument) => Node.isSpreadElement(argument)) || parameter.isRestParameter())
      return 'unknown'
    const argument = given[fn.getParameters().indexOf(parameter)]
    return argument && { node: argument, callers: callers.slice(0, -1) }
  }
}

/** `{ take }` of an object, or `object.take`, where that isn't declared in this project. */
function partOf(node: Node): { object: Node; name: string; fallback?: Node } | null {
  if (Node.isPropertyAccessExpression(node)) return { object: node.getExpression(), name: node.getName() }
  if (!Node.isBindingElement(node) || !Node.isObjectBindingPattern(node.getParent())) return null
  if (node.getDotDotDotToken()) return null
  const source = node.getParent().getParent()
  const object = Node.isVariableDeclaration(source) ? source.getInitializer() : source
  const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
  const fallback = node.getInitializer()
  if (!object || Node.isBindingElement(object)) return null
  return { object, name, ...(fallback && { fallback }) }
}

function unsure(...views: readonly ObjectView[]): ObjectView {
  return {
    entries: views.flatMap(({ entries }) => entries.map((entry) => ({ ...entry, sure: false }))),
    open: views.some(({ open }) => open),
  }
}

/** Whether an expression is `undefined`, `null` or `false`. */
export function isNothing(node: Node): boolean {
  return ['undefined', 'null', 'false'].includes(node.getText())
}

/** The name of a property that is written out, or null. */
export function propertyName(property: Node): string | null {
  if (Node.isShorthandPropertyAssignment(property)) return property.getName()
  if (Node.isMethodDeclaration(property)) return property.getName()
  if (!Node.isPropertyAssignment(property)) return null
  const name = property.getNameNode()
  return Node.isComputedPropertyName(name) ? null : name.getText().replace(/^['"`]|['"`]$/g, '')
}

function valueNode(property: Node): Node {
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  return Node.isPropertyAssignment(property) ? (property.getInitializer() ?? property) : property
}

/** `args.take = 10` and `args['take'] = 10` after a variable was declared, in its own function. */
function assignmentsTo(variable: Node, callers: readonly CallExpression[]): Entry[] {
  if (!Node.isIdentifier(variable)) return []
  const declaration = symbolOf(variable)?.getValueDeclaration()
  if (!Node.isVariableDeclaration(declaration)) return []
  const block = declaration.getFirstAncestor(Node.isBlock)
  if (!block) return []
  const symbol = declaration.getSymbol()
  return identifiersIn(block).flatMap((use): Entry[] => {
    if (use.getText() !== variable.getText() || use.getSymbol() !== symbol) return []
    const access = use.getParent()
    const assignment = access?.getParent()
    if (!Node.isBinaryExpression(assignment) || assignment.getOperatorToken().getText() !== '=') return []
    const name = Node.isPropertyAccessExpression(access)
      ? access.getName()
      : Node.isElementAccessExpression(access)
        ? access
            .getArgumentExpression()
            ?.getText()
            .replace(/^['"`]|['"`]$/g, '')
        : undefined
    if (name === undefined || assignment.getLeft() !== access) return []
    const sure =
      assignment.getFirstAncestor(Node.isBlock) === block && !assignment.getFirstAncestor(isBranch(block))
    return [{ name, node: assignment.getRight(), callers, sure, written: assignment }]
  })
}

function isBranch(outer: Node): (node: Node) => node is Node {
  return (node): node is Node => Node.isIfStatement(node) && node.getPos() >= outer.getPos()
}
