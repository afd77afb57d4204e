import { Failure } from '../model/failure.ts'
import type { CheckReport, Finding, Fix, Problem } from '../model/finding.ts'
import { routeKey, type Route } from '../model/route.ts'
import type { FileEdit, Overlay } from '../model/source.ts'
import { merged } from './edits.ts'
import type { Facts } from './facts.ts'
import type { FixRequest } from './protocol.ts'
import { rules } from './rules/index.ts'
import { runRule, type Detection, type ProposedFix } from './rules/rule.ts'
import { SourceTree } from './source-tree.ts'
import { TypeScriptFrontEnd } from './typescript/front-end.ts'

/** What the code at hand turned out to be. */
interface State {
  readonly facts: Facts
  readonly detected: readonly { readonly rule: (typeof rules)[number]; readonly detection: Detection }[]
  readonly problems: readonly Problem[]
}

/** The analysis of one folder, kept between calls so that only what changed is read again. */
export class Inspection {
  readonly #tree: SourceTree
  readonly #frontEnd = new TypeScriptFrontEnd()

  constructor(root: string) {
    this.#tree = new SourceTree(root)
  }

  /** Inspects the folder with the overlays on top. Throws only for a folder that is missing or holds no source. */
  check(overlays: readonly Overlay[]): CheckReport {
    const state = this.#read(overlays)
    const broken = new Set(state.problems.map(({ file }) => file))
    const findings = state.detected.map(({ rule, detection }): Finding => {
      const routes = routesOf(detection, state.facts)
      const fixes = detection.fixes.filter((fix) => this.#carryOut(fix, broken) !== null)
      return {
        rule: rule.id,
        severity: rule.severity,
        message: detection.message,
        ...detection.span,
        route: routes[0] ?? null,
        routes,
        path: pathOf(detection, state.facts),
        fixes: fixes.map(({ id, title, safety }) => ({ id, title, safety })),
        provenance: null,
      }
    })
    return {
      schema: 'headroom.check/1',
      routes: state.facts.handlers.map(({ route }) => route).toSorted(byPlace),
      findings: findings.toSorted(byPlace),
      problems: state.problems,
    }
  }

  /** Carries a fix out in memory. Throws `HR_FIX_UNAVAILABLE` when the finding or its fix is no longer there. */
  fix({ finding, fix, overlays = [] }: FixRequest): Fix {
    const state = this.#read(overlays)
    const broken = new Set(state.problems.map(({ file }) => file))
    const proposed = state.detected
      .filter(
        ({ rule, detection: { span } }) =>
          rule.id === finding.rule && span.file === finding.file && span.line === finding.line,
      )
      .flatMap(({ detection }) => detection.fixes)
      .find(({ id }) => id === fix)
    const edits = proposed && this.#carryOut(proposed, broken)
    if (!proposed || !edits) {
      const place = `${finding.file}:${finding.line}`
      throw new Failure(
        'HR_FIX_UNAVAILABLE',
        `The fix "${fix}" for ${finding.rule} no longer applies at ${place}; check the code again.`,
      )
    }
    return { id: proposed.id, title: proposed.title, safety: proposed.safety, edits }
  }

  #read(overlays: readonly Overlay[]): State {
    const snapshot = this.#tree.read(overlays)
    const { facts, problems } = this.#frontEnd.read(snapshot)
    const runs = rules.map((rule) => ({ rule, ...runRule(rule, facts) }))
    return {
      facts,
      detected: runs.flatMap(({ rule, detections }) => detections.map((detection) => ({ rule, detection }))),
      problems: [...snapshot.problems, ...problems, ...runs.flatMap((run) => run.problems)],
    }
  }

  /** The edits of a fix, or null where it can't be carried out or would touch a file with a syntax error. */
  #carryOut({ intention }: ProposedFix, broken: ReadonlySet<string>): FileEdit[] | null {
    const edits = this.#frontEnd.carryOut(intention)
    const result = edits && merged(edits)
    return result?.some(({ file }) => broken.has(file)) ? null : result
  }
}

function queriesOf(detection: Detection, facts: Facts): Facts['queries'] {
  const ids = new Set(detection.queries)
  return facts.queries.filter(({ id }) => ids.has(id))
}

function routesOf(detection: Detection, facts: Facts): string[] {
  const handlers = new Set(queriesOf(detection, facts).map(({ handler }) => handler))
  const routes = facts.handlers.filter(({ id }) => handlers.has(id)).map(({ route }) => routeKey(route))
  return [...new Set(routes)]
}

function pathOf(detection: Detection, facts: Facts): Finding['path'] {
  const [first] = queriesOf(detection, facts)
  return (first?.path ?? []).map(({ span: { file, line } }) => ({ file, line }))
}

function byPlace(a: Pick<Route, 'file' | 'line'>, b: Pick<Route, 'file' | 'line'>): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1
}
