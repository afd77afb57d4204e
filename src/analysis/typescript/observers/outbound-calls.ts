import { Node, type CallExpression } from 'ts-morph'
import { calleeName, isClass } from '../functions.ts'
import { assignedMembers } from '../members.ts'
import type { Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import type { Observation, Observer, Scope } from './observer.ts'

type Outbound = Extract<Observation['detail'], { kind: 'outbound-call' }>

const repeatable = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const axiosVerbs = new Set(['get', 'delete', 'head', 'options', 'post', 'put', 'patch', 'request'])
const withBody = new Set(['post', 'put', 'patch'])
/** Modules whose default export is called like `fetch`. */
const fetchLike =
  /^"(?:node-fetch|cross-fetch|isomorphic-fetch|undici|node-fetch-native)"(?:\.default|\.fetch)?$/
const axiosLike = /^"axios"(?:\.default|\.axios)?(\.create\(\))?$|^<"axios"\.(?:AxiosInstance|AxiosStatic)>$/
const gotLike = /^"got"(?:\.default|\.got)?(\.extend\(\))?$/

/** Requests to other services, and whether anything ends them when no answer comes. */
export const outboundCalls: Observer = {
  id: 'outbound-calls',
  beyondCalls: true,
  observe: (scope) =>
    scope.calls.flatMap((call): Observation[] => {
      const detail = outboundCall(call, scope)
      return detail ? [{ node: call, detail }] : []
    }),
}

/** What a call asks of another service, or null where it is no such call. */
export function outboundCall(
  call: CallExpression,
  { program, resolver }: Pick<Scope, 'program' | 'resolver'>,
): Outbound | null {
  if (isFetch(call, resolver)) return fetchCall(call, resolver)
  const callee = call.getExpression()
  const name = calleeName(call) ?? ''
  if (Node.isIdentifier(callee)) {
    const isAxios = axiosLike.test(resolver.origin(callee) ?? '')
    return isAxios ? axiosCall(call, callee, 'request', program, resolver) : null
  }
  if (!Node.isPropertyAccessExpression(callee) || !axiosVerbs.has(name)) return null
  const receiver = callee.getExpression()
  const origin = resolver.origin(receiver) ?? ''
  if (axiosLike.test(origin)) return axiosCall(call, receiver, name, program, resolver)
  return gotLike.test(origin) ? gotCall(call, receiver, name, resolver) : null
}

/** The global `fetch`, or a module's function that stands in for it. */
function isFetch(call: CallExpression, resolver: Resolver): boolean {
  const callee = call.getExpression()
  if (!Node.isIdentifier(callee)) {
    return /^(?:globalThis|global|self)\.fetch$/.test(callee.getText())
  }
  const declarations = callee.getSymbol()?.getDeclarations() ?? []
  if (callee.getText() === 'fetch' && declarations.length === 0) return true
  return declarations.length > 0 && fetchLike.test(resolver.origin(callee) ?? '')
}

function fetchCall(call: CallExpression, resolver: Resolver): Outbound | null {
  const [target, options] = call.getArguments()
  if (target && /^['"`]\//.test(target.getText())) return null
  const method = textOf(optionOf(options, 'method', resolver))?.toUpperCase() ?? (options ? null : 'GET')
  const known = method ?? (isWritten(options, resolver) ? 'GET' : null)
  return {
    kind: 'outbound-call',
    client: 'fetch',
    method: known,
    hasTimeout: options !== undefined && (has(options, 'signal', resolver) || !isWritten(options, resolver)),
    hasRetry: false,
    isIdempotent: isIdempotent(known, call),
  }
}

function axiosCall(
  call: CallExpression,
  receiver: Node,
  name: string,
  program: Program,
  resolver: Resolver,
): Outbound {
  const args = call.getArguments()
  const config = name === 'request' ? args.at(-1) : args[withBody.has(name) ? 2 : 1]
  const made = madeBy(receiver, resolver)
  const defaults =
    Node.isCallExpression(made) && calleeName(made) === 'create' ? made.getArguments()[0] : undefined
  const isUnknown = [config, defaults].some(
    (options) => options !== undefined && !isWritten(options, resolver),
  )
  const hasTimeout =
    isUnknown ||
    isGiven(made) ||
    [config, defaults].some(
      (options) =>
        options !== undefined && (has(options, 'timeout', resolver) || has(options, 'signal', resolver)),
    ) ||
    setsDefaultTimeout(program)
  const method =
    name === 'request'
      ? (textOf(optionOf(config, 'method', resolver))?.toUpperCase() ?? null)
      : name.toUpperCase()
  return {
    kind: 'outbound-call',
    client: 'axios',
    method,
    hasTimeout,
    hasRetry: program.callsNamed('axiosRetry').length > 0,
    isIdempotent: isIdempotent(method, call),
  }
}

/** What made a client: also one that a constructor or method keeps in a field. */
function madeBy(receiver: Node, resolver: Resolver): Node {
  const made = resolver.instance(receiver)
  const owner = Node.isPropertyDeclaration(made) ? made.getParent() : undefined
  if (!Node.isPropertyDeclaration(made) || !isClass(owner)) return made
  const [assigned] = assignedMembers(owner, made.getName())
  return assigned ? resolver.instance(assigned) : made
}

/** Whether a client comes from where nobody sees how it was made: its settings are unknown. */
function isGiven(made: Node): boolean {
  return Node.isParameterDeclaration(made) || Node.isPropertyDeclaration(made)
}

function gotCall(call: CallExpression, receiver: Node, name: string, resolver: Resolver): Outbound {
  const options = call.getArguments()[1]
  const made = madeBy(receiver, resolver)
  const defaults = Node.isCallExpression(made) ? made.getArguments()[0] : undefined
  const hasTimeout = [options, defaults].some(
    (each) => each !== undefined && (has(each, 'timeout', resolver) || !isWritten(each, resolver)),
  )
  const method = name.toUpperCase()
  return {
    kind: 'outbound-call',
    client: 'got',
    method,
    hasTimeout,
    hasRetry: true,
    isIdempotent: isIdempotent(method, call),
  }
}

/** `axios.defaults.timeout = 5000` anywhere. */
function setsDefaultTimeout(program: Program): boolean {
  return program.filesWith(/\bdefaults\.timeout\s*=/).length > 0
}

function isIdempotent(method: string | null, call: CallExpression): boolean {
  return (method !== null && repeatable.has(method)) || /idempotency-?key/i.test(call.getText())
}

/** Whether an options argument is written out where it can be read, without spreads. */
function isWritten(options: Node | undefined, resolver: Resolver): boolean {
  if (!options) return true
  const node = resolver.definition(options)
  return (
    Node.isObjectLiteralExpression(node) &&
    !node.getProperties().some((each) => Node.isSpreadAssignment(each))
  )
}

function has(options: Node, name: string, resolver: Resolver): boolean {
  return optionOf(options, name, resolver) !== null
}

function optionOf(options: Node | undefined, name: string, resolver: Resolver): Node | null {
  const node = options && resolver.definition(options)
  if (!Node.isObjectLiteralExpression(node)) return null
  const property = node.getProperty(name)
  if (Node.isPropertyAssignment(property)) return property.getInitializer() ?? property
  return property ?? null
}

function textOf(node: Node | null): string | null {
  const literal = node ?? undefined
  return Node.isStringLiteral(literal) || Node.isNoSubstitutionTemplateLiteral(literal)
    ? literal.getLiteralValue()
    : null
}
