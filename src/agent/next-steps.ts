import type { FailureData } from '../model/failure.ts'

/** What a model does about a failure that it meets; others are for a person. */
const steps: Readonly<Record<string, string>> = {
  HR_INPUT: 'call it again with a valid input',
  HR_BUSY: 'wait until it has ended, then call again',
  HR_BUSY_TARGET: 'wait until the other load test has ended, then call again',
  HR_SEED_BUSY: 'wait until the other seeding has ended, then call again',
  HR_ANALYSIS_CRASHED: 'call it again',
  HR_DECLINED: 'ask the person what to do instead; do not call it again unasked',
  HR_CONFIRMATION: 'call it again, so that the person sees what it would do now',
  HR_FINDING: 'headroom_inspect_route, and use the ids of its answer',
  HR_FIX_CHOICE: 'headroom_inspect_route, and use the ids of its answer',
  HR_CHANGED: 'headroom_inspect_route, then headroom_apply_fix with the new expected_hash',
  HR_FIX_UNAVAILABLE: 'edit the code by hand, then headroom_inspect_route',
  HR_TAKEN_BACK: 'edit the code by hand, then headroom_inspect_route and headroom_load_test_route',
  HR_ROUTE: 'headroom_list_routes, and use a route of its answer',
  HR_ENDPOINT: 'headroom_list_routes, and use a route of its answer',
  HR_ROUTE_NAME: 'ask the person',
  HR_OUTSIDE: 'use a file_path relative to the project, of headroom_list_routes',
  HR_FILE: 'headroom_list_routes, and use a file of its answer',
  HR_NO_RUN: 'headroom_load_test_route',
  HR_RUN_FILE: 'headroom_get_last_result without compare_to',
  HR_RUN_FOREIGN: 'headroom_load_test_route, which keeps a run of its own',
  HR_NO_GIT: 'headroom_list_routes without changed_only',
  HR_NO_SOURCE: 'ask the person which folder the API is in',
  HR_UNSAFE: 'load test a GET route, or ask the person',
  HR_BUDGET: 'call it again with budget_ms, or ask the person to mend the budget in headroom.config.json',
  HR_CONFIG: 'mend headroom.config.json as the sentence says, then call again',
  HR_ENVIRONMENT: 'ask the person to set it',
  HR_NO_DATABASE: 'ask the person which local database the API uses; headroom.config.json names it',
  HR_DATABASE_REFUSED: 'ask the person to start the local database',
  HR_DATABASE_NOT_LOCAL: 'ask the person for a database on this machine; Headroom writes to no other',
  HR_SEED_UNFINISHED: 'ask the person: headroom seed --resume adds the rest, --undo removes what was added',
  HR_PLAN_CHANGED: 'headroom_seed_data dry_run=true, then call it again',
  HR_NO_SERVER: 'ask the person to start the dev server, or to set "startCommand" in headroom.config.json',
  HR_SEVERAL_SERVERS: 'ask the person which one is meant; "baseUrl" in headroom.config.json says it',
  HR_START_FAILED: 'mend what keeps the server from starting, then call again',
  HR_NOT_LOOPBACK: 'ask the person for the local address; Headroom loads only this machine',
  HR_UNKNOWN_HOST: 'ask the person for the local address; Headroom loads only this machine',
  HR_TARGET: 'ask the person for the local address, "baseUrl" in headroom.config.json',
  HR_AUTH: 'ask the person for a token for local use, in "headers" of headroom.config.json',
  HR_WRONG_APP: 'ask the person where the API listens, and which parameter values exist',
  HR_REFUSED: 'ask the person which parameters or headers it expects',
  HR_LIMITED: 'ask the person to lift the rate limit for local runs',
  HR_PARAMETERS: 'ask the person for values, in "parameters" of headroom.config.json',
  HR_STOPPED: 'ask the person before calling it again',
  HR_INTERNAL: 'tell the person; this is a defect of Headroom',
}

/** What a model should do after a failure, in a few words. */
export function nextAfter({ code }: Pick<FailureData, 'code'>): string {
  return steps[code] ?? 'ask the person'
}
