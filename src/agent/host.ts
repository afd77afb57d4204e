import type { CheckReport, Finding, Fix } from '../model/finding.ts'
import type { RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'
import type { CallName, OrderOf, ProgressOf, ResultOf } from '../workflows/calls.ts'
import type { ProjectConfig } from '../workflows/config.ts'
import type { FixedFile } from '../workflows/fix.ts'

/** A load test that an agent asks for. */
export interface AgentLoadTest {
  /** A route's key: `GET /users/:userId`. */
  readonly route: string
  readonly profile: string
  readonly users: readonly number[] | null
  readonly budget: string | null
}

/**
 * What tools need of the face that serves them. The editor's host sees unsaved text, changes documents so that one undo takes
 * a fix back, and shows load tests in the panel; the MCP server's host works on the disk.
 */
export interface AgentHost extends AsyncDisposable {
  /** The project's folder, absolute. */
  readonly root: string
  /** Routes and findings of the code as it stands, with who wrote what. */
  check(): Promise<CheckReport>
  fix(finding: Finding, fixId: string): Promise<Fix>
  /** The text of a file of the project as it stands. `file` is relative, and known to lie inside. */
  read(file: string): Promise<string>
  /** Puts files into the state `after`, all or none. */
  write(files: readonly FixedFile[]): Promise<void>
  config(): Promise<ProjectConfig>
  /** Carries a load test out as the host does for people, and keeps its run. */
  loadTest(test: AgentLoadTest, onEvent: (event: RunEvent) => void, signal: AbortSignal): Promise<Run>
  /** A workflow in a thread of its own. */
  call<Name extends CallName>(
    name: Name,
    order: OrderOf<Name>,
    onProgress: (progress: ProgressOf<Name>) => void,
    signal: AbortSignal,
  ): Promise<ResultOf<Name>>
}
