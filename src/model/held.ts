/** About how many bytes of memory the parts of a block take, for whoever bounds how many blocks there are. */

/** A value and whether it is there. */
export const BYTES_PER_POINT = 9
/** Half a dozen labels, each a pair of texts. */
export const BYTES_PER_SERIES = 512
/** The time of a log entry, its set and its line, which is rarely longer. */
export const BYTES_PER_ENTRY = 256
