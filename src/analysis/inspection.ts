import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { CheckReport, Finding, Fix, Problem } from '../model/finding.ts'
import { routeKey, type Route } from '../model/route.ts'
import type { FileEdit, Overlay } from '../model/source.ts'
import type { Facts, QueryCall, Table } from './facts.ts'
import type { CheckRequest, FixRequest } from './protocol.ts'
import { readsByRoute } from './reads.ts'
import { rules } from './rules/index.ts'
import { runRule, type Detection, type ProposedFix, type Rule } from './rules/rule.ts'
import type { Site } from './sites.ts'
import { SourceTree } from './source-tree.ts'
import { suppress } from './suppressions.ts'
import { TypeScriptFrontEnd } from './typescript/front-end.ts'

/** What the code at hand turned out to be. */
interface State {
  readonly facts: Facts
  readonly detected: readonly { readonly rule: Rule; readonly detection: Detection }[]
  readonly problems: readonly Problem[]
  readonly texts: ReadonlyMap<string, string>
}

/** The analysis of one folder, kept between calls so that only what changed is read again. */
export class Inspection {
  readonly #tree: SourceTree
  readonly #frontEnd = new TypeScriptFrontEnd()

  constructor(root: string) {
    this.#tree = new SourceTree(root)
  }

  /** Inspects the folder with the overlays on top. Throws only for a folder that is missing or holds no source. */
  check({ overlays = [], ignore = [] }: CheckRequest): CheckReport {
    const state = this.#read(overlays)
    const broken = new Set(
      state.problems.filter(({ kind }) => kind === 'parse' || kind === 'read').map(({ file }) => file),
    )
    const evidence = new Evidence(state.facts)
    const found = state.detected.map(({ rule, detection }) => ({
      isScaffold: rule.scaffold === true,
      finding: this.#finding(rule, detection, evidence, broken),
    }))
    const { findings, problems } = suppress(
      found.filter(({ isScaffold }) => !isScaffold).map(({ finding }) => finding),
      state.texts,
      ignore,
      rules.map(({ id }) => id),
    )
    return {
      schema: 'headroom.check/1',
      routes: state.facts.handlers.map(({ route }) => route).toSorted(byPlace),
      findings: findings.toSorted(byPlace),
      scaffolds: found
        .filter(({ isScaffold, finding }) => isScaffold && finding.fixes.length > 0)
        .map(({ finding }) => finding),
      problems: [...state.problems, ...problems],
      reads: readsByRoute(state.facts),
    }
  }

  /** The tables that the code declares. Throws only for a folder that is missing or holds no source. */
  tables(): readonly Table[] {
    return this.#read([]).facts.tables
  }

  #finding(rule: Rule, detection: Detection, evidence: Evidence, broken: ReadonlySet<string>): Finding {
    const routes = evidence.routesOf(detection)
    const fixes = detection.fixes.filter((fix) => this.#carryOut(fix, broken) !== null)
    return {
      rule: rule.id,
      severity: rule.severity,
      message: detection.message,
      ...detection.span,
      route: routes[0] ?? null,
      routes,
      path: evidence.pathOf(detection),
      fixes: fixes.map(({ id, title, safety }) => ({ id, title, safety })),
      provenance: null,
    }
  }

  /** Carries a fix out in memory. Throws `HR_FIX_UNAVAILABLE` when the finding or its fix is no longer there. */
  fix({ finding, fix, overlays = [] }: FixRequest): Fix {
    const state = this.#read(overlays)
    const broken = new Set(
      state.problems.filter(({ kind }) => kind === 'parse' || kind === 'read').map(({ file }) => file),
    )
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
        l10n.t(
          'The fix "{0}" for {1} no longer applies at {2}; check the code again.',
          fix,
          finding.rule,
          place,
        ),
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
      texts: snapshot.texts,
      detected: runs.flatMap(({ rule, detections }) => detections.map((detection) => ({ rule, detection }))),
      problems: [...snapshot.problems, ...problems, ...runs.flatMap((run) => run.problems)],
    }
  }

  /** The edits of a fix, or null where it can't be carried out or would touch a file with a syntax error. */
  #carryOut({ intention }: ProposedFix, broken: ReadonlySet<string>): readonly FileEdit[] | null {
    const edits = this.#frontEnd.carryOut(intention)
    return edits?.some(({ file }) => broken.has(file)) ? null : edits
  }
}

/** Looks up what shows a defect, by its ids. */
class Evidence {
  readonly #byId: ReadonlyMap<string, QueryCall | Site>
  readonly #routeKeys: ReadonlyMap<string, string>

  constructor(facts: Facts) {
    this.#byId = new Map([...facts.queries, ...facts.sites].map((each) => [each.id, each]))
    this.#routeKeys = new Map(facts.handlers.map(({ id, route }) => [id, routeKey(route)]))
  }

  /** The keys of the routes that reach a defect. */
  routesOf(detection: Detection): string[] {
    const handlers = this.#of(detection).flatMap((each) =>
      'handler' in each ? [each.handler] : each.handlers,
    )
    return [...new Set(handlers.flatMap((id) => this.#routeKeys.get(id) ?? []))]
  }

  /** The calls that lead from the first of them to the defect. */
  pathOf(detection: Detection): Finding['path'] {
    const [first] = this.#of(detection)
    return (first?.path ?? []).map(({ span: { file, line } }) => ({ file, line }))
  }

  #of({ evidence }: Detection): (QueryCall | Site)[] {
    return evidence.flatMap((id) => this.#byId.get(id) ?? [])
  }
}

function byPlace(a: Pick<Route, 'file' | 'line'>, b: Pick<Route, 'file' | 'line'>): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1
}
