import type { KubeObject } from '../api/types/meta.ts'

/**
 * A patch from a component that knows what its patch makes of the object from which it made it. A server of the same process that
 * still holds that object asks for the result; for everybody else there is the document, made when it is wanted.
 */
export abstract class TypedPatch {
  /** As it would be sent. */
  abstract get document(): object

  /** What applying the document makes of an object; undefined: that has to be found out by applying it. */
  abstract appliedTo(object: KubeObject, discardsNulls: boolean): KubeObject | undefined

  toJSON(): object {
    return this.document
  }
}
