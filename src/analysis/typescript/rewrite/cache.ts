import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { TracedCall } from '../call-graph.ts'
import type { FunctionNode } from '../functions.ts'
import { Topic } from '../memo.ts'
import { keyOf, type Key } from './cache-key.ts'
import { canBeDeferred } from './closures.ts'
import type { Context } from './context.ts'
import { insertion } from './placement.ts'
import { changesRows } from './row-changes.ts'
import { addSnippet, type Snippet } from './snippet.ts'
import { indentOf, lineLength, styleOf } from './style.ts'

const milliseconds = '30_000'
/** Columns of a line that code is kept within. */
const width = 110

const snippet: Snippet = {
  names: ['cached', 'cachedLoads', 'cachedAtMost'],
  imports: {},
  types: {},
  text: String.raw`
const cachedAtMost = 1000;
const cachedLoads = new Map«<string, { until: number; loading: Promise<unknown> }>»();

// Keeps what was loaded for a key; who asks while it is being loaded shares that load. What it gives must not be changed.
function cached«<T>»(key«: string», ttlMs«: number», load«: () => T»)«: Promise<Awaited<T>>» {
  const known = cachedLoads.get(key);
  if (known && known.until > Date.now()) return known.loading« as Promise<Awaited<T>>»;
  const loading = Promise.resolve(load());
  // ± 10 %, so that what was loaded together doesn’t expire together.
  const entry = { until: Date.now() + ttlMs * (0.9 + Math.random() * 0.2), loading };
  cachedLoads.delete(key);
  cachedLoads.set(key, entry);
  const [oldest] = cachedLoads.keys();
  if (oldest !== undefined && cachedLoads.size > cachedAtMost) cachedLoads.delete(oldest);
  // A load that failed is not kept.
  loading.catch(() => {
    if (cachedLoads.get(key) === entry) cachedLoads.delete(key);
  });
  return loading;
}
`,
}

/**
 * Keeps the rows of an awaited query for half a minute, by all values that the query depends on. Null where one of these
 * can't be a key, or where the rows are changed afterwards, which everyone who shares them would see.
 */
export function cache({ site }: SiteIntention, context: Context): FileEdit[] | null {
  const { calls, resolver } = context
  const found = calls.get(site)
  const query = found && awaitedQuery(found)
  if (!found || !query || !canBeDeferred(query)) return null
  if (functionsAround(found, context).some(changesRows)) return null
  const key = keyOf(query, found, resolver)
  const added = key === null ? null : addSnippet(query, snippet)
  if (key === null || !added) return null
  const { opening, closing } = wrapping(query, key)
  return [...added, insertion(query, query.getStart(), opening), insertion(query, query.getEnd(), closing)]
}

/** What stands around the query; on lines of their own where one would be too long. */
function wrapping(
  query: Node,
  { name, inputs }: Key,
): { readonly opening: string; readonly closing: string } {
  const { quote, indent, lineBreak } = styleOf(query.getSourceFile())
  const isConstant = inputs.length === 0
  const key = isConstant ? quote(`${name}:all`) : `\`${name}:\${JSON.stringify([${inputs.join(', ')}])}\``
  const opening = `${snippet.names[0]}(${key}, ${milliseconds}, () =>`
  const isLong = !query.getText().includes('\n') && lineLength(query) + opening.length > width
  if (!isLong) return { opening: `${opening} `, closing: ')' }
  const outer = lineBreak + indentOf(query)
  return { opening: `${opening}${outer}${indent}`, closing: `${outer})` }
}

/** The expression that makes the query, awaited where it stands. */
function awaitedQuery({ trace: { query, steps } }: TracedCall): Node | null {
  const call = steps.at(-1)?.call
  const { value } = query
  const isWhole = call !== undefined && value.getPos() <= call.getPos() && value.getEnd() >= call.getEnd()
  return isWhole && Node.isCallExpression(value) && Node.isAwaitExpression(value.getParent()) ? value : null
}

/** The functions through which the rows of a query go, on every way there. */
function functionsAround({ facts }: TracedCall, { calls, resolver }: Context): readonly FunctionNode[] {
  return resolver.remember(functionsAtSite, facts.site, () => {
    const all = resolver.remember(functionsBySite, 'all', () => new FunctionsBySite(calls))
    return all?.at(facts.site) ?? []
  })
}

/** The functions on the ways to each query. A class, so that who looks one query up depends on no other. */
class FunctionsBySite {
  readonly #bySite = new Map<string, Set<FunctionNode>>()

  constructor(calls: Context['calls']) {
    for (const { facts, trace } of calls.values()) {
      const functions = this.#bySite.get(facts.site) ?? new Set()
      this.#bySite.set(facts.site, functions)
      for (const { fn } of trace.steps) functions.add(fn)
    }
  }

  at(site: string): readonly FunctionNode[] {
    return [...(this.#bySite.get(site) ?? [])]
  }
}

const functionsAtSite = new Topic<readonly FunctionNode[]>([])
const functionsBySite = new Topic<FunctionsBySite | null>(null)
