import type { MapHistory } from '../../check/map-history.ts'
import type { Flow } from '../../flow/flow.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Tone } from '../told.ts'

/**
 * A run, or several that are compared, as one piece of data: page, picture, text, recording and diagrams are made of it. All
 * texts are masked unless the values were asked for, and none is safe for a terminal or a page yet.
 */
export interface Album {
  /** Counts up when a field changes its meaning. */
  readonly format: 1
  readonly podsim: string
  readonly title: string
  readonly description: string
  /** Of a lesson: what to watch for, and what to try once it was seen. */
  readonly lesson: { readonly watch: string; readonly next: string } | undefined
  readonly file: string
  readonly seed: string
  readonly from: VirtualMs
  readonly to: VirtualMs
  /** `secret default/mysecret`, and `, key password` where one key is followed. */
  readonly about: string
  readonly isRevealed: boolean
  readonly worlds: readonly AlbumWorld[]
}

/** One run. */
export interface AlbumWorld {
  /** What tells it from the others: `Cache`; empty of a single one. */
  readonly name: string
  readonly outcome: string
  readonly digest: string
  readonly flow: Pick<Flow, 'revisions' | 'lanes' | 'hops' | 'delays' | 'moments' | 'podsLeft'>
  /** By letter and key; only if values were asked for. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly story: readonly Entry[]
  readonly objects: readonly AlbumObject[]
  /** Which Secrets there were when, and who used them how. */
  readonly map: MapHistory
}

/** A line of the story, of narration, of a command and what it printed, of a verdict. */
export interface Entry {
  readonly seq: number
  readonly at: VirtualMs
  readonly kind: 'story' | 'say' | 'command' | 'output' | 'verdict' | 'ask' | 'answer'
  readonly actor: string
  readonly text: string
  readonly tone: Tone
  /** Of a question: its answers, and why one of them is right. */
  readonly choices?: readonly { readonly text: string; readonly holds: boolean }[]
  readonly because?: string
  /** When that is to be seen. */
  readonly answeredAt?: VirtualMs
}

/** An object that can be looked into, at each moment at which it was another. */
export interface AlbumObject {
  readonly uid: string
  /** `pod default/mixed` */
  readonly name: string
  readonly states: readonly ObjectState[]
}

/** An object from one moment on. */
export interface ObjectState {
  readonly at: VirtualMs
  /** The record after which it is. */
  readonly seq: number
  readonly lines: readonly string[]
}
