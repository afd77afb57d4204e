import { Node, type CallExpression } from 'ts-morph'
import { isFunction, isTransparent, type FunctionNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'

/** One call in a builder chain: `.where({ id })`. */
export interface Link {
  readonly name: string
  readonly args: readonly Node[]
  readonly call: CallExpression
}

/** A fluent chain as written: `start` is what its first link is called on. */
export interface Chain {
  readonly start: Node
  readonly links: readonly Link[]
}

/** A chain with what is added to it elsewhere. */
export interface CompletedChain {
  readonly links: readonly Link[]
  /** The expression that is awaited or returned. */
  readonly value: Node
}

/** Calls that run a chain and go on with its result. */
const settling = new Set(['then', 'catch', 'finally', 'asCallback'])

/** Takes a chain apart from its outermost call down to the first node that `isStart` accepts; null if there is none. */
export function chainFrom(call: CallExpression, isStart: (node: Node) => boolean): Chain | null {
  const links: Link[] = []
  let node: Node = call
  while (!isStart(node)) {
    if (isTransparent(node) && !Node.isAwaitExpression(node)) {
      node = node.getExpression()
      continue
    }
    const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
    if (!Node.isCallExpression(node) || !Node.isPropertyAccessExpression(callee)) return null
    if (settling.has(callee.getName())) return null
    links.unshift({ name: callee.getName(), args: node.getArguments(), call: node })
    node = callee.getExpression()
  }
  return { start: node, links }
}

/** Follows a chain through the variable that holds it, the helpers that are given it, and the caller it is returned to. */
export function completed(
  call: CallExpression,
  chain: Chain,
  resolver: Resolver,
  callers: readonly CallExpression[],
): CompletedChain {
  const links = [...chain.links]
  let value: Node = call
  const parent = call.getParent()
  if (Node.isVariableDeclaration(parent)) {
    const all = usesOf(parent)
    const run = runOfRows(all)
    const uses = all.filter((use) => run === null || use === run || !isRun(outermost(use)))
    for (const use of uses) links.push(...linksAfter(use), ...linksInHelper(use, resolver))
    const consumed = run === null ? uses.map(outermost).filter(isConsumed) : [outermost(run)]
    if (consumed.length === 1 && consumed[0]) value = consumed[0]
  }
  const caller = callers.at(-1)
  if (caller && isReturnedUnsettled(value)) links.push(...linksAfter(caller))
  return { links, value }
}

/** The line break and indentation before a chain's last link, where it stands on a line of its own. */
export function separatorBefore(link: Link | undefined): string {
  const callee = link?.call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return ''
  const text = callee.getSourceFile().getFullText()
  const between = text.slice(callee.getExpression().getEnd(), callee.getNameNode().getStart())
  return /\r?\n[ \t]*(?=\.$)/.exec(between)?.[0] ?? ''
}

/** The places where a variable is read, in its own function. */
export function usesOf(declaration: Node): Node[] {
  if (!Node.isVariableDeclaration(declaration)) return []
  const scope = declaration.getFirstAncestor(isFunction) ?? declaration.getSourceFile()
  const symbol = declaration.getSymbol()
  const name = declaration.getNameNode()
  return scope
    .forEachDescendantAsArray()
    .filter(Node.isIdentifier)
    .filter((use) => use !== name && use.getText() === name.getText())
    .filter((use) => use.getSymbol() === symbol)
}

/** The calls chained onto a node, up to one that runs the chain and goes on with its result. */
export function linksAfter(start: Node): Link[] {
  const links: Link[] = []
  for (let node = start; ;) {
    const access = node.getParent()
    const call = access?.getParent()
    if (!Node.isPropertyAccessExpression(access) || !Node.isCallExpression(call)) return links
    if (access.getExpression() !== node || settling.has(access.getName())) return links
    links.push({ name: access.getName(), args: call.getArguments(), call })
    node = call
  }
}

/** What a function of this project adds to a builder that it is given. */
export function linksInHelper(use: Node, resolver: Resolver): Link[] {
  const call = use.getParent()
  if (!Node.isCallExpression(call)) return []
  const index = call.getArguments().findIndex((argument) => argument === use)
  return resolver.callees(call).flatMap((fn) => linksOnParameter(fn, index))
}

function linksOnParameter(fn: FunctionNode, index: number): Link[] {
  const name = fn.getParameters()[index]?.getName()
  return fn
    .forEachDescendantAsArray()
    .filter(Node.isIdentifier)
    .filter((node) => node.getText() === name)
    .flatMap(linksAfter)
}

/** Of several uses of a builder that each run it, as for a page and the total, the one that reads rows; else null. */
function runOfRows(uses: readonly Node[]): Node | null {
  const runs = uses.filter((use) => isRun(outermost(use)))
  return runs.length < 2 ? null : (runs.find((use) => !linksAfter(use).some(countsRows)) ?? null)
}

/** Whether an expression is waited for, by itself or together with others. */
function isRun(node: Node): boolean {
  const list = node.getParent()
  const all = Node.isArrayLiteralExpression(list) ? list.getParent() : undefined
  return isConsumed(node) || (Node.isCallExpression(all) && all.getText().startsWith('Promise.all'))
}

/** `.count()`, `.resultSize()`, `.select(sql`count(*)`)` */
function countsRows({ name, args }: Link): boolean {
  if (/^count(?:Distinct)?$|^resultSize$/.test(name)) return true
  return /^select$/.test(name) && args.some((argument) => /\bcount(?:All)?\b/i.test(argument.getText()))
}

function outermost(node: Node): Node {
  return linksAfter(node).at(-1)?.call ?? node
}

function isConsumed(node: Node): boolean {
  return Node.isAwaitExpression(node.getParent()) || Node.isReturnStatement(node.getParent())
}

/** A builder that a function returns before it ran: the caller may add to it. */
function isReturnedUnsettled(value: Node): boolean {
  const fn = value.getFirstAncestor(isFunction)
  if (!fn || fn.isAsync()) return false
  return Node.isReturnStatement(value.getParent()) || (Node.isArrowFunction(fn) && fn.getBody() === value)
}
