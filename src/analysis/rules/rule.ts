import * as l10n from '@vscode/l10n'
import type { FixSafety, Problem, Severity } from '../../model/finding.ts'
import type { Span } from '../../model/source.ts'
import type { Facts } from '../facts.ts'
import type { Intention } from '../intentions.ts'

/**
 * A small program that shows the defect, and the same program without it. Tested, and printed in the rule's documentation.
 * It stands in `file`, or `app.ts`, with `others` beside it.
 */
export interface Example {
  readonly title: string
  readonly before: string
  readonly after: string
  readonly file?: string
  readonly others?: Readonly<Record<string, string>>
}

/** A fix as a rule proposes it; it is offered only where the intention can be carried out. */
export interface ProposedFix {
  readonly id: string
  readonly title: string
  readonly safety: FixSafety
  readonly intention: Intention
}

/** One defect that a rule found, from the query calls and sites that show it. */
export interface Detection {
  readonly span: Span
  readonly message: string
  /** Ids of the query calls and sites that show the defect; the first one's path is shown to the user. None for schemas. */
  readonly evidence: readonly string[]
  readonly fixes: readonly ProposedFix[]
}

/** One kind of defect. Its id is its file name and the name of its page in `docs/rules`. */
export interface Rule {
  readonly id: string
  readonly severity: Severity
  /** Whether it reports nothing by itself and only offers to add something to the code: a cache, a rate limit. */
  readonly scaffold?: true
  readonly title: string
  readonly docs: {
    readonly what: string
    readonly why: string
    /** When a match is not a problem, one sentence each. */
    readonly fineWhen: readonly string[]
    readonly fixSafety: string
  }
  readonly examples: readonly Example[]
  detect(facts: Facts): Detection[]
}

/** Runs one rule. A rule that throws costs its own detections only: they become one problem. */
export function runRule(rule: Rule, facts: Facts): { detections: Detection[]; problems: Problem[] } {
  try {
    return { detections: rule.detect(facts), problems: [] }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = l10n.t('The rule {0} failed and reports nothing: {1}', rule.id, reason)
    return { detections: [], problems: [{ kind: 'rule', file: '', line: 0, message }] }
  }
}

/** Splits items into groups by a key, groups and members in order of appearance. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return [...groups.values()]
}
