/** The door of the word index: which row groups of a log segment may hold what a query looks for. */
export { rowsLeft, summaryClauses, type RowsLeft } from './ask.js'
export { SUMMARY_BITS, WordIndexBuilder, type BuiltWordIndex } from './build.js'
export { WordIndexReader } from './read.js'
