/** Processes that ask each other through the first one: who answers, who is silent, who ends; and what becomes of their metrics. */
import t from 'tap'
import { AskedSiblings, Switchboard, type FromSibling, type Peer, type Question, type ToSibling } from '../../actors/siblings.js'
import { mergeMetrics } from '../../src/serve/metrics-text.js'

type Answers = Extract<FromSibling, { type: 'Answer' }>['answer']

/** Processes by what each does when it is asked: an answer, none, or its end. */
function machine(answers: readonly (Answers | 'silent' | 'ends')[]) {
  const asked: Question[] = []
  const peers: Peer[] = []
  const switchboard = new Switchboard(() => peers, { siblingAnswerMs: 50 })
  const siblings = answers.map((answer, id) => {
    const own = new AskedSiblings((message) => switchboard.hear(peers[id], message))
    const hear = (message: ToSibling): void => {
      if (message.type === 'SiblingsAnswered') return own.answered(message)
      asked.push(message.question)
      if (answer === 'ends') switchboard.gone(peers[id])
      else if (answer !== 'silent') switchboard.hear(peers[id], { type: 'Answer', number: message.number, answer })
    }
    peers.push({ id, isConnected: () => true, send: (message) => (setImmediate(hear, message), true) })
    return own
  })
  return { siblings, asked, peers, switchboard }
}

t.test('all others are asked, and who asks is not', async (t) => {
  const { siblings, asked } = machine(['a', 'b', 'c'])
  t.same(await siblings[1].metrics(), { answers: ['a', 'c'], missing: 0 })
  t.same(asked, [{ type: 'metrics' }, { type: 'metrics' }])
  const [first, second] = await Promise.all([siblings[0].metrics(), siblings[2].metrics()])
  t.same([first.answers, second.answers], [['b', 'c'], ['a', 'b']], 'two at once get their own')
})

t.test('who is silent is missing, who ends or does not serve yet has nothing to tell', async (t) => {
  t.same(await machine(['a', 'silent', 'c']).siblings[0].metrics(), { answers: ['c'], missing: 1 })
  t.same(await machine(['a', 'ends', 'c']).siblings[0].metrics(), { answers: ['c'], missing: 0 })
  t.same(await machine(['a', undefined]).siblings[0].metrics(), { answers: [], missing: 0 })
  t.same(await machine(['a']).siblings[0].metrics(), { answers: [], missing: 0 })
})

t.test('what comes too late is thrown away', async (t) => {
  const { siblings, peers, switchboard } = machine(['a', 'silent'])
  t.same(await siblings[0].cancel('q1', 'all', 'ann'), { answers: [], missing: 1 })
  switchboard.hear(peers[1], { type: 'Answer', number: 0, answer: true })
  t.same(await siblings[0].cancel('q1', 'all', 'ann'), { answers: [], missing: 1 })
})

t.test('metrics of several processes are one text, each metric told once', async (t) => {
  const text = (process: number, value: number, more = ''): string =>
    `# HELP a_total What a is.\n# TYPE a_total counter\na_total{process="${process}"} ${value}\n\n# HELP b B.\n# TYPE b histogram\nb_bucket{le="1",process="${process}"} ${value}\nb_count{process="${process}"} ${value}\n${more}`
  t.equal(mergeMetrics([text(0, 1)]), text(0, 1))
  t.equal(
    mergeMetrics([text(0, 1), text(1, 2, '\n# HELP c C.\n# TYPE c gauge\nc{process="1"} 7\n')]),
    [
      '# HELP a_total What a is.', '# TYPE a_total counter', 'a_total{process="0"} 1', 'a_total{process="1"} 2', '',
      '# HELP b B.', '# TYPE b histogram', 'b_bucket{le="1",process="0"} 1', 'b_count{process="0"} 1', 'b_bucket{le="1",process="1"} 2', 'b_count{process="1"} 2', '',
      '# HELP c C.', '# TYPE c gauge', 'c{process="1"} 7', '',
    ].join('\n'),
  )
})
