/** What does the death of one of the workers in the middle of a query cost? */
import type { Cluster, ClusterNode } from './cluster-nodes.js'
import { LAKE_END_MS, LAKE_START_MS } from './cluster-lake.js'
import { hear, type Heard } from './heard-stream.js'
import { median, promqlRange } from './timing.js'

/** How it dies: its connections break at once, or it says nothing any more. */
export type Fault = 'SIGKILL' | 'SIGSTOP'

export interface LossRow {
  readonly fault: Fault
  readonly query: string
  readonly rounds: number
  /** Median times. */
  readonly undisturbedMs: number
  readonly disturbedMs: number
  /** Of a round: with the fault over the mean of the one before and the one after it. */
  readonly ratio: number
  readonly ratios: readonly number[]
}

const QUERY = 'max by (job) (quantile_over_time(0.9, m[5m]))'
const STEP_MS = 60_000

/** Rounds by turns with and without the fault, at moments that are spread over the query. Throws if the fault changes a byte. */
export async function measureLoss(cluster: Cluster, fault: Fault, rounds: number): Promise<LossRow> {
  const asked = promqlRange(QUERY, { startMs: LAKE_START_MS + 300_000, endMs: LAKE_END_MS, stepMs: STEP_MS })
  const ask = (): Promise<Heard> => whole(hear(cluster.query.url, asked))
  const truth = await ask()
  const undisturbed = [(await ask()).wallMs]
  const disturbed: number[] = []
  for (let round = 0; round < rounds; round++) {
    const victim = cluster.workers[round % cluster.workers.length]
    const hearing = ask()
    await sleep(undisturbed[round] * (0.2 + (0.6 * round) / Math.max(1, rounds - 1)))
    victim.kill(fault)
    const { wallMs, digest } = await hearing
    if (digest !== truth.digest) throw new Error(`${fault} of ${victim.name} changed the answer`)
    disturbed.push(wallMs)
    await replaced(cluster, victim, fault)
    // A worker that has joined has to fetch once.
    await ask()
    undisturbed.push((await ask()).wallMs)
    console.log(`${fault} ${victim.name}: ${wallMs.toFixed(0)} ms, undisturbed ${undisturbed[round].toFixed(0)} ms before and ${undisturbed[round + 1].toFixed(0)} ms after`)
  }
  const ratios = disturbed.map((ms, round) => ms / ((undisturbed[round] + undisturbed[round + 1]) / 2))
  return { fault, query: QUERY, rounds, undisturbedMs: median(undisturbed), disturbedMs: median(disturbed), ratio: median(ratios), ratios }
}

async function replaced(cluster: Cluster, victim: ClusterNode, fault: Fault): Promise<void> {
  if (fault === 'SIGSTOP') {
    victim.kill('SIGCONT')
    return cluster.settled()
  }
  cluster.forget(victim)
  await cluster.join('worker')
}

async function whole(hearing: Promise<Heard>): Promise<Heard> {
  const heard = await hearing
  if (heard.outcome !== 'end') throw new Error(`the query ended with ${heard.outcome}`)
  return heard
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
