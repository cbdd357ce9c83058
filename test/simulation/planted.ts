/** A mistake that can be planted into the compiled code. */

export interface Change {
  readonly file: string
  /** Stands once in the file. */
  readonly right: string
  readonly wrong: string
}

export interface Mistake extends Change {
  readonly name: string
  /** Where the mistake alone would not matter, since something else still holds. */
  readonly also?: readonly Change[]
}
