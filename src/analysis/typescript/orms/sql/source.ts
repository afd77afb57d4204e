import { Node, SyntaxKind, VariableDeclarationKind, type CallExpression } from 'ts-morph'
import { bare, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { conditionAround, isWithoutDefault } from '../reading/conditions.ts'

/** The text of a statement as it stands in the source, with `${…}` for what is put in. */
export interface SqlSource {
  /** All of the text, what is added on a condition included. */
  readonly text: string
  /** Only what is there in any case. */
  readonly always: string
  /** Whether what is added on a condition depends on something without a default, as a query parameter. */
  readonly isOptional: boolean
  /** The one literal in which the whole text stands, so that offsets in it are known; null where it has several parts. */
  readonly literal: Node | null
}

interface Part {
  readonly text: string
  readonly always: string
  readonly isOptional: boolean
}

const unknown: Part = { text: '${}', always: '${}', isOptional: false }
const maximumDepth = 6

/** The SQL that an expression stands for: literals, variables, concatenations and what is added to them; null for others. */
export function sqlSourceOf(expression: Node, resolver: Resolver): SqlSource | null {
  const literal = literalOf(expression, resolver)
  const part = partOf(expression, resolver, 0)
  if (!part || !/[a-z]/i.test(part.always.replaceAll('${}', ''))) return null
  return { ...part, literal: literal && rawText(literal) === part.text ? literal : null }
}

/** The text of a literal as it is written, without its quotes; null for other nodes. */
export function rawText(node: Node): string | null {
  if (
    Node.isStringLiteral(node) ||
    Node.isNoSubstitutionTemplateLiteral(node) ||
    Node.isTemplateExpression(node)
  )
    return node.getText().slice(1, -1)
  return null
}

/** The literal that an expression is, or that a constant holds; tagged templates are literals too. */
function literalOf(expression: Node, resolver: Resolver): Node | null {
  const node = bare(expression)
  const value = Node.isIdentifier(node) && isReassigned(node) ? node : resolver.definition(node)
  if (Node.isTaggedTemplateExpression(value)) return value.getTemplate()
  return rawText(value) === null ? null : value
}

function partOf(expression: Node, resolver: Resolver, depth: number): Part | null {
  if (depth > maximumDepth) return null
  const node = bare(expression)
  const literal = Node.isTaggedTemplateExpression(node) ? node.getTemplate() : node
  if (Node.isTemplateExpression(literal)) {
    const isPutIn = literal === node ? isFragment : isTaggedFragment
    return templatePart(literal, isPutIn, resolver, depth)
  }
  const raw = rawText(literal)
  if (raw !== null) return plainPart(raw)
  if (Node.isBinaryExpression(node) && node.getOperatorToken().getText() === '+')
    return joined(
      [node.getLeft(), node.getRight()].map((side) => partOf(side, resolver, depth + 1) ?? unknown),
    )
  if (Node.isConditionalExpression(node)) {
    const branches = [node.getWhenTrue(), node.getWhenFalse()].map((side) =>
      partOf(side, resolver, depth + 1),
    )
    const [first] = branches
    if (first && branches.every((branch) => /^\s*(?:select|with)\b/i.test(branch?.always ?? ''))) return first
    const text = branches.map((branch) => branch?.text ?? unknown.text).join(' ')
    return { text, always: ' ', isOptional: isWithoutDefault(node.getCondition()) }
  }
  if (Node.isIdentifier(node)) {
    const built = builtPart(node, resolver, depth)
    if (built) return built
  }
  if (Node.isCallExpression(node)) return callPart(node, resolver, depth)
  const value = resolver.definition(node)
  return value === node ? null : partOf(value, resolver, depth + 1)
}

function plainPart(text: string): Part {
  return { text, always: text, isOptional: false }
}

function joined(parts: readonly Part[], separator = ''): Part {
  return {
    text: parts.map(({ text }) => text).join(separator),
    always: parts.map(({ always }) => always).join(separator),
    isOptional: parts.some(({ isOptional }) => isOptional),
  }
}

/** A template string: constant fragments of SQL are put in, values stay `${…}`. */
function templatePart(
  template: Node,
  isPutIn: (value: Node) => boolean,
  resolver: Resolver,
  depth: number,
): Part | null {
  if (!Node.isTemplateExpression(template)) return null
  const parts = [plainPart(template.getHead().getText().slice(1, -2))]
  for (const span of template.getTemplateSpans()) {
    const value = span.getExpression()
    const fragment = isPutIn(value) ? partOf(value, resolver, depth + 1) : null
    const literal = span.getLiteral()
    const isLast = Node.isTemplateTail(literal)
    const isKnown = fragment && fragment.text !== unknown.text
    parts.push(isKnown ? fragment : plainPart('${' + value.getText() + '}'))
    parts.push(plainPart(literal.getText().slice(1, isLast ? -1 : -2)))
  }
  return joined(parts)
}

/** Whether what is put in may be a piece of SQL: text, a choice of texts, a call that may give one, or a name for these. */
function isFragment(value: Node): boolean {
  if (isWritten(value) || Node.isCallExpression(value)) return true
  const declaration = Node.isIdentifier(value) ? value.getSymbol()?.getValueDeclaration() : undefined
  if (!Node.isVariableDeclaration(declaration)) return false
  const initializer = declaration.getInitializer()
  const made = initializer && bare(initializer)
  return !made || isWritten(made) || Node.isBinaryExpression(made) || Node.isCallExpression(made)
}

/** Whether an expression gives text that is written out, not a value: of a choice, one of the two is enough. */
function isWritten(node: Node): boolean {
  const raw = rawText(node)
  if (raw !== null) return /[a-z]|^\s*$/i.test(raw)
  if (Node.isConditionalExpression(node))
    return [node.getWhenTrue(), node.getWhenFalse()].some((branch) => isWritten(bare(branch)))
  return isJoin(node)
}

/** Whether what a tagged template takes in is a piece of SQL, not a value: sql`…` itself, a choice of such, or a name for one. */
function isTaggedFragment(value: Node): boolean {
  const node = bare(value)
  if (Node.isTaggedTemplateExpression(node)) return true
  if (Node.isConditionalExpression(node))
    return isTaggedFragment(node.getWhenTrue()) || isTaggedFragment(node.getWhenFalse())
  const declaration = Node.isIdentifier(node) ? node.getSymbol()?.getValueDeclaration() : undefined
  const initializer = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  return initializer !== undefined && !Node.isIdentifier(bare(initializer)) && isTaggedFragment(initializer)
}

function isJoin(value: Node): boolean {
  return Node.isCallExpression(value) && value.getExpression().getText().endsWith('.join')
}

/** A variable that text is added to: `sql += ' LIMIT ?'`. */
function builtPart(name: Node, resolver: Resolver, depth: number): Part | null {
  const declaration = name.getSymbol()?.getValueDeclaration()
  if (!Node.isVariableDeclaration(declaration)) return null
  const initializer = declaration.getInitializer()
  const start = initializer ? (partOf(initializer, resolver, depth + 1) ?? unknown) : plainPart('')
  const additions = assignmentsOf(declaration)
    .filter((assignment) => assignment.getStart() < name.getStart())
    .map((assignment) => additionPart(assignment, declaration, resolver, depth))
  return joined([start, ...additions])
}

function additionPart(assignment: Node, declaration: Node, resolver: Resolver, depth: number): Part {
  if (!Node.isBinaryExpression(assignment)) return unknown
  const own = Node.isVariableDeclaration(declaration) ? declaration.getName() : ''
  const right = assignment.getRight()
  const isAppending = assignment.getOperatorToken().getText() === '+='
  const part = isAppending
    ? partOf(right, resolver, depth + 1)
    : Node.isBinaryExpression(right) && right.getLeft().getText() === own
      ? partOf(right.getRight(), resolver, depth + 1)
      : Node.isTemplateExpression(right)
        ? plainPart(
            right
              .getText()
              .slice(1, -1)
              .replace('${' + own + '}', ''),
          )
        : partOf(right, resolver, depth + 1)
  const { text, always, isOptional } = part ?? unknown
  const condition = conditionAround(assignment, declaration)
  if (!condition) return { text, always, isOptional }
  return { text, always: '', isOptional: isOptional || isWithoutDefault(condition) }
}

/** `parts.join(' ')` of a list that is written out and pushed to, and functions that give a text. */
function callPart(call: CallExpression, resolver: Resolver, depth: number): Part | null {
  const callee = call.getExpression()
  if (Node.isPropertyAccessExpression(callee) && ['trim', 'replace', 'concat'].includes(callee.getName()))
    return partOf(callee.getExpression(), resolver, depth + 1)
  if (isJoin(call) && Node.isPropertyAccessExpression(callee))
    return listPart(callee.getExpression(), resolver, depth)
  const returned = resolver.callees(call).flatMap(returnedExpressions)
  const [only] = returned
  return only && returned.length === 1 ? partOf(only, resolver, depth + 1) : null
}

function listPart(list: Node, resolver: Resolver, depth: number): Part | null {
  const literal = resolver.definition(list)
  if (!Node.isArrayLiteralExpression(literal) || literal.getElements().length === 0) return null
  const parts = literal.getElements().map((element) => partOf(element, resolver, depth + 1) ?? unknown)
  const isPushedTo = (literal.getFirstAncestor(isFunction) ?? literal.getSourceFile())
    .getText()
    .includes(`${list.getText()}.push(`)
  return joined(isPushedTo ? [...parts, { ...unknown, always: '' }] : parts, ' ')
}

function isReassigned(name: Node): boolean {
  const declaration = name.getSymbol()?.getValueDeclaration()
  return Node.isVariableDeclaration(declaration) && assignmentsOf(declaration).length > 0
}

/** Every `name = …` and `name += …` of a variable, in source order. */
function assignmentsOf(declaration: Node): Node[] {
  if (!Node.isVariableDeclaration(declaration)) return []
  if (declaration.getVariableStatement()?.getDeclarationKind() === VariableDeclarationKind.Const) return []
  const scope = declaration.getFirstAncestor(isFunction) ?? declaration.getSourceFile()
  const symbol = declaration.getSymbol()
  const text = declaration.getName()
  return scope.getDescendantsOfKind(SyntaxKind.BinaryExpression).filter((node) => {
    const left = node.getLeft()
    const operator = node.getOperatorToken().getText()
    return (operator === '=' || operator === '+=') && left.getText() === text && left.getSymbol() === symbol
  })
}
