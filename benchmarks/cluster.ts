/**
 * A cluster of real processes, one node that takes queries and three workers: what do a death, a cancel, a slow reader and a new worker cost?
 *
 * Makes a seeded lake once (kept in .millrace/bench) and asks each of the questions, or those of `--only loss,cancel,slow,cache`, against a
 * cluster with the limits as they are. Nodes fetch from a bucket, so that caches matter. Exit code 1 if a figure is missed.
 */
import { parseArgs } from 'node:util'
import { hitPercent, measureCache } from './cluster-cache.js'
import { measureCancel, measureDeath, workersWithNewThreads } from './cluster-cancel.js'
import { openClusterLake } from './cluster-lake.js'
import { measureLoss } from './cluster-loss.js'
import { Cluster, machine, withUndo } from './cluster-nodes.js'
import { measureSlowReader } from './cluster-slow-reader.js'

/** What it must reach. */
const FIGURES = { lossRatio: 2, idleMs: 250, raisedMb: 64, hitPercentAgain: 95, hitPercentJoined: 60 }

/** Processes that want a core, for each: more than a cluster of this size does by itself. */
const BUSY_LOAD = 2

interface Course {
  readonly rounds: number
  readonly seconds: number
  /** Of the cancelled queries, the one that is meant. */
  readonly query: string | undefined
}

interface Answer {
  readonly rows: unknown
  readonly missed: readonly string[]
}

const QUESTIONS: Readonly<Record<string, (cluster: Cluster, course: Course) => Promise<Answer>>> = {
  cache: askCache,
  cancel: askCancel,
  slow: askSlow,
  loss: (cluster, { rounds }) => askLoss(cluster, rounds),
}

export async function runCluster(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      series: { type: 'string', default: '20000' },
      lines: { type: 'string', default: '480000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '3' },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '60' },
      only: { type: 'string' },
      query: { type: 'string' },
    },
  })
  const options = { series: Number(values.series), lines: Number(values.lines), seed: Number(values.seed) }
  const course = { rounds: Number(values.rounds), seconds: Number(values.seconds), query: values.query }
  const shape = { workers: Number(values.workers), threads: Number(values.threads), objects: 'bucket' } as const
  const asked = values.only?.split(',') ?? Object.keys(QUESTIONS)
  const answers: Record<string, unknown> = {}
  const missed: string[] = []
  await withUndo(async (undo) => {
    const lake = await openClusterLake(undo, options)
    for (const name of asked) {
      const { rows, missed: here } = await withUndo(async (inner) => QUESTIONS[name](await Cluster.start(inner, lake, shape), course))
      answers[name] = rows
      missed.push(...here)
    }
  })
  for (const line of missed) console.log(`MISSED: ${line}`)
  console.log(JSON.stringify({ benchmark: 'cluster', machine: machine(), ...options, ...shape, ...course, answers, missed }))
  if (missed.length > 0) process.exitCode = 1
}

async function askCache(cluster: Cluster, { rounds }: Course): Promise<Answer> {
  const rows = await measureCache(cluster, rounds)
  const again = hitPercent(rows, 'again')
  const joined = hitPercent(rows, 'right after a worker joined')
  console.log(`hit rate of a repeated query ${again.toFixed(1)} %, right after a worker joined ${joined.toFixed(1)} %`)
  const missed = [
    ...(again > FIGURES.hitPercentAgain ? [] : [`hit rate of a repeated query: ${again.toFixed(1)} %, more than ${FIGURES.hitPercentAgain}`]),
    ...(joined >= FIGURES.hitPercentJoined ? [] : [`hit rate right after a worker joined: ${joined.toFixed(1)} %, at least ${FIGURES.hitPercentJoined}`]),
  ]
  return { rows, missed }
}

async function askCancel(cluster: Cluster, { rounds, query }: Course): Promise<Answer> {
  const rows = [...(await measureCancel(cluster, rounds, query)), await measureDeath(cluster, rounds)]
  const { load, cores } = machine()
  // Where others want the cores, too, how long threads wait for one says nothing of the cluster.
  const judged = rows.map((row) => ({ ...row, ms: load > cores * BUSY_LOAD ? row.ownMs : row.worstMs }))
  const missed = judged.filter(({ ms }) => ms > FIGURES.idleMs).map(({ event, query, ms }) => `idle ${ms.toFixed(0)} ms after ${event}, at most ${FIGURES.idleMs}: ${query}`)
  return { rows, missed: [...missed, ...(await workersWithNewThreads(cluster)).map((name) => `threads of ${name} were replaced`)] }
}

async function askSlow(cluster: Cluster, { seconds }: Course): Promise<Answer> {
  const row = await measureSlowReader(cluster, seconds)
  return { rows: row, missed: row.raisedMb > FIGURES.raisedMb ? [`a slow reader raised a process by ${row.raisedMb} MB, at most ${FIGURES.raisedMb}`] : [] }
}

async function askLoss(cluster: Cluster, rounds: number): Promise<Answer> {
  const rows = [await measureLoss(cluster, 'SIGKILL', rounds), await measureLoss(cluster, 'SIGSTOP', rounds)]
  for (const { fault, undisturbedMs, disturbedMs, ratio } of rows) console.log(`${fault}: ${disturbedMs.toFixed(0)} ms instead of ${undisturbedMs.toFixed(0)} ms, ratio ${ratio.toFixed(2)}`)
  const [killed] = rows
  return { rows, missed: killed.ratio >= FIGURES.lossRatio ? [`losing a worker: ${killed.ratio.toFixed(2)} times as long, less than ${FIGURES.lossRatio}`] : [] }
}
