import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { calleeName, isFunction } from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import type { Resolver } from '../resolver.ts'
import type { Context } from './context.ts'
import { insertion } from './placement.ts'
import { addSnippet, type Snippet } from './snippet.ts'
import { styleOf } from './style.ts'

const snippet: Snippet = {
  names: ['withBreaker', 'breakers', 'breakerFailures', 'breakerOpenMs', 'answeredStatus'],
  imports: {},
  types: {},
  text: String.raw`
const breakerFailures = 5;
const breakerOpenMs = 10_000;
const breakers = new Map«<string, { failures: number; openUntil: number; isProbing: boolean }>»();

// After five failures in a row, calls of a service fail at once for ten seconds; then one call probes it.
async function withBreaker«<T>»(service«: string», call«: () => Promise<T>»)«: Promise<T>» {
  const breaker = breakers.get(service) ?? { failures: 0, openUntil: 0, isProbing: false };
  breakers.set(service, breaker);
  const isProbe = breaker.failures >= breakerFailures;
  if (isProbe && (breaker.isProbing || Date.now() < breaker.openUntil)) {
    throw Object.assign(new Error(service + ' does not answer at the moment'), { status: 503 });
  }
  breaker.isProbing = isProbe;
  let hasFailed = true;
  try {
    const answer = await call();
    hasFailed = answeredStatus(answer) >= 500;
    return answer;
  } catch (error) {
    // A service that refuses a request (4xx) does work.
    const status = answeredStatus(error);
    hasFailed = !(status >= 400 && status < 500);
    throw error;
  } finally {
    // Calls from before it opened change nothing any more.
    if (isProbe || breaker.failures < breakerFailures) {
      breaker.failures = hasFailed ? breaker.failures + 1 : 0;
      breaker.openUntil = Date.now() + breakerOpenMs;
      breaker.isProbing = false;
    }
  }
}

// The status of an answer, or of the answer that an error holds; NaN for everything else.
function answeredStatus(value«: unknown»)«: number» {
  const { status, response } = Object(value);
  return Number(response?.status ?? status);
}
`,
}

/** Makes an awaited call of another service through a circuit breaker that is named after the service; null where that can't be read. */
export function circuitBreaker({ site }: SiteIntention, { sites, resolver }: Context): FileEdit[] | null {
  const found = sites.get(site)
  const call = found?.node
  if (found?.facts.detail.kind !== 'outbound-call' || !Node.isCallExpression(call)) return null
  if (found.facts.detail.client === 'got' || !Node.isAwaitExpression(call.getParent())) return null
  const service = serviceOf(call, resolver)
  if (service === null || waits(call) || isProtected(call)) return null
  const added = addSnippet(call, snippet)
  const { quote } = styleOf(call.getSourceFile())
  if (!added) return null
  const opening = `${snippet.names[0]}(${quote(service)}, () => `
  return [...added, insertion(call, call.getStart(), opening), insertion(call, call.getEnd(), ')')]
}

/** The host that a call's address starts with, or the name of what stands there instead: a base address, an axios instance. */
function serviceOf(call: CallExpression, resolver: Resolver): string | null {
  const [address] = call.getArguments()
  const text = address ? startOf(address, resolver) : null
  const host = /^https?:\/\/([\w.:-]+)/.exec(text ?? '')?.[1]
  if (host !== undefined) return host
  const callee = call.getExpression()
  const isPath = text?.startsWith('/') === true && Node.isPropertyAccessExpression(callee)
  if (isPath) return nameOfBase(callee.getExpression(), resolver)
  return text === null && address ? nameOfBase(firstPart(resolver.definition(address)), resolver) : null
}

/** The literal text that an address starts with, or null where it starts with something else. */
function startOf(address: Node, resolver: Resolver): string | null {
  const value = resolver.definition(address)
  if (Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value))
    return value.getLiteralText()
  const first = firstPart(value)
  if (first !== value) return startOf(first, resolver)
  return Node.isTemplateExpression(value) ? value.getHead().getLiteralText() : null
}

/** The first operand of a concatenation, of a template that starts with a value, or of `new URL`. */
function firstPart(value: Node): Node {
  if (Node.isBinaryExpression(value) && value.getOperatorToken().getText() === '+')
    return firstPart(value.getLeft())
  if (Node.isTemplateExpression(value) && value.getHead().getLiteralText() === '')
    return value.getTemplateSpans()[0]?.getExpression() ?? value
  const [path, base] = Node.isNewExpression(value) ? value.getArguments() : []
  return base ?? path ?? value
}

/** `process.env.WEATHER_URL` or `api` as a name; null for what may be different for every call, and for a library itself. */
function nameOfBase(base: Node, resolver: Resolver): string | null {
  const text = base.getText()
  const value = resolver.definition(base)
  const setting = /^process\.env\.(\w+)$/.exec(value.getText())?.[1]
  if (setting !== undefined) return setting
  if (!/^[\w.]+$/.test(text) || Node.isImportClause(value) || Node.isImportSpecifier(value)) return null
  const [root] = identifiersIn(base)
  const declaration = root?.getSymbol()?.getDeclarations()[0]
  const isOfModule = declaration !== undefined && declaration.getFirstAncestor(isFunction) === undefined
  return isOfModule && !Node.isParameterDeclaration(declaration) ? text : null
}

function waits(call: CallExpression): boolean {
  return call.getDescendants().some((node) => Node.isAwaitExpression(node) || Node.isYieldExpression(node))
}

/** Whether a call stands in something that repeats or guards it. */
function isProtected(call: CallExpression): boolean {
  const fn = call.getFirstAncestor(isFunction)
  const outer = fn?.getParent()
  const name = Node.isCallExpression(outer) ? (calleeName(outer) ?? '') : ''
  return /breaker|retry|\bfire\b/i.test(name)
}
