import t from 'tap'
import { AskedNodes, urlsOfService, type AskNode, type ServiceRecord } from '../../actors/asked-nodes.js'
import type { NodeFacts } from '../../src/model/node.js'
import { rejectsWith } from '../harness/rejects.js'

const LIMITS = { nodeLeaseMs: 15_000, nodeRenewMs: 5_000 }

const facts = (id: string): NodeFacts => ({ id, url: `http://${id}`, role: 'all', version: '1', threads: 2, startedAt: 0 })

/** Nodes at URLs: an id answers, `leaving` says so, undefined does not answer. */
type Nodes = Record<string, string | undefined>

function asked(nodes: Nodes, urls = Object.keys(nodes)) {
  const clock = { ms: 1_000 }
  const ask: AskNode = async (url) => {
    const id = nodes[url]
    if (id === undefined) throw new Error('refused')
    return id === 'leaving' ? undefined : { ...facts(id), units: 1 }
  }
  const roll = new AskedNodes({ urls: async () => urls, ask, nowMs: () => clock.ms, limits: LIMITS, close: async () => undefined })
  const call = async (): Promise<string> => (await roll.renew(facts('me'), 0)).members.map(({ id }) => id).toSorted().join()
  return { clock, call }
}

t.test('who answers is a member, once, and so is the node itself whether or not it is in the list', async (t) => {
  t.equal(await asked({ x: 'a', y: 'b' }).call(), 'a,b,me')
  t.equal(await asked({ x: 'a', also: 'a', mine: 'me' }).call(), 'a,me')
})

t.test('who does not answer stays until its lease is over, who is leaving goes, who was started again is another one', async (t) => {
  const nodes: Nodes = { x: 'a', y: 'b', z: 'c' }
  const { clock, call } = asked(nodes)
  t.equal(await call(), 'a,b,c,me')
  Object.assign(nodes, { x: undefined, y: 'leaving', z: 'd' })
  clock.ms += LIMITS.nodeLeaseMs
  t.equal(await call(), 'a,d,me')
  clock.ms += 1
  t.equal(await call(), 'd,me')
})

t.test('the records of a DNS name are asked for each time; those known last while DNS does not answer', async (t) => {
  const answers: (readonly ServiceRecord[] | undefined)[] = [undefined, [{ name: 'a.example', port: 1 }, { name: 'b.example', port: 2 }], undefined, [{ name: 'b.example', port: 2 }]]
  const names: string[] = []
  const urls = urlsOfService('_millrace._tcp.example', async (name) => {
    names.push(name)
    const records = answers.shift()
    if (records === undefined) throw new Error('queryServ ENOTFOUND')
    return records
  })
  await rejectsWith(t, urls(), 'unavailable', /^the nodes of _millrace\._tcp\.example \(setting cluster\.srv\) cannot be looked up: queryServ ENOTFOUND$/)
  t.same(await urls(), ['http://a.example:1', 'http://b.example:2'])
  t.same(await urls(), ['http://a.example:1', 'http://b.example:2'])
  t.same(await urls(), ['http://b.example:2'])
  t.same(new Set(names), new Set(['_millrace._tcp.example']))
})
