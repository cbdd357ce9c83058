/** The name that was meant, for who has misspelt one. */

/** The candidate with the fewest edits from `name`, if a third of its letters or fewer differ; of equals one that `name` begins. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let fewest = Math.floor(name.length / 3) + 1
  for (const candidate of candidates) {
    // Half an edit less for a name that only lacks its end: "rat" is rather rate than rad.
    const unfinished = candidate.toLowerCase().startsWith(name.toLowerCase()) ? 0.5 : 0
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase(), Math.ceil(fewest + unfinished)) - unfinished
    if (edits < fewest) {
      fewest = edits
      nearest = candidate
    }
  }
  return nearest
}

/** Levenshtein distance of two words, or `bound` if it is not smaller. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const replaced = above[j] + (a[i] === b[j] ? 0 : 1)
      row.push(Math.min(replaced, above[j + 1] + 1, row[j] + 1))
    }
    above = row
  }
  return Math.min(above[b.length], bound)
}
