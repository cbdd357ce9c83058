/** Label sets of a query: equal ones are held once, and what is not met any more is forgotten. */
import t from 'tap'
import { LabelSets } from '../../src/model/label-sets.js'
import { labelsKey } from '../../src/model/labels.js'

t.test('the same labels are the same object, for as long as they are met', async (t) => {
  const sets = new LabelSets()
  const hostile = ['__name__', 'm', 'a', 'Zürich 𝄞 \0 "', 'z', '\uffff']
  const first = sets.of(labelsKey(hostile))
  t.same(first, hostile)
  t.equal(sets.of(labelsKey([...hostile])), first)
  t.not(sets.of(labelsKey(['__name__', 'm'])), first)
  t.same(sets.of(labelsKey([])), [])
  sets.age()
  t.equal(sets.of(labelsKey(hostile)), first, 'met in one group and the next')
  sets.age()
  sets.age()
  const anew = sets.of(labelsKey(hostile))
  t.same(anew, hostile)
  t.not(anew, first, 'not met for a group')
})
