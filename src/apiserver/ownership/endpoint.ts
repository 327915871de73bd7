import type { FieldSet } from '../../api/ownership/field-set.ts'
import type { Manager } from '../../api/ownership/managed.ts'
import type { Shape } from '../../api/ownership/shapes.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { VirtualMs } from '../../kernel/time.ts'

/** Who writes through which endpoint: what a write needs to be accounted for. One for all writes of a manager there. */
export interface Endpoint {
  readonly who: Manager
  readonly shape: () => Shape
  /** An object as the endpoint's version has it, whose fields are counted; absent: as it is stored. */
  inVersion?(object: KubeObject): KubeObject
  /** Fields that this endpoint does not write. Source: apiserver pkg/registry/rest/rest.go, ResetFieldsStrategy. */
  readonly ignored: FieldSet
  /** Whether an object whose lists name an item twice loses its owners. */
  readonly refusesDuplicates: boolean
  /** ms since 1970. */
  timeAt(at: VirtualMs): number
}
