import { capture, temporaryFolder } from '../../lifetime.ts'
import { inRepository } from '../../repository.ts'
import { round } from '../figures.ts'
import type { HostOrder, HostReport } from './editor-host.ts'
import { startNginx } from './nginx.ts'
import type { Section, SectionContext, SectionReport } from '../section.ts'
import { spread } from '../statistics.ts'

const rounds = 3
const users = [10, 50, 200]
const stepSeconds = 4
const idleSeconds = 5
const roundSeconds = idleSeconds + users.length * stepSeconds + 4
const goalMillis = 20

/**
 * How long the editor's thread is held up while load is generated at full speed. A process stands in for the extension host:
 * it runs the load test as the editor does (the workflow in a worker thread, the load in a child process), takes the
 * events, and measures its own event loop with `monitorEventLoopDelay` at a resolution of 1 ms, so that 1 ms is the least it
 * can show. Nothing is pinned but nginx: host, worker, child and nginx share what cores there are. The worst of three
 * rounds counts; `npm run bench` measures the same in a real VS Code.
 */
export const editor: Section = {
  id: 'editor',
  title: "Event-loop delay of the extension host's stand-in during a run at full speed, in ms",
  seconds: () => rounds * roundSeconds,
  run: measureEditor,
}

async function measureEditor({ signal, progress }: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const nginx = await startNginx(cleanup)
  const folder = cleanup.use(await temporaryFolder('headroom-host-'))
  const reports: HostReport[] = []
  for (let number = 1; number <= rounds; number++) {
    progress.step(`round ${number} of ${rounds}`, roundSeconds)
    reports.push(
      await runHost({ url: nginx.url, root: folder.path, users, stepSeconds, idleSeconds }, signal),
    )
  }
  const worst = Math.max(...reports.map(({ loaded }) => loaded.p99))
  const row = (name: string, which: 'idle' | 'loaded'): string[] => [
    name,
    spread(reports.map((report) => report[which].p50)),
    spread(reports.map((report) => report[which].p99)),
    spread(reports.map((report) => report[which].max)),
  ]
  return {
    columns: ['', 'p50', 'p99', 'max'],
    rows: [row('idle', 'idle'), row('during a run', 'loaded')],
    goals: [
      {
        name: 'Event-loop delay, p99 of the worst round',
        measured: `${round(worst)} ms`,
        goal: `≤ ${goalMillis} ms`,
        met: worst <= goalMillis,
        note: `at ${spread(reports.map(({ requestsPerSecond }) => requestsPerSecond / 1000))} k requests/s`,
      },
    ],
  }
}

async function runHost(order: HostOrder, signal: AbortSignal): Promise<HostReport> {
  const program = inRepository('scripts', 'bench', 'engine', 'editor-host.ts')
  const { code, output } = await capture(process.execPath, [program, JSON.stringify(order)], { signal })
  if (code !== 0) throw new Error(`the stand-in ended with exit code ${code}.\n${output}`)
  return JSON.parse(output)
}
