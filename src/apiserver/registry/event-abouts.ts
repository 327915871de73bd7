import type { ObjectReference } from '../../api/types/meta.ts'
import { PartReference } from '../../client/event-row.ts'

/** What references of many events have in common. */
interface Form {
  readonly kind: string | undefined
  readonly namespace: string | undefined
  readonly apiVersion: string | undefined
  readonly fieldPath: string | undefined
}

/** Members of a reference as recorders fill them in, in their order. Source: client-go tools/reference/ref.go, GetReference. */
const members = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const

/** In place of a resourceVersion that a reference has not, and of a form where it is kept as it is. */
const absent = -1

/**
 * What the events of a block are about: a Pod tells of itself in half a dozen of its versions, of itself and of its containers, so that each reference
 * is as its own as the next. Name and uid are texts that others have, too; the rest lies in two of the block's columns of numbers.
 */
export class Abouts {
  readonly #numbers: Int32Array
  readonly #columns: number
  readonly #version: number
  readonly #form: number
  /** Name and uid of each. */
  readonly #texts: (string | undefined)[]
  #forms: readonly Form[] = []
  /** Those that no recorder makes. */
  #others: Map<number, ObjectReference> | undefined

  /** `numbers`: rows of so many columns, of which two are for this. */
  constructor(numbers: Int32Array, at: { readonly columns: number; readonly version: number; readonly form: number }) {
    this.#numbers = numbers
    this.#columns = at.columns
    this.#version = at.version
    this.#form = at.form
    this.#texts = new Array<string | undefined>((numbers.length / at.columns) * 2)
  }

  write(index: number, about: ObjectReference): void {
    const row = index * this.#columns
    const version = versionIn(about)
    if (version === undefined) {
      this.#others = (this.#others ?? new Map<number, ObjectReference>()).set(index, about)
      this.#numbers[row + this.#form] = absent
      return
    }
    this.#texts[index * 2] = about.name
    this.#texts[index * 2 + 1] = about.uid
    this.#numbers[row + this.#version] = version
    this.#numbers[row + this.#form] = this.#formOf(about)
  }

  read(index: number): ObjectReference {
    const form = this.#formAt(index)
    if (form === undefined) return this.#others?.get(index) ?? {}
    const { kind, namespace, apiVersion, fieldPath } = form
    const [name, uid] = [this.#texts[index * 2], this.#texts[index * 2 + 1]]
    const version = this.#numbers[index * this.#columns + this.#version] ?? absent
    return {
      ...(kind === undefined ? {} : { kind }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(uid === undefined ? {} : { uid }),
      ...(apiVersion === undefined ? {} : { apiVersion }),
      ...(version === absent ? {} : { resourceVersion: String(version) }),
      ...(fieldPath === undefined ? {} : { fieldPath }),
    }
  }

  nameOf(index: number): string | undefined {
    return this.#others?.has(index) ? this.#others.get(index)?.name : this.#texts[index * 2]
  }

  namespaceOf(index: number): string | undefined {
    const form = this.#formAt(index)
    return form === undefined ? this.#others?.get(index)?.namespace : form.namespace
  }

  #formAt(index: number): Form | undefined {
    return this.#forms[this.#numbers[index * this.#columns + this.#form] ?? absent]
  }

  #formOf({ kind, namespace, apiVersion, fieldPath }: ObjectReference): number {
    const known = this.#forms.findIndex(
      (form) =>
        form.fieldPath === fieldPath &&
        form.namespace === namespace &&
        form.kind === kind &&
        form.apiVersion === apiVersion,
    )
    if (known !== -1) return known
    this.#forms = this.#forms.concat({ kind, namespace, apiVersion, fieldPath })
    return this.#forms.length - 1
  }
}

/** The number that is the resourceVersion of a reference, `absent` without one; undefined: it is not as recorders make them. */
function versionIn(about: ObjectReference): number | undefined {
  if (!(about instanceof PartReference)) {
    let last = -1
    for (const key in about) {
      const at = members.indexOf(key as (typeof members)[number]) // whatever it is
      if (at <= last || typeof about[key as (typeof members)[number]] !== 'string') return undefined
      last = at
    }
  }
  const { resourceVersion } = about
  if (resourceVersion === undefined) return absent
  const version = Number(resourceVersion)
  return version >= 0 && version <= mostVersion && String(version) === resourceVersion ? version : undefined
}

/** What a column has room for. */
const mostVersion = 0x7fff_ffff
