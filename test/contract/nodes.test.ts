/** The nodes table keeps its promises: leases by the clock of the database, sweeping, notices that may be lost. */
import t from 'tap'
import type { Test } from 'tap'
import { openCatalog, openNodes } from '../../src/catalog/catalog.js'
import type { CatalogConnection, NodesTable } from '../../src/catalog/catalog.js'
import type { NodeFacts } from '../../src/model/node.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { eventually } from '../harness/real-node.js'
import { rejectsWith } from '../harness/rejects.js'
import { embeddedServer, execute, regexMatchesEmpty, temporaryDatabase } from '../harness/servers.js'

t.setTimeout(0)

const PATIENCE_MS = 60_000
const server = await embeddedServer(t)

interface Place {
  readonly connection: CatalogConnection
  open(nodeLeaseMs?: number): NodesTable
}

async function place(test: Test): Promise<Place> {
  const connection = await temporaryDatabase(test, server.connection)
  await (await openCatalog({ connection, matchesEmpty: regexMatchesEmpty })).close()
  const open = (nodeLeaseMs = DEFAULT_LIMITS.nodeLeaseMs): NodesTable => {
    const nodes = openNodes({ connection, limits: { nodeLeaseMs } })
    test.teardown(() => nodes.close())
    return nodes
  }
  return { connection, open }
}

const facts = (id: string, rest: Partial<NodeFacts> = {}): NodeFacts => ({ id, url: `http://${id}:7070`, role: 'all', version: '1', threads: 4, startedAt: 1_700_000_000_123, ...rest })

const ids = (members: readonly { readonly id: string }[]): string[] => members.map(({ id }) => id)

t.test('a renewal registers, and gives the members by id with what they told', async (test) => {
  const { open } = await place(test)
  const nodes = open()
  const alone = await nodes.renew(facts('b', { role: 'worker' }), 0)
  test.match(alone.members, [{ ...facts('b', { role: 'worker' }), units: 0, seenAt: alone.atMs }])
  const both = await open().renew(facts('a'), 3)
  test.same(ids(both.members), ['a', 'b'])
  test.ok(both.members[1].seenAt < both.members[0].seenAt)
  const again = await nodes.renew(facts('b', { role: 'worker' }), 7)
  test.same(again.members.map(({ units }) => units), [3, 7])
  test.ok(again.members[1].seenAt > both.atMs, 'seen by the clock of the database, which all share')
})

t.test('who leaves is gone at once', async (test) => {
  const { open } = await place(test)
  const nodes = open()
  await nodes.renew(facts('a'), 0)
  await nodes.renew(facts('b'), 0)
  await nodes.leave('a')
  await nodes.leave('never there')
  test.same(ids(await nodes.list()), ['b'])
})

t.test('a lease that has run out is no membership; its row is swept by the next who renews, and the node may come back', async (test) => {
  const { open, connection } = await place(test)
  const nodes = open()
  await nodes.renew(facts('frozen'), 0)
  await nodes.renew(facts('ahead'), 0)
  await execute(connection, `update nodes set seen = now() - interval '16 s' where id = 'frozen'`)
  // As after the clock of the database was set back by an hour.
  await execute(connection, `update nodes set seen = now() + interval '1 h' where id = 'ahead'`)
  test.same(ids(await nodes.list()), [])
  test.same(ids((await nodes.renew(facts('a'), 0)).members), ['a'])
  test.same(await execute(connection, 'select id from nodes'), [{ id: 'a' }])
  test.same(ids((await nodes.renew(facts('frozen'), 0)).members), ['a', 'frozen'])
})

t.test('nodes that renew and sweep at once neither wait for each other nor fail', async (test) => {
  const { open, connection } = await place(test)
  const nodes = Array.from({ length: 6 }, () => open())
  for (let round = 0; round < 20; round++) {
    await Promise.all(nodes.map((each, i) => each.renew(facts(`n${i}`), round)))
    await execute(connection, `update nodes set seen = seen - interval '1 min'`)
  }
  await Promise.all(nodes.map((each, i) => each.renew(facts(`n${i}`), 0)))
  test.same(ids(await nodes[0].list()), ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'])
})

t.test('joining and leaving are heard of, renewing is not', async (test) => {
  const { open } = await place(test)
  const [listener, other] = [open(), open()]
  let heard = 0
  listener.onChange(() => void heard++)
  await listener.renew(facts('listener'), 0)
  test.ok(await eventually(PATIENCE_MS, () => heard === 1), 'its own joining too')
  await other.renew(facts('other'), 0)
  test.ok(await eventually(PATIENCE_MS, () => heard === 2))
  for (let i = 0; i < 5; i++) await other.renew(facts('other'), i)
  await other.leave('other')
  test.ok(await eventually(PATIENCE_MS, () => heard === 3))
  await listener.list()
  test.equal(heard, 3)
})

t.test('a connection that is lost costs one renewal, and what was said meanwhile is learned by the next', async (test) => {
  const { open, connection } = await place(test)
  const [listener, other] = [open(), open()]
  let heard = 0
  listener.onChange(() => void heard++)
  await listener.renew(facts('listener'), 0)
  await execute(connection, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
  await other.renew(facts('other'), 0).catch(() => undefined)
  await other.renew(facts('other'), 0)
  const first = await listener.renew(facts('listener'), 0).catch(() => undefined)
  const roll = first ?? (await listener.renew(facts('listener'), 0))
  test.same(ids(roll.members), ['listener', 'other'])
  const before = heard
  await other.leave('other')
  test.ok(await eventually(PATIENCE_MS, () => heard > before), 'and listens again')
})

t.test('a statement that hangs, and a server that is not there, are unavailable', async (test) => {
  const { open, connection } = await place(test)
  const nodes = open(300)
  await nodes.renew(facts('a'), 0)
  const release = execute(connection, `begin; lock table nodes; select pg_sleep(1.5); commit`)
  await eventually(PATIENCE_MS, async () => (await execute(connection, `select 1 from pg_locks where relation = 'nodes'::regclass and mode = 'AccessExclusiveLock' and granted`)).length > 0)
  await rejectsWith(test, nodes.renew(facts('a'), 0), 'unavailable', /cannot be reached/)
  await release
  test.same(ids((await nodes.renew(facts('a'), 0)).members), ['a'])
  const nowhere = openNodes({ connection: 'postgres://ann:secret@127.0.0.1:1/lake' })
  await rejectsWith(test, nowhere.renew(facts('a'), 0), 'unavailable', /^catalog postgres:\/\/ann@127\.0\.0\.1:1\/lake cannot be reached/)
  await nowhere.close()
})
