import { Node, type CallExpression } from 'ts-morph'
import { httpMethods, type HttpMethod } from '../../../../model/route.ts'
import type { FunctionNode } from '../../functions.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import type { RouteDefinition } from '../framework.ts'
import { defaultExportOf, functionsBehind, functionsIn, isServedByOther, placeOf } from './exports.ts'
import type { NextFile } from './files.ts'

const verbs = new Map(httpMethods.map((method) => [method.toLowerCase(), method]))

/** The routes of a file below `pages/api`: its default export, for the methods that it tells apart. */
export function apiRoutes(next: NextFile, program: Program, resolver: Resolver): RouteDefinition[] {
  if (next.kind !== 'api') return []
  const { file, path } = next
  const exported = defaultExportOf(file)
  if (!exported || isServedByOther(file)) return []
  const connected = connectedRoutes(next, program, resolver)
  if (connected.length > 0) return connected
  const functions = functionsIn(exported, resolver)
  const place = { path, ...placeOf(exported, resolver) }
  const handler = functions.at(-1)
  const branches = handler ? branchesOf(handler, resolver) : []
  if (branches.length === 0)
    return [{ ...place, method: (handler && onlyMethod(handler)) ?? 'ALL', functions }]
  return branches.map(({ method, fns }) => ({
    ...place,
    method,
    functions: [...functions.slice(0, -1), ...fns],
  }))
}

/** `nextConnect().get(fn).post(fn)`, in one chain or on a variable. */
function connectedRoutes({ file, path }: NextFile, program: Program, resolver: Resolver): RouteDefinition[] {
  return [...verbs].flatMap(([verb, method]) =>
    program
      .callsNamed(verb)
      .filter((call) => call.getSourceFile() === file && isConnected(call, resolver))
      .map((call) => ({
        method,
        path,
        start: verbNode(call),
        end: call,
        functions: handlersOf(call, resolver),
      })),
  )
}

function isConnected(call: CallExpression, resolver: Resolver): boolean {
  return /^(?:new )?"next-connect"/.test(resolver.origin(call.getExpression()) ?? '')
}

function verbNode(call: CallExpression): Node {
  const callee = call.getExpression()
  return Node.isPropertyAccessExpression(callee) ? callee.getNameNode() : call
}

function handlersOf(call: CallExpression, resolver: Resolver): FunctionNode[] {
  return call.getArguments().flatMap((argument) => functionsBehind(argument, resolver))
}

interface Branch {
  readonly method: HttpMethod
  readonly fns: readonly FunctionNode[]
}

/** `switch (req.method)` whose every case calls a function of its own. */
function branchesOf(handler: FunctionNode, resolver: Resolver): Branch[] {
  const choice = handler
    .forEachDescendantAsArray()
    .find((node) => Node.isSwitchStatement(node) && readsMethod(node.getExpression()))
  if (!Node.isSwitchStatement(choice)) return []
  const branches = choice.getClauses().flatMap((clause): (Branch | null)[] => {
    if (!Node.isCaseClause(clause)) return []
    const method = methodIn(clause.getExpression())
    const fns = clause
      .forEachDescendantAsArray()
      .filter(Node.isCallExpression)
      .filter((call) => isHandedOn(call, handler))
      .flatMap((call) => [...resolver.callees(call)])
    return [method && fns.length > 0 ? { method, fns } : null]
  })
  return branches.every((branch) => branch !== null) ? branches : []
}

/** Whether a call is given the handler's own request. */
function isHandedOn(call: CallExpression, handler: FunctionNode): boolean {
  const request = handler.getParameters()[0]?.getName()
  return request !== undefined && call.getArguments()[0]?.getText() === request
}

/** The one method that a handler accepts: the only one it compares `req.method` to. */
function onlyMethod(handler: FunctionNode): HttpMethod | null {
  const compared = handler.forEachDescendantAsArray().flatMap((node) => {
    if (!Node.isBinaryExpression(node) || !/^[!=]==?$/.test(node.getOperatorToken().getText())) return []
    const method = readsMethod(node.getLeft()) ? methodIn(node.getRight()) : null
    return method ? [method] : []
  })
  return new Set(compared).size === 1 ? (compared[0] ?? null) : null
}

function readsMethod(node: Node): boolean {
  return Node.isPropertyAccessExpression(node) && node.getName() === 'method'
}

function methodIn(node: Node): HttpMethod | null {
  if (!Node.isStringLiteral(node)) return null
  return httpMethods.find((method) => method === node.getLiteralValue()) ?? null
}
