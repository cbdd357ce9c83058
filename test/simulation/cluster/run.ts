/** One seed of the cluster from beginning to end, and everything that must hold of it. */
import { Machines } from './machines.js'
import { endingOf, judged, newReading, read } from './reading.js'
import { clusterScenarioOf, type ClusterScenario } from './scenario.js'

export interface ClusterOutcome {
  readonly scenario: ClusterScenario
  readonly violations: readonly string[]
  /** What was observed, in order: equal for equal seeds. */
  readonly trace: readonly string[]
  /** How each query ended: `ok`, an error code, or `left`. */
  readonly endings: readonly string[]
}

const TURNS_MAX = 300_000
/** A lease, being missed for another one, a renewal, and being late; where nothing has happened, soon. */
const CALM_MS = 45_000
const SOON_MS = 2_000

export function runClusterSeed(seed: number): Promise<ClusterOutcome> {
  return runCluster(clusterScenarioOf(seed))
}

export async function runCluster(scenario: ClusterScenario): Promise<ClusterOutcome> {
  const machines = new Machines(scenario)
  const { world, network, violations } = machines
  const readings = scenario.queries.map(newReading)
  let reading = readings.length
  await machines.start()
  for (const each of readings) {
    read(network, machines.hosts(each.query.machine), each, (text) => machines.tell(text), () => machines.cancelled(each.query.text))
      .catch((thrown: unknown) => {
        each.thrown = thrown
      })
      .finally(() => void reading--)
  }
  if (!(await world.run(TURNS_MAX, () => reading === 0 && machines.isQuiet))) violations.push(`nothing came to rest in ${TURNS_MAX} turns`)
  for (const each of readings) violations.push(...judged(scenario, each))
  const calmMs = scenario.incidents.length === 0 ? SOON_MS : CALM_MS
  const calm = world.now() + calmMs
  world.timer(calmMs, () => undefined)
  await world.run(TURNS_MAX, () => world.now() >= calm)
  violations.push(...machines.leftovers())
  const stopped = machines.stop()
  if (await world.run(TURNS_MAX)) await stopped
  else violations.push('the nodes did not come to rest after their end')
  return {
    scenario,
    violations,
    get trace() {
      return machines.trace()
    },
    endings: readings.map(endingOf),
  }
}
