/**
 * Objects with room for their members and no more. What is made by `{}` and filled has room for four members, and what comes after these
 * lies in a list of its own with up to three places to spare: an object of one member takes 56 bytes in place of 32, one of ten 120 in place
 * of 104 (docs/performance.md). For what rests in hundreds of thousands and whose members are not known where it is made.
 */
export function emptyFor<T extends object>(members: number): T {
  let make = makers[members]
  if (make === undefined) {
    make = makerOf(members)
    makers[members] = make
  }
  return new make() as T // whoever asked fills it
}

/** The same members in the same order, with no room to spare. */
export function exact<T extends object>(object: T): T {
  let members = 0
  for (const key in object) {
    // What is assigned to that name is a prototype.
    if (key === '__proto__') return object
    members++
  }
  return members > most ? object : Object.assign(emptyFor<T>(members), object)
}

/** How many members of its own an object has that are seen by `for ... in`. */
export function membersOf(object: object): number {
  let members = 0
  for (const _ in object) members++
  return members
}

/** Objects with more members than this have them in a table. */
const most = 20

type Maker = new () => object

const makers: (Maker | undefined)[] = []

/** Objects of a constructor by which the engine finds out how much room they take. Source: V8 src/objects/map.h, kSlackTrackingCounterStart. */
const tried = 8

/**
 * The engine gives the first few objects of a constructor room for all members that its text names and eight more, and later ones as much as
 * the largest of those took. So there is a constructor for each number of members, and its first objects are made here.
 */
function makerOf(members: number): Maker {
  function Exact(this: Record<string, number>, isNever?: boolean): void {
    if (isNever === true) {
      this.a = 0
      this.b = 0
      this.c = 0
      this.d = 0
      this.e = 0
      this.f = 0
      this.g = 0
      this.h = 0
      this.i = 0
      this.j = 0
      this.k = 0
      this.l = 0
    }
  }
  Exact.prototype = Object.prototype
  const make = Exact as unknown as new () => Record<string, number> // a function declaration may be called by `new`
  for (let i = 0; i < tried; i++) {
    const first = new make()
    for (let at = 0; at < members; at++) first[`member${at}`] = at
  }
  return make
}

/**
 * Makes an object of members that are found one after the other, before anybody knows how many there will be: they wait in a list that all
 * such objects take turns with, so that only the object itself is made. What is begun is finished or given up, innermost first. None may be called
 * `__proto__`.
 */
export class MembersToBe {
  readonly #names: string[] = []
  readonly #values: unknown[] = []
  #end = 0

  /** Begins an object; what it gives is for `finished` or `givenUp`. */
  begin(): number {
    return this.#end
  }

  add(name: string, value: unknown): void {
    this.#names[this.#end] = name
    this.#values[this.#end] = value
    this.#end++
  }

  finished(from: number): Record<string, unknown> {
    const object = emptyFor<Record<string, unknown>>(this.#end - from)
    for (let at = from; at < this.#end; at++) {
      object[this.#names[at] ?? ''] = this.#values[at]
      this.#values[at] = undefined
    }
    this.#end = from
    return object
  }

  givenUp(from: number): void {
    this.#values.fill(undefined, from, this.#end)
    this.#end = from
  }
}
