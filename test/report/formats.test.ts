import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Threshold } from '../../src/model/budget.ts'
import type { Run, StepResult } from '../../src/model/run.ts'
import { deltaRows, formatChange } from '../../src/report/content/deltas.ts'
import { notMeasuredSentence, stepTable } from '../../src/report/content/step-table.ts'
import { conditionRows } from '../../src/report/content/conditions.ts'
import { otherReasons, summarise, verdictParts } from '../../src/report/content/summary.ts'
import { csv } from '../../src/report/csv.ts'
import type { ReportInput } from '../../src/report/format.ts'
import { html } from '../../src/report/html.ts'
import { formats } from '../../src/report/index.ts'
import { junit } from '../../src/report/junit.ts'
import { markdown } from '../../src/report/markdown.ts'
import { text } from '../../src/report/text.ts'
import { replay, runOf } from '../webview/replay.ts'
import { afterFixRecording, breaksRecording } from '../webview/synthetic-recording.ts'
import { linearSweep } from '../webview/volume-recording.ts'

const broken = runOf(replay(breaksRecording()), 'before')
const after = replay(afterFixRecording())
const mended = runOf(after, 'after')
const alone: ReportInput = { runs: [broken], comparison: null }
const grown: ReportInput = { runs: [runOf(linearSweep(), 'sweep')], comparison: null }
const compared: ReportInput = { runs: [broken, mended], comparison: after.comparison }

/** A run whose every text tries to be markup, a table's cell, a formula or a terminal's command. */
function hostile(run: Run): Run {
  const nasty = '<img src=x onerror=alert(1)> | @team [a](b) "q" \u{1B}[31m\u{0007} &amp; ]]> line\nbreak'
  const causes = run.verdict.causes.map((cause) => ({
    ...cause,
    message: nasty,
    evidence: [nasty],
    file: nasty,
  }))
  return {
    ...run,
    route: nasty,
    file: nasty,
    verdict: { ...run.verdict, sentence: nasty, reasons: [nasty], causes },
  }
}

/** The Markdown of a run whose cause has this message. */
function said(message: string): string {
  const [cause] = broken.verdict.causes
  const verdict = { ...broken.verdict, causes: cause === undefined ? [] : [{ ...cause, message }] }
  return markdown.render({ ...alone, runs: [{ ...broken, verdict }] })
}

function withVerdict(run: Run, kind: Run['verdict']['kind']): Run {
  return { ...run, verdict: { ...run.verdict, kind, breakingPoint: null } }
}

describe('every format of the registry', () => {
  it('has an id and an extension', () => {
    assert.equal(new Set(formats.map((format) => format.id)).size, formats.length)
    assert.ok(formats.every((format) => /^[a-z]+$/.test(format.extension)))
  })

  for (const format of formats) {
    it(`${format.id}: is pure, ends with a new line and holds no missing value`, () => {
      for (const input of [alone, compared, grown]) {
        const rendered = format.render(input)
        assert.equal(rendered, format.render(input))
        assert.match(rendered, /\n$/)
        assert.doesNotMatch(
          rendered.replaceAll(/<script[\s\S]*?<\/script>/g, ''),
          /undefined|NaN|\bnull\b|\[object/,
        )
      }
    })

    it(`${format.id}: renders a run without a single step`, () => {
      const empty = { ...withVerdict(mended, 'not-measured'), steps: [], ticks: [] }
      assert.notEqual(format.render({ runs: [empty], comparison: null }), '')
    })

    it(`${format.id}: never lets a text become markup`, () => {
      const rendered = format.render({ runs: [hostile(broken)], comparison: null })
      if (format.id === 'csv') return assert.match(rendered, /"<img/)
      assert.ok(!rendered.includes('\u{1B}') && !rendered.includes('\u{0007}'), 'no control characters')
      if (format.id !== 'text') assert.doesNotMatch(rendered, /<img/)
    })
  }
})

describe('text', () => {
  it('says the verdict, the cause with its place and evidence, and the steps', () => {
    const rendered = text.render(alone)
    assert.match(rendered, /✗ Breaks at 120 users: p95 2\.2 s, budget p95<2s\./)
    assert.match(rendered, /Also possible \(low confidence\)/)
    assert.match(rendered, /at src\/routes\/activities\.ts:34\n {4}• 501 queries per request/)
    assert.match(rendered, /200 users +1,200 +80 +2\.5 s +✗ 3\.6 s/)
    assert.match(rendered, /150 users .* not measured/)
    assert.match(rendered, /Not measured: event-loop delay\./)
  })

  it('shows what changed', () => {
    const rendered = text.render(compared)
    assert.match(rendered, /p95 at 100 users 1\.8 s → 60 ms \(30× less\)/)
    assert.match(rendered, /Before: Breaks at 120 users.*N\+1 at src\/routes\/activities\.ts:34\./)
  })

  it('has colours only where asked for', () => {
    assert.ok(!text.render(alone).includes('\u{1B}'))
    assert.ok(text.render({ ...alone, colours: true }).includes('\u{1B}[31m✗'))
  })
})

describe('markdown', () => {
  it('keeps a table a table whatever stands in it', () => {
    const rendered = markdown.render({ ...alone, runs: [hostile(broken)] })
    const rows = rendered.split('\n').filter((line) => line.startsWith('|'))
    const bars = new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length))
    assert.equal(bars.size, 1)
    assert.doesNotMatch(rendered, /@team/)
  })

  it('marks what broke the budget and shows the change', () => {
    assert.match(markdown.render(alone), /\*\*3\.6 s\*\* ✗/)
    assert.match(markdown.render(compared), /\| p95 at 100 users \| 1\.8 s \| 60 ms \| 30× less \|/)
    assert.match(
      markdown.render({ ...compared, judgement: 'better' }),
      /\n\nBetter than before, by more than noise\.\n\n/,
    )
  })

  it('shows code as code where both backticks are there, and nothing else in them', () => {
    assert.match(said('`db.find(<T>)` makes *one*'), /: `db\.find\(<T>\)` makes \\\*one\\\*/)
    assert.match(said('a ` alone <b>'), /: a \\` alone &lt;b&gt;/)
    assert.match(said('`a|b` and ``'), /: \\`a\\\|b\\` and \\`\\`/)
  })

  it('folds the steps away where there is a comparison', () => {
    assert.match(markdown.render(compared), /<details><summary>\d+ load steps<\/summary>\n\n\| {2}\|/)
    assert.match(markdown.render(alone), /#### Load steps\n\n\| {2}\|/)
  })
})

describe('csv', () => {
  it('has one line a step and run, as many fields in each, and empty ones for what was not measured', () => {
    const lines = csv.render(compared).trimEnd().split('\r\n')
    assert.equal(lines.length, 1 + broken.steps.length + mended.steps.length)
    const fields = lines.map((line) => line.split(',').length)
    assert.equal(new Set(fields).size, 1)
    const [heading = '', warmUp = ''] = lines
    assert.equal(warmUp.split(',')[heading.split(',').indexOf('p99_micros')], '')
    assert.equal(warmUp.split(',')[heading.split(',').indexOf('users')], '10')
  })

  it('disarms what a spreadsheet would compute', () => {
    const formula = { ...broken, route: '=HYPERLINK("http://x")' }
    assert.match(csv.render({ runs: [formula], comparison: null }), /"'=HYPERLINK\(""http:\/\/x""\)"/)
  })
})

describe('junit', () => {
  it('is a test case a threshold: the broken one fails where it first broke', () => {
    const rendered = junit.render(alone)
    assert.match(rendered, /<testsuite [^>]*tests="2" failures="2" errors="0" skipped="0"/)
    assert.match(
      rendered,
      /name="p95&lt;2s"[^>]*>\s*<failure [^>]*message="p95 was 2\.2 s at 120 users, budget p95&lt;2s"/,
    )
  })

  it('passes what holds', () => {
    const rendered = junit.render({ ...compared, judgement: 'better' })
    assert.match(rendered, /failures="0" errors="0" skipped="0"/)
    assert.doesNotMatch(rendered, /<failure|<skipped/)
  })

  it('has a test case for the run before: failed where this one is worse, skipped where nothing can be told', () => {
    const worse = junit.render({ ...compared, judgement: 'worse' })
    assert.match(
      worse,
      /name="no worse than before"[^>]*>\s*<failure type="comparison" message="Worse than before, by more than noise\. p95 at 100 users/,
    )
    assert.match(
      junit.render({ ...compared, judgement: 'within-noise' }),
      /tests="3" failures="0" errors="0" skipped="0"/,
    )
    assert.match(
      junit.render(compared),
      /<skipped message="Too little was measured to compare the two runs\."/,
    )
    const comparison = { ...after.comparison, comparable: false, differences: ['The timeouts differ.'] }
    const unlike = junit.render({ ...compared, comparison: comparison as typeof after.comparison })
    assert.match(
      unlike,
      /<skipped message="These runs don&#39;t compare like with like\. The timeouts differ\."/,
    )
    assert.doesNotMatch(junit.render(alone), /no worse than before/)
  })

  it('passes nothing that was not measured, stopped early, or had no answers', () => {
    const noAnswers = {
      ...mended,
      steps: mended.steps.map((step) => ({
        ...step,
        requests: 0,
        latencyMicros: { ...step.latencyMicros, p95: null },
      })),
    }
    for (const run of [withVerdict(mended, 'not-measured'), withVerdict(mended, 'stopped'), noAnswers]) {
      assert.match(junit.render({ runs: [run], comparison: null }), /failures="0" errors="0" skipped="2"/)
    }
  })

  it('fails everything where the endpoint failed before the load', () => {
    assert.match(
      junit.render({ runs: [withVerdict(mended, 'fails-before-load')], comparison: null }),
      /failures="2"/,
    )
  })
})

describe('html', () => {
  it('lets no data out of its script element', () => {
    const rendered = html.render({
      ...alone,
      runs: [{ ...broken, route: '</script><script>alert(1)</script><!--' }],
    })
    assert.equal(rendered.match(/<script/g)?.length, 2)
    assert.equal(rendered.match(/<\/script>/g)?.length, 2)
  })

  it('holds the runs as data that reads back', () => {
    const island = /<script type="application\/json" id="headroom-data">(.*)<\/script>/.exec(
      html.render(compared),
    )?.[1]
    const data: { runs: Run[] } = JSON.parse(island ?? '')
    assert.deepEqual(
      data.runs.map((run) => run.id),
      ['before', 'after'],
    )
    assert.deepEqual(data.runs[0]?.steps, broken.steps)
  })

  it('allows nothing but its own script and style', () => {
    const assets = { script: 'let a = 1', style: 'body{}' }
    const policy =
      /Content-Security-Policy" content="([^"]*)"/.exec(html.render({ ...alone, assets }))?.[1] ?? ''
    assert.match(policy, /default-src 'none'; connect-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|http|\*/)
    assert.notEqual(policy, /content="([^"]*)"/.exec(html.render(alone))?.[1])
  })
})

function held<Step extends { readonly users: number }>(step: Step): Step {
  return { ...step, users: 25 }
}

describe('what all reports say', () => {
  it('takes a verdict apart without losing a letter', () => {
    const { finding, cause } = verdictParts(broken.verdict)
    assert.equal(finding, 'Breaks at 120 users: p95 2.2 s, budget p95<2s. ')
    assert.deepEqual(cause, {
      before: 'Likely cause: N+1 at ',
      place: 'src/routes/activities.ts:34',
      after: '.',
    })
    assert.deepEqual(verdictParts(mended.verdict), { finding: mended.verdict.sentence, cause: null })
  })

  it('gives no reason twice', () => {
    const repeated = {
      ...broken.verdict,
      reasons: ['At 120 users: p95 2.2 s, budget p95<2s.', ...broken.verdict.reasons],
    }
    assert.deepEqual(otherReasons(repeated), ['Throughput stays at 80 requests/s from 10 users on.'])
    const early = {
      ...broken.verdict,
      sentence: 'Fails before load: already at 50 users p95 2.2 s, budget p95<2s.',
      reasons: ['At 50 users: p95 2.2 s, budget p95<2s.'],
    }
    assert.deepEqual(otherReasons(early), [])
  })

  it('knows a percentile with too few answers to be at least as high as a lower one', () => {
    const budget: Threshold[] = [{ metric: 'p99', comparison: '<', limit: 2_000_000, text: 'p99<2s' }]
    const cells = stepTable(broken.steps, budget).rows.map((row) => row.cells[4])
    assert.deepEqual(cells[6], { text: 'at least 2.7 s', measured: true, breached: true }, '150 users')
    assert.deepEqual(cells[0], { text: 'not measured', measured: false, breached: false }, 'the warm-up')
  })

  it('leaves out columns nobody measured, and names them', () => {
    const unknown = { cpu: null, rssBytes: null, eventLoopDelayMicros: null, queriesPerRequest: null }
    const steps = broken.steps.map((step) => ({
      ...step,
      server: unknown,
      latencyMicros: { ...step.latencyMicros, p99: null },
    }))
    const table = stepTable(steps, broken.plan.budget)
    assert.deepEqual(table.columns, ['requests', 'requests/s', 'p50', 'p95', 'failed'])
    assert.equal(
      notMeasuredSentence(table),
      'Not measured: p99, queries per request, server CPU, server memory, event-loop delay (p99 needs 1,000 answers in a step).',
    )
  })

  it('marks a step cut short', () => {
    const [first] = broken.steps
    assert.ok(first)
    assert.equal(
      stepTable([{ ...first, complete: false }], []).rows[0]?.heading,
      '10 users (warm-up, cut short)',
    )
    const none: Threshold[] = [{ metric: 'p95', comparison: '<', limit: 1, text: 'p95<1us' }]
    const marked = (phase: StepResult['phase']) =>
      stepTable([{ ...first, phase }], none).rows[0]?.cells.some(({ breached }) => breached)
    assert.deepEqual([marked('warm-up'), marked('recovery'), marked('cool-down')], [false, true, false])
  })

  it('sums a run up in one paragraph without a mean', () => {
    assert.equal(
      summarise(broken),
      'GET /users/:userId/activities. Breaks at 120 users: p95 2.2 s, budget p95<2s. At 10 users p95 was 181 ms at 80 requests/s. At 200 users p95 was 3.6 s at 80 requests/s. 70 of 8,000 requests failed (0.88%). Likely cause (high confidence): Each activity of the list asks the database once more for its comments at src/routes/activities.ts:34. Evidence: 501 queries per request; the server used 100% of one core.',
    )
  })

  it('tells how users went about it, where that is out of the ordinary', () => {
    const { request } = broken.plan
    const ordinary = conditionRows(broken.plan, broken.conditions, null)
    const plan = {
      ...broken.plan,
      flows: [
        { name: 'browse', weight: 3, requests: [request, request] },
        { name: 'look', weight: 1, requests: [request] },
      ],
      thinkTime: { minMillis: 500, maxMillis: 2000 },
      transport: { protocol: 'http2', connection: 'new' },
    } as const
    const name = `${request.method} ${request.path}`
    assert.deepEqual(
      conditionRows(plan, broken.conditions, null).filter(([term]) => !new Map(ordinary).has(term)),
      [
        ['Flows', `browse (weight 3): ${name}, ${name}; look (weight 1): ${name}`],
        ['Think time', '500 ms to 2 s'],
        ['Protocol', 'HTTP/2'],
        ['Connections', 'a new one for each request'],
      ],
    )
  })

  it('tells of one load held in several parts as that', () => {
    const plan = { ...broken.plan, profile: 'soak', steps: broken.plan.steps.map(held) }
    const rows = new Map(conditionRows(plan, broken.conditions, null))
    assert.equal(rows.get('Profile'), 'soak: 25 users, in 5 parts')
    const steps = broken.steps.filter(({ phase }) => phase !== 'bisect').map(held)
    assert.match(summarise({ ...broken, plan, steps }), /At 25 users p95 was .* At the end p95 was 3\.6 s/)
  })

  it('words a change', () => {
    const words = [0.0434, 1.42, 1.01, 0, null].map(formatChange)
    assert.deepEqual(words, ['23× less', '1.4× more', 'unchanged', 'now none', ''])
  })

  it('calls a side that found no breaking point so, and drops what neither measured', () => {
    const comparison = {
      ...(after.comparison ?? assert.fail()),
      deltas: [
        { name: 'breaking point', unit: 'users', before: 120, after: null, change: null },
        { name: 'p99', unit: 'micros', before: null, after: null, change: null },
        { name: 'errors', unit: 'fraction', before: 0, after: 0, change: null },
      ] as const,
    }
    const told = { ratio: '', judgement: '' }
    assert.deepEqual(deltaRows(comparison), [
      { ...told, name: 'breaking point', before: '120', after: 'none found', change: '' },
      { ...told, name: 'errors', before: '0%', after: '0%', change: 'unchanged', ratio: 'unchanged' },
    ])
  })
})
